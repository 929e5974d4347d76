/** Locked notes, which do not change with the rest of the song: whole bars and parts in bars. */

/** @import {Song} from '../../../../packages/engine/src/music/song.js' */

/**
 * A note in steps of its bar.
 * @typedef {{pitch: number, velocity: number, start: number, end: number}} KeptNote
 *
 * `bars`: bars in which only locked notes play. `cells`: the locked notes of a part in a bar, by
 * `cellName`; an empty list keeps the part silent there.
 * @typedef {{bars: number[], cells: Record<string, KeptNote[]>}} Kept
 *
 * The extent to which a bar or a part is locked.
 * @typedef {'all' | 'some' | 'none'} Share
 *
 * A note of a part, which is its key, in steps of the song.
 * @typedef {KeptNote & {key: string}} PlacedNote
 */

/** @type {Kept} */
export const NOTHING_KEPT = {bars: [], cells: {}};

/** @param {number} bar @param {string} key of the part */
export const cellName = (bar, key) => `${bar}:${key}`;

/** @param {string} name @returns {[bar: number, key: string]} */
export function cellOf(name) {
  const [bar, key] = name.split(':');
  return [Number(bar), key];
}

/** Whether anything is locked. @param {Kept} kept */
export const hasKept = ({bars, cells}) => bars.length > 0 || Object.keys(cells).length > 0;

/** Whether a part is locked in any bar. @param {Kept} kept @param {string} key */
export const isPartKept = ({cells}, key) =>
  Object.keys(cells).some((name) => cellOf(name)[1] === key);

/** The bars, without those kept whole, in which a part is kept. @param {Kept} kept @param {string} key */
export const barsOfPart = ({bars, cells}, key) => Object.keys(cells).map(cellOf)
  .filter(([bar, own]) => own === key && !bars.includes(bar)).map(([bar]) => bar)
  .sort((a, b) => a - b);

/**
 * Returns the extent to which a part is locked, without locked bars.
 * @param {Kept} kept
 * @param {string} key
 * @param {number} bars of the song
 * @returns {Share}
 */
export function partShare(kept, key, bars) {
  const own = barsOfPart(kept, key).length;
  if (!own) return 'none';
  return own >= bars - kept.bars.length ? 'all' : 'some';
}

/**
 * Returns the extent to which a bar is locked, without locked parts.
 * @param {Kept} kept
 * @param {number} bar
 * @param {number} bars of the song
 * @returns {Share}
 */
export function barShare(kept, bar, bars) {
  if (kept.bars.includes(bar)) return 'all';
  return Object.keys(kept.cells).map(cellOf).some(([own, key]) =>
    own === bar && partShare(kept, key, bars) !== 'all') ? 'some' : 'none';
}

/**
 * Returns the notes of a part in a bar: the locked ones if any, else the song's.
 * @param {Kept} kept
 * @param {Song} song
 * @param {number} bar
 * @param {string} key
 * @returns {KeptNote[]}
 */
export function notesIn(kept, song, bar, key) {
  const own = kept.cells[cellName(bar, key)];
  if (own) return own;
  const steps = song.format.stepsPerMeasure;
  const part = song.parts.findIndex((each) => each.key === key);
  return song.notes
    .filter((note) => note.part === part && Math.floor(note.start / steps) === bar)
    .map(({pitch, velocity, start, end}) =>
      ({pitch, velocity, start: start - bar * steps, end: end - bar * steps}));
}

/** Locks a bar. @param {Kept} kept @param {Song} song @param {number} bar @returns {Kept} */
export function withBar(kept, song, bar) {
  const cells = song.parts.flatMap(({key}) => {
    const notes = notesIn(kept, song, bar, key);
    return notes.length ? [[cellName(bar, key), notes]] : [];
  });
  return {
    bars: [...kept.bars.filter((other) => other !== bar), bar].sort((a, b) => a - b),
    cells: {...kept.cells, ...Object.fromEntries(cells)},
  };
}

