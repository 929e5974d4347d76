/** The line of chords of a bar, and how to change it. */

import {withSectionChords, withSectionOrder} from '../state/song_bars.js';
import {chordsOf, playedBars} from '../state/song_form.js';

/** @import {Arrangement} from '../state/arrangement.js' */
/** @import {Progression} from '../state/progression.js' */
/** @import {Store} from './store.js' */

/**
 * @typedef {object} Line
 * @property {Progression} chords
 * @property {number} index of the bar in the line; -1 for a song's ending
 * @property {(chords: Progression) => void} setChords
 * @property {(order: number[]) => void} setOrder takes the previous index of each bar
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
  const change = (/** @type {Partial<Arrangement>} */ changes) => {
    if (index >= 0) studio.change(changes);
  };
  return {
    chords,
    index,
    setChords: (changed) => change(withSectionChords(studio.arrangement, name, changed)),
    setOrder: (order) => change(withSectionOrder(studio.arrangement, name, order)),
  };
}
