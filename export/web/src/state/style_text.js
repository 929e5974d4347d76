/** Styles as text, for links and the browser's storage. */

import {texts} from '../texts/texts.js';
import {wholeNumber} from './numbers.js';
import {unpackPoint} from './point_text.js';

/** @import {Style} from './arrangement.js' */

/**
 * Returns "s21" for a seed, "21" for a seed of an earlier version's link, else "~point~name".
 * @param {Style} style
 */
export function styleText(style) {
  if (style.point !== undefined) return `~${style.point}~${style.name}`;
  return style.isEarly ? String(style.seed) : `s${style.seed}`;
}

/**
 * Reads the style of a text; null if it is invalid or of another model.
 * @param {string | undefined} text
 * @param {number} latentSize
 * @returns {?Style}
 */
export function readStyle(text, latentSize) {
  if (!text) return null;
  if (/^s?\d+$/.test(text)) {
    const seed = wholeNumber(text.replace('s', ''), 0, 2 ** 32 - 1, 0);
    return text.startsWith('s') ? {seed} : {seed, isEarly: true};
  }
  const [empty, point, ...name] = text.split('~');
  if (empty || !/^[\w-]+$/.test(point ?? '')) return null;
  try {
    if (unpackPoint(point).length !== latentSize) return null; // of another model
  } catch {
    return null;
  }
  return {point, name: name.join('~').slice(0, 80) || texts.styles.measure};
}
