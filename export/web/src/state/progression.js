/** The chords of each bar, and the line of text that says them. */

import {chordLine} from '../music/chord_lines.js';
import {ChordError} from '../music/chord_spelling.js';
import {chordSymbol, hasTriad, nearestChordId} from '../music/chords.js';

export const MOST_CHORDS = 16;
export const MOST_CHORDS_A_BAR = 4;

/**
 * Chord ids of each bar, one or several.
 * @typedef {number[][]} Progression
 */

/**
 * Chord ids of each bar from a line such as "C Am F|G7" or "| C | Am F | % |".
 * @param {string} text
 * @returns {{chords: Progression, folded: string[]}} folded: symbols that the nearest triad stands for
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

/** The chords of `readChordLine`. @param {string} text */
export const parseChords = (text) => readChordLine(text).chords;

/** @param {Progression} chords */
export const chordsText = (chords) => chords.map(barText).join(' ');

/** @param {number[]} bar */
export const barText = (bar) => bar.map(chordSymbol).join('|');
