import {soundingNames} from '../../../../packages/engine/src/music/part_names.js';
import {cellName} from '../state/kept.js';
import {Icon} from './icons.jsx';
import {noteName} from './note_words.js';
import {offIf} from './off.js';

/** @import {Song} from '../../../../packages/engine/src/music/song.js' */
/** @import {Studio} from '../studio/studio.js' */
/** @import {NoteEditor} from './note_editor.js' */

const TEXTS = {
  chip: 'Edit notes',
  title: 'Move, add and delete notes in the roll, with a pointer or with keys',
  tools: 'Notes',
  part: 'Instrument whose notes are edited',
  grid: 'Grid',
  gridName: (/** @type {number} */ part) =>
    (part % 3 ? `1/${4 * part}` : `1/${(8 * part) / 3} triplet`).replace('1/4 triplet', '1/4'),
  none: 'No note is chosen.',
  keys: 'Click a note to choose it, drag it to move it, drag its end to change its length, ' +
    'right-click to delete it; a click beside notes adds one. Keys, on the roll: left and right ' +
    'choose a note, up and down an instrument; with Shift they move the note. Page Up and Page ' +
    'Down move it an octave, + and − change its length, Enter adds one, Delete deletes it. ' +
    'The bars of an instrument that you edit are locked until you release them.',
  help: 'How notes are edited',
  previous: 'Previous note',
  next: 'Next note',
  earlier: 'Move earlier',
  later: 'Move later',
  higher: 'Move higher',
  lower: 'Move lower',
  shorter: 'Shorter',
  longer: 'Longer',
  add: 'Add a note',
  remove: 'Delete the note',
  release: 'Release this bar',
  releaseTitle: 'Its notes are edited or locked: let the model play them again',
};

/** Turns the editing of notes on and off. @param {{editor: NoteEditor}} props */
export function EditChip({editor}) {
  return (
    <button type="button" class="chip edit-notes" aria-pressed={editor.isOn} title={TEXTS.title}
      onClick={() => editor.setOn(!editor.isOn)}><Icon name="pencil" /> {TEXTS.chip}</button>
  );
}

/** What can be done with notes, as buttons. @param {{studio: Studio, song: Song, editor: NoteEditor}} props */
export function NoteTools({studio, song, editor}) {
  const {note, grid, grids} = editor;
  const names = soundingNames(song.parts, (part) => studio.sound(part));
  const isDrum = Boolean(song.parts.find(({key}) => key === editor.key)?.isDrum);
  return (
    <div class="note-tools" role="group" aria-label={TEXTS.tools}>
      <select class="select" aria-label={TEXTS.part} value={editor.key}
        onChange={(event) => {
          editor.setKey(event.currentTarget.value);
          editor.choose(null);
        }}>
        {song.parts.map(({key}, i) => <option key={key} value={key}>{names[i]}</option>)}
      </select>
      <select class="select" aria-label={TEXTS.grid} title={TEXTS.grid} value={grid}
        onChange={(event) => editor.setGrid(Number(event.currentTarget.value))}>
        {grids.map(({part, steps}) => (
          <option key={part} value={steps}>{TEXTS.gridName(part)}</option>
        ))}
      </select>
      <NoteButtons editor={editor} isDrum={isDrum} />
      <ReleaseChip studio={studio} song={song} editor={editor} />
      <p id="note-said" class="note-said" role="status">
        {note ? noteName(note, isDrum, song.format) : TEXTS.none}</p>
      <details class="note-help">
        <summary>{TEXTS.help}</summary>
        <p id="note-keys">{TEXTS.keys}</p>
      </details>
    </div>
  );
}

/** @param {{editor: NoteEditor, isDrum: boolean}} props */
function NoteButtons({editor, isDrum}) {
  const {note, notes, grid, go, move, stretch} = editor;
  /** @type {[icon: string, text: string, isOff: boolean, act: () => void][]} */
  const buttons = [
    ['left', TEXTS.previous, !notes.length, () => go(-1)],
    ['right', TEXTS.next, !notes.length, () => go(1)],
    ['earlier', TEXTS.earlier, !note, () => move({by: -grid})],
    ['arrow', TEXTS.later, !note, () => move({by: grid})],
    ['up', TEXTS.higher, !note, () => move({semitones: 1})],
    ['down', TEXTS.lower, !note, () => move({semitones: -1})],
    ['shorter', TEXTS.shorter, !note || isDrum, () => stretch(-grid)],
    ['longer', TEXTS.longer, !note || isDrum, () => stretch(grid)],
    ['plus', TEXTS.add, !editor.key, () => editor.add()],
    ['bin', TEXTS.remove, !note, () => editor.remove()],
  ];
  return (
    <div class="note-buttons">
      {buttons.map(([icon, text, isOff, act]) => (
        <button type="button" class="toggle" key={icon} aria-label={text} title={text}
          {...offIf(isOff, act)}><Icon name={icon} /></button>
      ))}
    </div>
  );
}

/** Lets go of the bar of the part in which the chosen note is. @param {{studio: Studio, song: Song, editor: NoteEditor}} props */
function ReleaseChip({studio, song, editor: {note}}) {
  const {kept} = studio.arrangement;
  const bar = note ? Math.floor(note.start / song.format.stepsPerMeasure) : -1;
  const isKept = note && !kept.bars.includes(bar) && kept.cells[cellName(bar, note.key)];
  return (
    <button type="button" class="chip" title={TEXTS.releaseTitle}
      {...offIf(!isKept, () => note && studio.keeping.releaseCell(bar, note.key))}>
      {TEXTS.release}</button>
  );
}
