/** Moves notes to chords that models do not support: sevenths, suspensions, slash chords. */

import {isPitched, moveNotes} from '../music/voicing.js';
import {list} from './checks.js';
import {asObject, symbolsOf} from './control_args.js';
import {quantizedNotes, requireResolution} from './note_sequence.js';

/** @import {ControlArgs} from './control_args.js' */
/** @import {MeasureSequence} from './data_converter.js' */

/**
 * Returns measures with notes moved to fit their full chords, since models are conditioned only on
 * triads: under Cmaj7 a voice takes the B, under C/E the bass takes the E, under Csus4 the F
 * replaces the E. Times, instruments and drums do not change.
 * @template {MeasureSequence} Sequence
 * @param {Sequence[]} sequences
 * @param {ControlArgs | string[]} controlArgs the arguments of `decode`; only the chords are used
 * @returns {Sequence[]}
 * @throws {import('./note_sequence.js').SequenceError}
 * @throws {import('../music/chord_spelling.js').ChordError}
 */
export function voiced(sequences, controlArgs) {
  const symbols = symbolsOf(asObject(controlArgs), list('sequences', sequences).length);
  return sequences.map((sequence, i) => voice(sequence, symbols[i]));
}

/**
 * @template {MeasureSequence} Sequence
 * @param {Sequence} sequence
 * @param {string[]} symbols
 * @returns {Sequence}
 */
function voice(sequence, symbols) {
  const {notes, totalSteps} = quantizedNotes(sequence, requireResolution(sequence));
  const moving = notes
    .map(({instrument, isDrum, startStep, endStep, ...note}, index) =>
      ({...note, index, isDrum, track: instrument, start: startStep, end: endStep, isBass: false}))
    .filter(({isDrum, program}) => !isDrum && isPitched(program))
    .sort((a, b) => a.track - b.track || a.start - b.start || a.pitch - b.pitch);
  moveNotes(moving, symbols, {stepsPerMeasure: totalSteps, minPitch: 0, maxPitch: 127});
  const pitches = new Map(moving.map(({index, pitch}) => [index, pitch]));
  return {
    ...sequence,
    notes: sequence.notes.map((note, i) => ({...note, pitch: pitches.get(i) ?? note.pitch})),
  };
}
