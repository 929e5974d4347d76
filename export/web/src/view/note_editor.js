/** State of the note editor: part, grid and chosen note, with the actions on it. */

import {useState} from 'preact/hooks';

import {DRUMS} from '../../../../packages/engine/src/music/format.js';
import {isSameNote, movedNote, newNote, noteAfter, stretchedNote} from '../state/note_moves.js';

/** @import {Song} from '../../../../packages/engine/src/music/song.js' */
/** @import {PlacedNote} from '../state/kept.js' */
/** @import {Room} from '../state/note_moves.js' */
/** @import {Studio} from '../studio/studio.js' */

const PARTS_OF_A_QUARTER = [1, 2, 3, 4, 6, 8];
const USUAL = 4; // the default grid: sixteenths
const VELOCITY = 97; // of a new note in a part without notes
const MIDDLE = 60;
const FIRST_DRUM = 36; // bass drum 1

/** @typedef {ReturnType<typeof useNoteEditor>} NoteEditor */

/** Returns the notes of a part, in steps of the song. @param {Song} song @param {string} key @returns {PlacedNote[]} */
export function placedNotes({parts, notes}, key) {
  const part = parts.findIndex((each) => each.key === key);
  return notes.filter((note) => note.part === part)
    .map(({pitch, velocity, start, end}) => ({key, pitch, velocity, start, end}));
}

/** Returns the grids that fit the format, with their steps. @param {number} stepsPerQuarter */
export const gridsOf = (stepsPerQuarter) => PARTS_OF_A_QUARTER
  .filter((part) => stepsPerQuarter % part === 0)
  .map((part) => ({part, steps: stepsPerQuarter / part}));

/** @param {Song} song @returns {Room} */
export const roomOf = ({bars, format}) => ({
  bars, steps: format.stepsPerMeasure, low: format.minPitch, high: format.maxPitch,
});

/** @param {Studio} studio @param {?Song} song */
export function useNoteEditor(studio, song) {
  const [isOn, setOn] = useState(false);
  const [chosenKey, setKey] = useState('');
  const [chosenGrid, setGrid] = useState(0);
  const [chosen, setChosen] = useState(/** @type {?PlacedNote} */ (null));
  const {format} = studio;
  const parts = song?.parts ?? [];
  const key = parts.some((part) => part.key === chosenKey) ? chosenKey : parts[0]?.key ?? '';
  const notes = song ? placedNotes(song, key) : [];
  const note = notes.find((each) => chosen && isSameNote(each, chosen)) ?? null;
  const grids = gridsOf(format.stepsPerQuarter);
  const grid = chosenGrid || (grids.find(({part}) => part === USUAL) ?? grids[0]).steps;
  const choose = (/** @type {?PlacedNote} */ wanted) => {
    setChosen(wanted);
    if (wanted) setKey(wanted.key);
  };
  const put = (/** @type {?PlacedNote} */ old, /** @type {?PlacedNote} */ wanted, isHeld = false) => {
    if (old && wanted && isSameNote(old, wanted)) return;
    if (!isHeld) studio.settle();
    studio.keeping.edit(old, wanted, 'note');
    choose(wanted);
  };
  return {
    isOn, setOn, key, setKey, grid, grids, setGrid, notes, note, choose, put,
    room: song && roomOf(song),
    ...noteActions({studio, song, key, grid, notes, note, chosen, choose, put}),
  };
}

/**
 * @param {object} editor
 * @param {Studio} editor.studio
 * @param {?Song} editor.song
 * @param {string} editor.key
 * @param {number} editor.grid
 * @param {PlacedNote[]} editor.notes
 * @param {?PlacedNote} editor.note
 * @param {?PlacedNote} editor.chosen the chosen note, even if it is gone, as after an undo
 * @param {(note: ?PlacedNote) => void} editor.choose
 * @param {(old: ?PlacedNote, wanted: ?PlacedNote, isHeld?: boolean) => void} editor.put
 */
function noteActions({studio, song, key, grid, notes, note, chosen, choose, put}) {
  const {step} = studio.player;
  return {
    /** @param {number} places */
    go: (places) => choose(noteAfter(notes, note ?? chosen, places, step)),
    /** Chooses a note of another part. @param {number} places */
    goToPart: (places) => {
      const parts = song?.parts ?? [];
      const at = parts.findIndex((part) => part.key === key) + places;
      if (!song || !parts[at]) return;
      choose(noteAfter(placedNotes(song, parts[at].key), null, 0, note?.start ?? step));
    },
    /** @param {{by?: number, semitones?: number}} way @param {boolean} [isHeld] */
    move: (way, isHeld) => {
      if (note && song) put(note, movedNote(note, way, roomOf(song)), isHeld);
    },
    /** @param {number} by @param {boolean} [isHeld] */
    stretch: (by, isHeld) => {
      if (note && song) put(note, stretchedNote(note, by, roomOf(song)), isHeld);
    },
    remove: () => {
      if (!note) return;
      const heir = noteAfter(notes.filter((each) => each !== note), note, 0, 0);
      put(note, null);
      choose(heir);
    },
    /** Adds a note after the chosen one, or at the playhead. */
    add: () => {
      if (!song || !key) return;
      const {pitch, velocity} = note ?? notes[notes.length >> 1] ??
        {pitch: key.startsWith(`${DRUMS}.`) ? FIRST_DRUM : MIDDLE, velocity: VELOCITY};
      const from = note ? Math.max(note.end, note.start + grid) : step;
      put(null, newNote({key, pitch, velocity}, from, grid, roomOf(song)));
    },
  };
}
