/** Matches parts across NoteSequences, independently of their instrument numbers. */

/** @import {Part} from '../music/song.js' */

/** @typedef {Omit<Part, 'name'>} NamelessPart */

/**
 * Adds to each note its part: the `number`-th instrument of its program in the sequence.
 * @template {{instrument: number, program: number, isDrum: boolean}} Note
 * @param {Note[]} notes of one sequence
 * @returns {(Note & {part: NamelessPart})[]}
 */
export function withParts(notes) {
  /** @type {Map<number, NamelessPart>} */
  const partOf = new Map();
  /** @type {Map<number, number>} */
  const count = new Map();
  const instruments = [...new Set(notes.map(({instrument}) => instrument))].sort((a, b) => a - b);
  for (const instrument of instruments) {
    const own = /** @type {Note} */ (notes.find((note) => note.instrument === instrument));
    const program = own.isDrum ? 128 : own.program;
    const number = count.get(program) ?? 0;
    count.set(program, number + 1);
    partOf.set(instrument, {key: `${program}.${number}`, program, number, isDrum: own.isDrum});
  }
  return notes.map((note) => ({...note, part: /** @type {NamelessPart} */ (partOf.get(note.instrument))}));
}
