/** Arrangement <-> the text after a link's #. */

import {FULL_VOLUME, TEMPERATURES, TEMPOS, newArrangement} from './arrangement.js';
import {isHeld} from './blend.js';
import {wholeNumber} from './numbers.js';
import {MOST_CHORDS, chordsText, parseChords} from './progression.js';
import {readStyle, styleText} from './style_text.js';

/** @import {Arrangement, PartChoice} from './arrangement.js' */

/** @param {Arrangement} arrangement */
export function toLink(arrangement) {
  const {chords, blend, a, b, temperature, seed, qpm, loop, parts} = arrangement;
  const values = {
    c: chordsText(chords).replaceAll(' ', '_'),
    a: styleText(a),
    b: styleText(b),
    x: isHeld(blend) ? blend[0] : blend.join('.'),
    t: temperature,
    s: seed,
    q: qpm,
    l: loop ? undefined : 0,
    p: partsText(parts) || undefined,
  };
  return Object.entries(values)
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${encodeURIComponent(value)}`]))
    .join('&');
}

/**
 * The arrangement of a link; what is missing or damaged in it is as in a new one.
 * @param {string} text
 * @param {number} latentSize
 * @returns {Arrangement}
 */
export function fromLink(text, latentSize) {
  const fresh = newArrangement();
  const values = new Map(text.replace(/^#/, '').split('&').map((pair) => {
    const [key, value = ''] = pair.split('=');
    return /** @type {const} */ ([key, decode(value)]);
  }));
  const chords = readChords(values.get('c')) ?? fresh.chords;
  const blends = (values.get('x') ?? '0').split('.').map((share) => wholeNumber(share, 0, 100, 0));
  return {
    chords,
    blend: chords.map((_, i) => blends[Math.min(i, blends.length - 1)]),
    a: readStyle(values.get('a'), latentSize) ?? fresh.a,
    b: readStyle(values.get('b'), latentSize) ?? fresh.b,
    temperature: wholeNumber(values.get('t'), ...TEMPERATURES, fresh.temperature),
    seed: wholeNumber(values.get('s'), 0, 2 ** 32 - 1, fresh.seed),
    qpm: wholeNumber(values.get('q'), ...TEMPOS, fresh.qpm),
    loop: values.get('l') !== '0',
    parts: readParts(values.get('p') ?? ''),
  };
}

/** @param {string} value */
function decode(value) {
  try {
    return decodeURIComponent(value);
  } catch {
    return '';
  }
}

/** @param {string | undefined} text */
function readChords(text) {
  try {
    const chords = parseChords((text ?? '').replaceAll('_', ' '));
    return chords.length && chords.length <= MOST_CHORDS ? chords : null;
  } catch {
    return null;
  }
}

// "33.0i38v80msr2": key, then program, volume, mute, solo, roll
/** @param {Arrangement['parts']} parts */
function partsText(parts) {
  return Object.entries(parts)
    .map(([key, {program, volume, mute, solo, roll}]) =>
      [
        program !== undefined && `i${program}`,
        volume !== undefined && volume !== FULL_VOLUME && `v${volume}`,
        mute && 'm',
        solo && 's',
        roll && `r${roll}`,
      ].filter(Boolean).join('').replace(/^/, key))
    .filter((text) => /[a-z]/.test(text))
    .join(',');
}

/** @param {string} text */
function readParts(text) {
  /** @type {Arrangement['parts']} */
  const parts = {};
  for (const item of text.split(',')) {
    const match = /^(\d+\.\d+)((?:[ivr]\d+|m|s)+)$/.exec(item);
    if (!match) continue;
    /** @type {PartChoice} */
    const choice = {};
    for (const [, letter, number] of match[2].matchAll(/([ivrms])(\d*)/g)) {
      if (letter === 'i') choice.program = wholeNumber(number, 0, 127, 0);
      if (letter === 'v') choice.volume = wholeNumber(number, 0, 127, FULL_VOLUME);
      if (letter === 'r') choice.roll = wholeNumber(number, 0, 1e6, 0);
      if (letter === 'm') choice.mute = true;
      if (letter === 's') choice.solo = true;
    }
    parts[match[1]] = choice;
  }
  return parts;
}
