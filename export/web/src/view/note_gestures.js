/** Pointer gestures on notes: drawing, moving and stretching. */

import {DRUMS} from '../../../../packages/engine/src/music/format.js';
import {movedNote, newNote, stretchedNote} from '../state/note_moves.js';
import {noteAt, noteBox, pitchAt, placeAt} from './note_hits.js';

/** @import {Song} from '../../../../packages/engine/src/music/song.js' */
/** @import {PlacedNote} from '../state/kept.js' */
/** @import {NoteEditor} from './note_editor.js' */
/** @import {RollLayout} from './roll_layout.js' */

const REACH = {mouse: 3, finger: 12}; // px around a note that still hit it
const END = {mouse: 6, finger: 12}; // px at a note's end that stretch it
const SLOP = 5; // px: a shorter movement is a click
const VELOCITY = 97;

/**
 * A pressed pointer: where it was pressed, the note there, and the resulting note.
 * @typedef {object} Gesture
 * @property {'move' | 'stretch' | 'draw'} what
 * @property {number} x
 * @property {number} y
 * @property {?PlacedNote} old
 * @property {PlacedNote} note the resulting note
 * @property {boolean} isFinger
 * @property {boolean} hasMoved
 * @property {number[]} from where in the window it was pressed
 *
 * The roll being edited.
 * @typedef {{song: Song, layout: RollLayout, editor: NoteEditor}} Scene
 */

/**
 * The note of the song under a pointer.
 * @param {number} x
 * @param {number} y
 * @param {boolean} isFinger
 * @param {Scene} scene
 */
export const noteUnder = (x, y, isFinger, {song, layout, editor}) =>
  noteAt(x, y, song, layout, {reach: REACH[isFinger ? 'finger' : 'mouse'], key: editor.key});

/**
 * Whether a position is at the end of a note that is wide enough to be stretched there.
 * @param {number} x
 * @param {import('../../../../packages/engine/src/music/song.js').SongNote} note
 * @param {boolean} isFinger
 * @param {Scene} scene
 */
export function isAtEnd(x, note, isFinger, {song, layout}) {
  const {isDrum} = song.parts[note.part];
  const {left, right} = noteBox(note, isDrum, layout);
  const end = END[isFinger ? 'finger' : 'mouse'];
  return !isDrum && right - left > 2 * end && x > right - end;
}

/** @param {number} x @param {number} y @param {boolean} isFinger @param {Scene} scene @returns {Omit<Gesture, 'from'>} */
export function beginGesture(x, y, isFinger, scene) {
  const {song, layout, editor} = scene;
  const hit = noteUnder(x, y, isFinger, scene);
  const common = {x, y, isFinger, hasMoved: false};
  if (hit) {
    const {part, ...own} = hit;
    const note = {...own, key: song.parts[part].key};
    const what = isAtEnd(x, hit, isFinger, scene) ? 'stretch' : 'move';
    return {...common, what, old: note, note};
  }
  const {step, pitch, isDrum} = placeAt(x, y, song, layout);
  const own = song.parts.find((part) => part.key === editor.key);
  const part = own && own.isDrum === isDrum ? own : song.parts.find((each) => each.isDrum === isDrum);
  const key = part?.key ?? (isDrum ? `${DRUMS}.0` : '0.0');
  const velocity = editor.note?.velocity ?? VELOCITY;
  const note = newNote({key, pitch, velocity}, step, editor.grid,
    /** @type {NonNullable<NoteEditor['room']>} */ (editor.room));
  return {...common, what: 'draw', old: null, note};
}

/** Returns the gesture after the pointer has moved. @param {Gesture} gesture @param {number} x @param {number} y @param {Scene} scene @returns {Gesture} */
export function movedGesture(gesture, x, y, {song, layout, editor}) {
  const {room, grid} = editor;
  const [dx, dy] = [x - gesture.x, y - gesture.y];
  const hasMoved = gesture.hasMoved || Math.hypot(dx, dy) > SLOP;
  if (!room || !hasMoved) return gesture;
  const by = grid * Math.round(dx / layout.stepWidth / grid);
  const {old, note} = gesture;
  if (gesture.what === 'move' && old) {
    const isDrum = song.parts.find(({key}) => key === old.key)?.isDrum ?? false;
    const to = pitchAt(y, isDrum, layout) - pitchAt(gesture.y, isDrum, layout);
    return {...gesture, hasMoved, note: movedNote(old, {by, semitones: to}, room)};
  }
  if (gesture.what === 'stretch' && old) {
    return {...gesture, hasMoved, note: stretchedNote(old, by, room)};
  }
  const ends = {...note, end: note.start + grid};
  return {...gesture, hasMoved, note: stretchedNote(ends, Math.max(0, by), room)};
}
