/** What a person has chosen: plain values, which a link holds. */

import {chordLine} from '../music/chord_lines.js';
import {ChordError} from '../music/chord_spelling.js';
import {chordSymbol, hasTriad, nearestChordId} from '../music/chords.js';

export const MOST_CHORDS = 16;
export const MOST_CHORDS_A_BAR = 4;
export const TEMPOS = [40, 240];
export const TEMPERATURES = [0, 150]; // in hundredths
export const FULL_VOLUME = 100; // of MIDI's 127

/**
 * A point of the latent space with a name: drawn from a seed, or read from a measure.
 * @typedef {{seed: number, isEarly?: boolean} | {point: string, name: string}} Style
 *   isEarly: the seed means what it meant to earlier pages; point: see `packPoint`
 *
 * What was changed of a part.
 * @typedef {{program?: number, volume?: number, mute?: boolean, solo?: boolean, roll?: number}}
 *   PartChoice
 *
 * @typedef {object} Arrangement
 * @property {number[][]} chords chord ids of each bar, one or several
 * @property {number[]} blend of each bar, 0 (style a) to 100 (style b)
 * @property {Style} a
 * @property {Style} b
 * @property {number} temperature in hundredths
 * @property {number} seed of the choice of tokens
 * @property {number} qpm
 * @property {boolean} loop
 * @property {Object<string, PartChoice>} parts by the part's key
 */

/** @returns {Arrangement} */
export function newArrangement(random = Math.random) {
  const seed = () => Math.floor(random() * 1e6);
  const chords = parseChords('C G Am F C G F C');
  return {
    chords,
    blend: chords.map(() => 0),
    a: {seed: seed()},
    b: {seed: seed()},
    temperature: 50,
    seed: seed(),
    qpm: 110,
    loop: true,
    parts: {},
  };
}

/**
 * Chord ids of each bar from a line such as "C Am F|G7" or "| C | Am F | % |".
 * @returns {{chords: number[][], folded: string[]}} folded: symbols that the nearest triad stands for
 * @throws {ChordError}
 */
export function readChordLine(text) {
  const bars = chordLine(text).slice(0, MOST_CHORDS);
  for (const bar of bars) {
    if (bar.length === 3 || bar.length > MOST_CHORDS_A_BAR) { // three do not divide every bar
      throw new ChordError(
        `“${bar.join('|')}” has ${bar.length} chords in one measure. Write 1, 2 or 4.`);
    }
  }
  return {
    chords: bars.map((bar) => bar.map(nearestChordId)),
    folded: [...new Set(bars.flat())].filter((symbol) => !hasTriad(symbol)),
  };
}

/** The chords of `readChordLine`. */
export const parseChords = (text) => readChordLine(text).chords;

export const chordsText = (chords) => chords.map(barText).join(' ');
export const barText = (bar) => bar.map(chordSymbol).join('|');

/** The arrangement with other chords; bars keep their blends, new ones take the last one's. */
export function withChords(arrangement, chords) {
  const {blend} = arrangement;
  return {
    ...arrangement,
    chords,
    blend: chords.map((_, i) => blend[Math.min(i, blend.length - 1)] ?? 0),
  };
}

/** How a part sounds: whether it is heard, its program and its MIDI volume. */
export function partSound(arrangement, part, all) {
  const choice = arrangement.parts[part.key] ?? {};
  const hasSolo = all.some(({key}) => arrangement.parts[key]?.solo);
  return {
    heard: hasSolo ? Boolean(choice.solo) : !choice.mute,
    program: choice.program ?? part.program,
    volume: choice.volume ?? FULL_VOLUME,
  };
}
