/** Moves, stretches and finds notes, in steps of the song. Notes do not cross bar lines. */

/** @import {PlacedNote} from './kept.js' */

/**
 * The limits of notes: the number of bars, steps per bar, and the lowest and highest pitch.
 * @typedef {{bars: number, steps: number, low: number, high: number}} Room
 */

/** @param {number} value @param {number} least @param {number} most */
const within = (value, least, most) => Math.max(least, Math.min(most, value));

/**
 * Moves a note. If it would cross a bar line, it moves into the next bar or stays within its own.
 * @param {PlacedNote} note
 * @param {{by?: number, semitones?: number}} way `by`: steps
 * @param {Room} room
 * @returns {PlacedNote}
 */
export function movedNote(note, {by = 0, semitones = 0}, {bars, steps, low, high}) {
  const length = note.end - note.start;
  let start = within(note.start + by, 0, bars * steps - length);
  const barEnd = (Math.floor(start / steps) + 1) * steps;
  const over = start + length - barEnd;
  if (over > 0) {
    const isStuck = by > 0 && barEnd - length <= note.start;
    start = isStuck || (by > 0 && over > length / 2) ? barEnd : barEnd - length;
  }
  return {...note, start, end: start + length, pitch: within(note.pitch + semitones, low, high)};
}

/**
 * Moves the end of a note within its bar; if nothing would remain, its length is halved.
 * @param {PlacedNote} note
 * @param {number} by steps
 * @param {Room} room
 * @returns {PlacedNote}
 */
export function stretchedNote(note, by, {steps}) {
  const length = note.end - note.start;
  const wanted = length + by > 0 ? length + by : Math.max(1, Math.floor(length / 2));
  const barEnd = (Math.floor(note.start / steps) + 1) * steps;
  return {...note, end: Math.min(note.start + wanted, barEnd)};
}

/**
 * Returns a new note of one grid unit, or shorter at the end of its bar.
 * @param {{key: string, pitch: number, velocity: number}} note
 * @param {number} step in the note's grid cell
 * @param {number} grid steps
 * @param {Room} room
 * @returns {PlacedNote}
 */
export function newNote(note, step, grid, {bars, steps}) {
  const bar = within(Math.floor(step / steps), 0, bars - 1);
  const inside = within(step - bar * steps, 0, steps - 1);
  const start = bar * steps + Math.floor(inside / grid) * grid;
  return {...note, start, end: Math.min(start + grid, (bar + 1) * steps)};
}

/** @param {PlacedNote} a @param {PlacedNote} b */
export const isSameNote = (a, b) =>
  a.key === b.key && a.pitch === b.pitch && a.start === b.start && a.end === b.end;

/**
 * Returns the note `places` after a note (before it if negative), or the next one if `note` is
 * absent or not in the list.
 * @param {PlacedNote[]} notes of a part, by onset and pitch
 * @param {?PlacedNote} note
 * @param {number} places
 * @param {number} step position to search from if `note` is null
 * @returns {?PlacedNote}
 */
export function noteAfter(notes, note, places, step) {
  if (!notes.length) return null;
  const at = note ? notes.findIndex((each) => isSameNote(each, note)) : -1;
  if (at >= 0) return notes[within(at + places, 0, notes.length - 1)];
  const from = note?.start ?? step;
  return notes.find(({start}) => start >= from) ?? notes[notes.length - 1];
}
