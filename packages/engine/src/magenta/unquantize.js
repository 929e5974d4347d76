/** Converts steps to seconds, for players. */

import {number} from './checks.js';
import {meterOf, quantizedNotes, requireResolution, tempoOf} from './note_sequence.js';
import {withParts} from './parts.js';

/** @import {NoteSequence} from './note_sequence.js' */

/**
 * A note in seconds.
 * @typedef {object} TimedNote
 * @property {number} pitch
 * @property {number} velocity
 * @property {number} instrument number of its part, the same in all measures
 * @property {number} program
 * @property {boolean} isDrum
 * @property {number} startTime seconds
 * @property {number} endTime seconds
 *
 * @typedef {object} TimedSequence
 * @property {{time: number, qpm: number}[]} tempos
 * @property {{time: number, numerator: number, denominator: number}[]} timeSignatures
 * @property {TimedNote[]} notes
 * @property {number} totalTime seconds
 */

/**
 * Converts measures to one NoteSequence in seconds.
 * @param {NoteSequence | NoteSequence[]} sequences one quantised sequence, or a list to join in
 *   order, in the meter of the first
 * @param {number} [qpm] the tempo; default: the first sequence's tempo
 * @returns {TimedSequence}
 * @throws {import('./note_sequence.js').SequenceError}
 */
export function unquantizeSequence(sequences, qpm) {
  const all = [sequences].flat();
  const first = all[0] ?? {};
  const tempo = number('qpm', qpm ?? tempoOf(first), {least: 1});
  /** Part key -> instrument number. @type {Map<string, number>} */
  const instruments = new Map();
  let totalTime = 0;
  const notes = all.flatMap((sequence) => {
    const resolution = requireResolution(sequence);
    const {notes: own, totalSteps} = quantizedNotes(sequence, resolution);
    const begin = totalTime;
    const seconds = (/** @type {number} */ step) => (step * 60) / (resolution * tempo);
    totalTime += seconds(own.reduce((most, {endStep}) => Math.max(most, endStep), totalSteps));
    return withParts(own).map(({part, startStep, endStep, ...note}) => {
      if (!instruments.has(part.key)) instruments.set(part.key, instruments.size);
      return {
        ...note,
        instrument: /** @type {number} */ (instruments.get(part.key)),
        startTime: begin + seconds(startStep),
        endTime: begin + seconds(endStep),
      };
    });
  });
  return {
    tempos: [{time: 0, qpm: tempo}], timeSignatures: [{time: 0, ...meterOf(first)}], notes, totalTime,
  };
}
