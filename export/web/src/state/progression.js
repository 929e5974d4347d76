/** The chords of each bar, and their text. */

import {chordLine} from '../../../../packages/engine/src/music/chord_lines.js';
import {ChordError, isTriadAlone, tidySymbol} from '../../../../packages/engine/src/music/chord_spelling.js';
import {chordSymbol, nearestChordId} from '../../../../packages/engine/src/music/chords.js';
import {texts} from '../texts/texts.js';

export const MOST_CHORDS = 64; // bars
export const MOST_CHORDS_A_BAR = 4;
const MOST_NAMED = 6; // symbols in a sentence

/**
 * Chord symbols of each bar, one or several, as typed (`tidySymbol`). The model is conditioned on
 * their triads.
 * @typedef {string[][]} Progression
 */

/**
 * Parses a line such as "C Am F|G7" or "| C | Am F | % |".
 * @param {string} text
 * @returns {{chords: Progression, bars: number}} chords of up to `MOST_CHORDS` bars, and the number
 *   of bars in the line
 * @throws {ChordError}
 */
export function readChordLine(text) {
  const bars = chordLine(text);
  for (const bar of bars) {
    if (bar.length === 3 || bar.length > MOST_CHORDS_A_BAR) { // three do not divide all bars
      const symbols = bar.join('|');
      throw new ChordError(texts.chords.tooMany(symbols, bar.length), symbols);
    }
  }
  const chords = bars.slice(0, MOST_CHORDS).map((bar) => bar.map(tidySymbol));
  return {chords, bars: bars.length};
}

/** The message about a line with too many bars. @param {number} bars */
export const tooLong = (bars) => texts.chords.tooLong(MOST_CHORDS, bars);

/**
 * Returns the index in a line of the symbol of a `ChordError`; -1 if it is not found.
 * @param {string} symbol
 * @param {string} line
 */
export function placeOf(symbol, line) {
  const pattern = symbol.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const found = new RegExp(`(^|[\\s,|(-])${pattern}(?=$|[\\s,|)-])`).exec(line);
  return found ? found.index + found[1].length : line.indexOf(symbol);
}

/** The chords of `readChordLine`. @param {string} text */
export const parseChords = (text) => readChordLine(text).chords;

/** @param {Progression} chords */
export const chordsText = (chords) => chords.map(barText).join(' ');

/** @param {string[]} bar */
export const barText = (bar) => bar.join('|');

/**
 * Returns a message about chords that the model gets only as triads, or ''.
 * @param {Progression} chords
 * @param {boolean} voice whether they are voiced
 */
export function triadNote(chords, voice) {
  const symbols = [...new Set(chords.flat())].filter((symbol) => !isTriadAlone(symbol));
  if (!symbols.length) return '';
  const named = symbols.slice(0, MOST_NAMED)
    .map((symbol) => texts.chords.triad(symbol, chordSymbol(nearestChordId(symbol))));
  const rest = symbols.length - named.length;
  const list = rest ? texts.chords.andMore(named.join(', '), rest) : named.join(', ');
  return (voice ? texts.chords.voiced : texts.chords.played)(list);
}