/** Locks a part. @param {Kept} kept @param {Song} song @param {string} key @returns {Kept} */
export function withPartKept(kept, song, key) {
  const cells = Array.from({length: song.bars}, (_, bar) =>
    [cellName(bar, key), notesIn(kept, song, bar, key)]);
  return {...kept, cells: {...kept.cells, ...Object.fromEntries(cells)}};
}

/**
 * Unlocks a bar, except for locked parts.
 * @param {Kept} kept
 * @param {number} bar
 * @param {number} bars of the song
 * @returns {Kept}
 */
export function withoutBar(kept, bar, bars) {
  return {
    bars: kept.bars.filter((other) => other !== bar),
    cells: cellsWhere(kept, (own, key) => own !== bar || partShare(kept, key, bars) === 'all'),
  };
}

/** Unlocks a part, except for locked bars. @param {Kept} kept @param {string} key @returns {Kept} */
export function withoutPart(kept, key) {
  return {...kept, cells: cellsWhere(kept, (bar, own) => own !== key || kept.bars.includes(bar))};
}

/** Unlocks a part in a bar. @param {Kept} kept @param {number} bar @param {string} key @returns {Kept} */
export const withoutCell = (kept, bar, key) =>
  ({...kept, cells: cellsWhere(kept, (own, part) => own !== bar || part !== key)});

/** @param {Kept} kept @param {(bar: number, key: string) => boolean} isWanted */
const cellsWhere = ({cells}, isWanted) => Object.fromEntries(
  Object.entries(cells).filter(([name]) => isWanted(...cellOf(name))));

/**
 * Moves locked notes to the bars' new positions.
 * @param {Kept} kept
 * @param {number[]} order the previous index of each bar
 * @returns {Kept}
 */
export function reordered(kept, order) {
  if (!hasKept(kept)) return kept;
  return {
    bars: order.flatMap((from, to) => (kept.bars.includes(from) ? [to] : [])),
    cells: Object.fromEntries(order.flatMap((from, to) => Object.entries(kept.cells)
      .map(([name, notes]) => /** @type {const} */ ([cellOf(name), notes]))
      .filter(([[bar]]) => bar === from)
      .map(([[, key], notes]) => [cellName(to, key), notes]))),
  };
}

/**
 * Replaces a note by another, and locks the part in the bars of both. Notes of the same pitch that
 * begin before the new note end at its start; notes that begin while it sounds are removed.
 * @param {Kept} kept
 * @param {Song} song
 * @param {?PlacedNote} removed a note of the song
 * @param {?PlacedNote} added must not cross a bar line
 * @returns {Kept}
 */
export function withEdit(kept, song, removed, added) {
  const steps = song.format.stepsPerMeasure;
  const cells = {...kept.cells};
  const edit = (/** @type {PlacedNote} */ {key, pitch, velocity, start, end},
    /** @type {(notes: KeptNote[], note: KeptNote) => KeptNote[]} */ change) => {
    const bar = Math.floor(start / steps);
    const note = {pitch, velocity, start: start - bar * steps, end: end - bar * steps};
    cells[cellName(bar, key)] = change(notesIn({...kept, cells}, song, bar, key), note);
  };
  if (removed) edit(removed, (notes, note) => notes.filter((other) => !isSame(other, note)));
  if (added) edit(added, (notes, note) => [...notes.flatMap((other) => madeRoom(other, note)), note]);
  return {...kept, cells};
}

/** @param {KeptNote} a @param {KeptNote} b */
const isSame = (a, b) => a.pitch === b.pitch && a.start === b.start && a.end === b.end;

/** The rest of an overlapped note. @param {KeptNote} other @param {KeptNote} note */
function madeRoom(other, note) {
  const overlaps = other.pitch === note.pitch && other.start < note.end && note.start < other.end;
  if (!overlaps) return [other];
  return other.start < note.start ? [{...other, end: note.start}] : [];
}
