/** Finds the note of the roll at a position, and the step and pitch there. */

import {GUTTER, pitchTop, stepAt} from './roll_layout.js';

/** @import {Song, SongNote} from '../../../../packages/engine/src/music/song.js' */
/** @import {RollLayout} from './roll_layout.js' */

const LEAST_WIDTH = 3.4; // px: minimum width of a drum note
const DRUM_HEIGHT = 9;

/** @typedef {{left: number, right: number, top: number, bottom: number}} Box */

/** Returns the box in which a note is drawn. @param {SongNote} note @param {boolean} isDrum @param {RollLayout} layout @returns {Box} */
export function noteBox({start, end, pitch}, isDrum, layout) {
  const left = GUTTER + start * layout.stepWidth;
  if (isDrum) {
    const middle = layout.lanes.get(pitch) ?? layout.drumTop;
    const right = left + Math.max(LEAST_WIDTH, 2 * layout.stepWidth);
    return {left, right, top: middle - DRUM_HEIGHT / 2, bottom: middle + DRUM_HEIGHT / 2};
  }
  const top = pitchTop(pitch, layout);
  return {left, right: GUTTER + end * layout.stepWidth, top, bottom: top + layout.semitone};
}

/**
 * Returns the nearest note within reach of a position; notes of parts other than `key` count as
 * further away.
 * @param {number} x
 * @param {number} y
 * @param {Song} song
 * @param {RollLayout} layout
 * @param {{reach: number, key: string}} options reach: px around a note that still hit it
 * @returns {?SongNote}
 */
export function noteAt(x, y, song, layout, {reach, key}) {
  /** @type {?SongNote} */
  let best = null;
  let least = Infinity;
  for (const note of song.notes) {
    const part = song.parts[note.part];
    const {left, right, top, bottom} = noteBox(note, part.isDrum, layout);
    const across = Math.max(left - x, x - right, 0);
    const down = Math.max(top - y, y - bottom, 0);
    if (across > reach || down > reach) continue;
    const distance = Math.hypot(across, down) + (part.key === key ? 0 : reach / 2);
    if (distance <= least) [best, least] = [note, distance];
  }
  return best;
}

/**
 * Returns the step and the pitch at a position, and whether it is among the drums.
 * @param {number} x
 * @param {number} y
 * @param {Song} song
 * @param {RollLayout} layout
 */
export function placeAt(x, y, song, layout) {
  const isDrum = layout.lanes.size > 0 && y >= layout.drumTop;
  return {step: stepAt(x, layout, song), pitch: pitchAt(y, isDrum, layout), isDrum};
}

/** @param {number} y @param {boolean} isDrum @param {RollLayout} layout */
export function pitchAt(y, isDrum, {low, high, semitone, lanes}) {
  if (!isDrum) return Math.max(low, Math.min(high, high - Math.floor(y / semitone)));
  const [nearest] = [...lanes].sort((a, b) => Math.abs(a[1] - y) - Math.abs(b[1] - y));
  return nearest[0];
}
