/** The line of chords that a bar of the piece is in, which a person changes there. */

import {chordsOf, playedBars, withSectionChords} from '../state/song_form.js';

/** @import {Progression} from '../state/progression.js' */
/** @import {Store} from './store.js' */

/**
 * @typedef {object} Line
 * @property {Progression} chords
 * @property {number} index of the bar among them; -1 for that of a song's ending
 * @property {(chords: Progression) => void} setChords
 * @property {(order: number[]) => void} setOrder of each bar the one that it was
 */

/**
 * @param {Store & {setChords: (chords: Progression) => void, orderBars: (order: number[]) => void}} studio
 * @param {number} bar
 * @returns {Line}
 */
export function lineAt(studio, bar) {
  const {arrangement} = studio;
  if (!arrangement.song) {
    return {
      chords: arrangement.chords,
      index: bar,
      setChords: (chords) => studio.setChords(chords),
      setOrder: (order) => studio.orderBars(order),
    };
  }
  const {bars, sections} = playedBars(arrangement);
  const {section, index} = bars[Math.min(bar, bars.length - 1)];
  const {name} = sections[section];
  const chords = chordsOf(arrangement, name);
  const setChords = (/** @type {Progression} */ changed) => {
    if (index >= 0) studio.change(withSectionChords(studio.arrangement, name, changed));
  };
  return {chords, index, setChords, setOrder: (order) => setChords(order.map((i) => chords[i]))};
}
