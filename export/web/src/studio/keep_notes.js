/** Puts locked notes into a song. */

import {songOfNotes} from '../../../../packages/engine/src/music/song.js';
import {cellName, cellOf, hasKept} from '../state/kept.js';

/** @import {Song, SongNote} from '../../../../packages/engine/src/music/song.js' */
/** @import {Kept} from '../state/kept.js' */

/** @param {Song} song @param {Kept} kept @returns {Song} */
export function keepNotes(song, kept) {
  if (!hasKept(kept)) return song;
  const steps = song.format.stepsPerMeasure;
  /** @type {Map<string, Omit<SongNote, 'part'>[]>} */
  const notesOf = new Map(song.parts.map(({key}) => [key, []]));
  for (const note of song.notes) {
    const {key} = song.parts[note.part];
    const bar = Math.floor(note.start / steps);
    const isFree = !kept.bars.includes(bar) && !kept.cells[cellName(bar, key)];
    if (isFree) notesOf.get(key)?.push(note);
  }
  for (const [name, notes] of Object.entries(kept.cells)) {
    const [bar, key] = cellOf(name);
    if (bar >= song.bars) continue;
    const offset = bar * steps;
    const own = notes.filter(({start}) => start < steps).map(({start, end, ...note}) =>
      ({...note, start: offset + start, end: offset + Math.min(end, steps)}));
    notesOf.set(key, [...(notesOf.get(key) ?? []), ...own]);
  }
  return songOfNotes(notesOf, song);
}
