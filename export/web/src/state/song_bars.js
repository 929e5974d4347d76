/** Bars of a piece that changes: what is kept of them goes along with their sections. */

import {withChords} from './arrangement.js';
import {hasKept, reordered} from './kept.js';
import {chordsOf, playedBars} from './song_form.js';

/** @import {Arrangement} from './arrangement.js' */
/** @import {Kept} from './kept.js' */
/** @import {Progression} from './progression.js' */
/** @import {SongForm} from './song_form.js' */

/**
 * The number that a bar of a section had before.
 * @typedef {(name: string, number: number) => number} Renumber
 */

/**
 * A name for each bar: its section, how many of that name came before it, and its number there. A line
 * of chords without a song is the first A.
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
 * What was kept, where its bars are now; what was kept of bars that are gone is let go of.
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
 * The arrangement as another song, or as one line of chords.
 * @param {Arrangement} arrangement
 * @param {?SongForm} song
 * @returns {Partial<Arrangement>}
 */
export function withSong(arrangement, song) {
  return {song, kept: keptAlong(arrangement, {...arrangement, song})};
}

/**
 * The arrangement with other chords of a section; none gives it those that it has without its own.
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
 * The arrangement with the bars of a section's line of chords in another order.
 * @param {Arrangement} arrangement
 * @param {string} name
 * @param {number[]} order of each bar the one that it was
 * @returns {Partial<Arrangement>}
 */
export function withSectionOrder(arrangement, name, order) {
  const old = chordsOf(arrangement, name);
  const changed = withLine(arrangement, name, order.map((bar) => old[bar]));
  const line = chordsOf(changed, name); // other sections may play it too
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
