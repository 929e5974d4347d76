/** Which notes of several NoteSequences are of one part, whatever their instruments are numbered. */

import {instrumentName} from '../music/general_midi.js';

/** @import {Part} from '../music/song.js' */

/**
 * The notes with their parts: the `number`-th instrument of its program in the sequence.
 * @template {{instrument: number, program: number, isDrum: boolean}} Note
 * @param {Note[]} notes of one sequence
 * @returns {(Note & {part: Part})[]}
 */
export function withParts(notes) {
  /** @type {Map<number, Part>} */
  const partOf = new Map();
  /** @type {Map<number, number>} */
  const count = new Map();
  const instruments = [...new Set(notes.map(({instrument}) => instrument))].sort((a, b) => a - b);
  for (const instrument of instruments) {
    const own = /** @type {Note} */ (notes.find((note) => note.instrument === instrument));
    const program = own.isDrum ? 128 : own.program;
    const number = count.get(program) ?? 0;
    count.set(program, number + 1);
    const name = instrumentName(program);
    partOf.set(instrument, {
      key: `${program}.${number}`, program, number, isDrum: own.isDrum,
      name: number ? `${name} ${number + 1}` : name,
    });
  }
  return notes.map((note) => ({...note, part: /** @type {Part} */ (partOf.get(note.instrument))}));
}
