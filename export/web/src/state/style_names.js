/** Names for styles that nobody named: two words that follow from the seed. */

import {texts} from '../texts/texts.js';

/** @import {Arrangement, Style} from './arrangement.js' */

/** @param {Style} style */
export function styleName(style) {
  if (style.point !== undefined) return style.name;
  const mixed = Math.imul(style.seed + 1, 0x9e3779b1) >>> 0;
  const {first, second, both} = texts.styles.names;
  return both(first[mixed & 31], second[(mixed >>> 5) & 31]);
}

/**
 * The title of an arrangement: its styles, or the one that is heard.
 * @param {Arrangement} arrangement
 */
export function title({a, b, blend}) {
  if (blend.every((share) => share === 0)) return styleName(a);
  if (blend.every((share) => share === 100)) return styleName(b);
  return texts.styles.between(styleName(a), styleName(b));
}
