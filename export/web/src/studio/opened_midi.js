/** Styles, chords and tempo of an opened MIDI file. */

import {tidySymbol} from '../../../../packages/engine/src/music/chord_spelling.js';
import {NO_CHORD} from '../../../../packages/engine/src/music/format.js';
import {MOST_CHORDS} from '../state/progression.js';
import {texts} from '../texts/texts.js';

/** @import {Bar} from '../../../../packages/engine/src/music/measures.js' */
/** @import {Flaws} from '../../../../packages/engine/src/music/midi_bytes.js' */
/** @import {Progression} from '../state/progression.js' */

/**
 * An opened MIDI file; link: the link of its arrangement if the page saved the file.
 * @typedef {{id: number, name: string, bars: Bar[], flaws: Flaws, qpm: number, link?: string}}
 *   OpenedMidi
 */

/** Number of bars that can be a style. @param {Bar[]} bars */
export const stylesIn = (bars) => bars.filter(({tracks}) => tracks).length;

/** Whether any of the bars has a chord. @param {Bar[]} bars */
export const hasChords = (bars) =>
  bars.some(({chords}) => chords.some((id) => id !== NO_CHORD));

/**
 * Returns the chords from a bar on, up to `MOST_CHORDS` bars.
 * @param {Bar[]} bars
 * @param {number} first index
 * @returns {Progression}
 */
export const chordsFrom = (bars, first) => bars.slice(first)
  .filter(({symbols}) => symbols.length)
  .slice(0, MOST_CHORDS)
  .map(({symbols}) => (new Set(symbols).size === 1 ? symbols.slice(0, 1) : symbols).map(tidySymbol));

/** The message why no bar of a file can be a style. @param {Bar[]} bars */
export function whyNone(bars) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const {reason: why} of bars) counts.set(why, (counts.get(why) ?? 0) + 1);
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  return most
    ? texts.midi.noStyle(bars.length, texts.ofEngine(most[0]))
    : texts.midi.noNote;
}
