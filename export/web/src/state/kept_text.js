/** Locked notes as text for links: five letters per note. */

import {NOTHING_KEPT, cellName, cellOf} from './kept.js';

/** @import {Kept, KeptNote} from './kept.js' */

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const LETTERS = 5; // 30 bits: 7 of pitch, 7 of velocity, 8 of the start, 8 of the length
const LONGEST = 16000; // letters; messengers and mail programs may truncate longer links
const MOST_STEPS = 256;

/**
 * Returns for example "2*!2~33.0~AbCdE": bar 2 is locked, and has a note of part 33.0; null if the
 * text is too long for a link.
 * @param {Kept} kept
 * @returns {?string}
 */
export function keptText({bars, cells}) {
  const items = [
    ...bars.map((bar) => `${bar + 1}*`),
    ...Object.entries(cells).map(([name, notes]) => {
      const [bar, key] = cellOf(name);
      return `${bar + 1}~${key}~${notes.map(noteText).join('')}`;
    }),
  ];
  const text = items.join('!');
  const fits = Object.values(cells).flat().every(({end}) => end <= MOST_STEPS);
  return fits && text.length <= LONGEST ? text : null;
}

/** @param {KeptNote} note */
function noteText({pitch, velocity, start, end}) {
  const bits = pitch * 2 ** 23 + velocity * 2 ** 16 + start * 2 ** 8 + (end - start - 1);
  return Array.from({length: LETTERS}, (_, i) =>
    DIGITS[Math.floor(bits / 64 ** (LETTERS - 1 - i)) % 64]).join('');
}

/** Reads the valid items of a text. @param {string} text @returns {Kept} */
export function readKept(text) {
  /** @type {Set<number>} */
  const bars = new Set();
  /** @type {Kept['cells']} */
  const cells = {};
  for (const item of text.slice(0, LONGEST).split('!')) {
    const whole = /^(\d{1,2})\*$/.exec(item);
    if (whole) bars.add(Number(whole[1]) - 1);
    const cell = /^(\d{1,2})~(\d{1,3}\.\d{1,2})~((?:[\w-]{5})*)$/.exec(item);
    if (!cell) continue;
    const [bar, program] = [Number(cell[1]) - 1, Number.parseInt(cell[2], 10)];
    if (bar < 0 || program > 128) continue;
    cells[cellName(bar, cell[2])] = (cell[3].match(/.{5}/g) ?? []).map(readNote);
  }
  bars.delete(-1);
  if (!bars.size && !Object.keys(cells).length) return NOTHING_KEPT;
  return {bars: [...bars].sort((a, b) => a - b), cells};
}

/** @param {string} text @returns {KeptNote} */
function readNote(text) {
  const bits = [...text].reduce((sum, digit) => 64 * sum + DIGITS.indexOf(digit), 0);
  const byte = (/** @type {number} */ at, /** @type {number} */ size) =>
    Math.floor(bits / 2 ** at) % size;
  const start = byte(8, 256);
  return {
    pitch: byte(23, 128),
    velocity: Math.max(byte(16, 128), 1),
    start,
    end: Math.min(start + byte(0, 256) + 1, MOST_STEPS),
  };
}
