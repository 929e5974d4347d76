/** Changes of a song's bars; locked notes move with their sections. */

import {withChords} from './arrangement.js';
import {hasKept, reordered} from './kept.js';
import {chordsOf, playedBars} from './song_form.js';

/** @import {Arrangement} from './arrangement.js' */
/** @import {Kept} from './kept.js' */
/** @import {Progression} from './progression.js' */
/** @import {SongForm} from './song_form.js' */

/**
 * Returns the previous number of a section's bar.
 * @typedef {(name: string, number: number) => number} Renumber
 */

/**
 * Returns a name for each bar: its section, the number of earlier sections of that name, and its
 * number within the section. Without a song, the line of chords is the first A.
 * @param {Arrangement} arrangement
 * @param {Renumber} renumber
 */
function barNames(arrangement, renumber = (_, number) => number) {
  const sections = arrangement.song ? playedBars(arrangement).sections
    : [{name: 'A', bars: arrangement.chords.length}];
  return sections.flatMap(({name, bars}, i) => {
    const before = sections.slice(0, i).filter((other) => other.name === name).length;
    return Array.from({length: bars}, (_, number) => `${name} ${before} ${renumber(name, number)}`);
  });
}

/**
 * Moves locked notes to the new positions of their bars; notes of removed bars are dropped.
 * @param {Arrangement} before
 * @param {Arrangement} after
 * @param {Renumber} [renumber] the bars of `after`
 * @returns {Kept}
 */
function keptAlong(before, after, renumber) {
  if (!hasKept(before.kept)) return before.kept;
  const names = barNames(before);
  return reordered(before.kept, barNames(after, renumber).map((name) => names.indexOf(name)));
}

/**
 * Returns changes to another song, or to a loop of one line of chords.
 * @param {Arrangement} arrangement
 * @param {?SongForm} song
 * @returns {Partial<Arrangement>}
 */
export function withSong(arrangement, song) {
  return {song, kept: keptAlong(arrangement, {...arrangement, song})};
}

/**
 * Changes the chords of a section; null removes its own chords, so that it uses the default ones.
 * @param {Arrangement} arrangement
 * @param {string} name
 * @param {?Progression} chords
 * @returns {Partial<Arrangement>}
 */
export function withSectionChords(arrangement, name, chords) {
  const changed = withLine(arrangement, name, chords);
  return {...changed, kept: keptAlong(arrangement, changed)};
}

/**
 * Reorders the bars of a section's line of chords.
 * @param {Arrangement} arrangement
 * @param {string} name
 * @param {number[]} order the previous index of each bar
 * @returns {Partial<Arrangement>}
 */
export function withSectionOrder(arrangement, name, order) {
  const old = chordsOf(arrangement, name);
  const changed = withLine(arrangement, name, order.map((bar) => old[bar]));
  const line = chordsOf(changed, name); // other sections may share it
  const renumber = (/** @type {string} */ own, /** @type {number} */ number) => {
    if (chordsOf(changed, own) !== line) return number;
    const repeats = Math.floor(number / order.length);
    return old.length * repeats + order[number % order.length];
  };
  return {...changed, kept: keptAlong(arrangement, changed, renumber)};
}

/**
 * @param {Arrangement} arrangement with a song
 * @param {string} name
 * @param {?Progression} line
 * @returns {Arrangement}
 */
function withLine(arrangement, name, line) {
  const {song} = arrangement;
  if (name === 'A' && line) return withChords(arrangement, line);
  if (!song) return arrangement;
  const {[name]: _, ...others} = song.chords;
  return {...arrangement, song: {...song, chords: line ? {...others, [name]: line} : others}};
}
