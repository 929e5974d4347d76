import {soundingNames} from '../../../../packages/engine/src/music/part_names.js';
import {cellName} from '../state/kept.js';
import {instrumentName, texts} from '../texts/texts.js';
import {Icon} from './icons.jsx';
import {noteName} from './note_words.js';
import {offIf} from './off.js';

/** @import {Song} from '../../../../packages/engine/src/music/song.js' */
/** @import {Studio} from '../studio/studio.js' */
/** @import {NoteEditor} from './note_editor.js' */

/** @param {number} part notes per quarter */
const gridName = (part) => (part % 3 ? texts.notes.straight(4 * part)
  : texts.notes.triplet((8 * part) / 3));

/** Turns note editing on and off. @param {{editor: NoteEditor}} props */
export function EditChip({editor}) {
  return (
    <button type="button" class="chip edit-notes" aria-pressed={editor.isOn} title={texts.notes.title}
      onClick={() => editor.setOn(!editor.isOn)}><Icon name="pencil" /> {texts.notes.chip}</button>
  );
}

/** Controls for editing notes. @param {{studio: Studio, song: Song, editor: NoteEditor}} props */
export function NoteTools({studio, song, editor}) {
  const {note, grid, grids} = editor;
  const names = soundingNames(song.parts, (part) => studio.sound(part), instrumentName);
  const isDrum = Boolean(song.parts.find(({key}) => key === editor.key)?.isDrum);
  return (
    <div class="note-tools" role="group" aria-label={texts.notes.tools}>
      <select class="select" aria-label={texts.notes.part} value={editor.key}
        onChange={(event) => {
          editor.setKey(event.currentTarget.value);
          editor.choose(null);
        }}>
        {song.parts.map(({key}, i) => <option key={key} value={key}>{names[i]}</option>)}
      </select>
      <select class="select" aria-label={texts.notes.grid} title={texts.notes.grid} value={grid}
        onChange={(event) => editor.setGrid(Number(event.currentTarget.value))}>
        {grids.map(({part, steps}) => (
          <option key={part} value={steps}>{gridName(part)}</option>
        ))}
      </select>
      <NoteButtons editor={editor} isDrum={isDrum} />
      <ReleaseChip studio={studio} song={song} editor={editor} />
      <p id="note-said" class="note-said" role="status">
        {note ? noteName(note, isDrum, song.format) : texts.notes.none}</p>
      <details class="note-help">
        <summary>{texts.notes.help}</summary>
        <p id="note-keys">{texts.notes.keys}</p>
      </details>
    </div>
  );
}

/** @param {{editor: NoteEditor, isDrum: boolean}} props */
function NoteButtons({editor, isDrum}) {
  const {note, notes, grid, go, move, stretch} = editor;
  /** @type {[icon: string, text: string, isOff: boolean, act: () => void][]} */
  const buttons = [
    ['left', texts.notes.previous, !notes.length, () => go(-1)],
    ['right', texts.notes.next, !notes.length, () => go(1)],
    ['earlier', texts.notes.earlier, !note, () => move({by: -grid})],
    ['arrow', texts.notes.later, !note, () => move({by: grid})],
    ['up', texts.notes.higher, !note, () => move({semitones: 1})],
    ['down', texts.notes.lower, !note, () => move({semitones: -1})],
    ['shorter', texts.notes.shorter, !note || isDrum, () => stretch(-grid)],
    ['longer', texts.notes.longer, !note || isDrum, () => stretch(grid)],
    ['plus', texts.notes.add, !editor.key, () => editor.add()],
    ['bin', texts.notes.remove, !note, () => editor.remove()],
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

/** Releases the chosen note's bar in its part. @param {{studio: Studio, song: Song, editor: NoteEditor}} props */
function ReleaseChip({studio, song, editor: {note}}) {
  const {kept} = studio.arrangement;
  const bar = note ? Math.floor(note.start / song.format.stepsPerMeasure) : -1;
  const isKept = note && !kept.bars.includes(bar) && kept.cells[cellName(bar, note.key)];
  return (
    <button type="button" class="chip" title={texts.notes.releaseTitle}
      {...offIf(!isKept, () => note && studio.keeping.releaseCell(bar, note.key))}>
      {texts.notes.release}</button>
  );
}
