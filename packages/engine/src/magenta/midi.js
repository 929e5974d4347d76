/** MIDI files <-> NoteSequences. */

import {Format} from '../music/format.js';
import {instrumentName} from '../music/general_midi.js';
import {readMeasures} from '../music/measures.js';
import {writeMidi} from '../music/midi_writer.js';
import {readScore} from '../music/score.js';
import {assignChannels} from '../music/song.js';
import {MultitrackConverter} from './data_converter.js';
import {meterOf, quantizedNotes, tempoOf} from './note_sequence.js';

/** @import {Part} from '../music/song.js' */
/** @import {NoteSequence} from './note_sequence.js' */

const TICKS_PER_QUARTER = 480;

/**
 * A bar of a MIDI file: a measure of a model's format, or the reason why it is none.
 * @typedef {object} MidiMeasure
 * @property {number} number from 1
 * @property {?NoteSequence} noteSequence quantised, for `encode`; null if it is no measure
 * @property {string[]} chordProgression its inferred chords, evenly spaced
 * @property {string} reason why it is no measure, or ''
 */

/**
 * The notes of a MIDI file in seconds, all at its first tempo.
 * @param {Uint8Array} bytes
 * @returns {NoteSequence}
 * @throws {import('../music/midi_chunks.js').MidiError}
 */
export function midiToSequenceProto(bytes) {
  const {ticksPerQuarter, notes, signatures, qpm, endTick} = readScore(bytes);
  const seconds = (/** @type {number} */ tick) => (tick * 60) / (ticksPerQuarter * qpm);
  return {
    tempos: [{time: 0, qpm}],
    timeSignatures: signatures.map(({tick, beats, unit}) =>
      ({time: seconds(tick), numerator: beats, denominator: unit})),
    notes: notes.map(({pitch, velocity, instrument, program, isDrum, start, end}) => ({
      pitch, velocity, instrument, program, isDrum, startTime: seconds(start), endTime: seconds(end),
    })),
    totalTime: seconds(endTick),
  };
}

/**
 * The bars of a MIDI file as measures that `encode` takes with their chords.
 * @param {Uint8Array} bytes
 * @param {MultitrackConverter} [converter] `dataConverter` of the model; the published format if absent
 * @returns {MidiMeasure[]}
 * @throws {import('../music/midi_chunks.js').MidiError}
 */
export function midiToMeasures(bytes, converter = new MultitrackConverter(new Format())) {
  const {bars, qpm} = readMeasures(bytes, converter.format, {allChords: true});
  const seconds = (/** @type {number} */ step) => (step * 60) / (converter.stepsPerQuarter * qpm);
  return bars.map(({number, tracks, symbols, reason}) => {
    const sequence = tracks && converter.toSequence(tracks, undefined, qpm);
    const notes = sequence?.notes.map((note) => ({
      ...note,
      startTime: seconds(note.quantizedStartStep), endTime: seconds(note.quantizedEndStep),
    }));
    return {
      number, noteSequence: sequence && {...sequence, notes}, chordProgression: symbols, reason,
    };
  });
}

/**
 * The bytes of a MIDI file.
 * @param {NoteSequence | NoteSequence[]} sequences those of a list are played one after the other, at
 *   the tempo and meter of the first
 * @returns {Uint8Array<ArrayBuffer>}
 * @throws {import('./note_sequence.js').SequenceError}
 */
export function sequenceProtoToMidi(sequences) {
  const all = [sequences].flat();
  const first = all[0] ?? {};
  const {numerator, denominator} = meterOf(first);
  const format = new Format({
    steps_per_quarter: TICKS_PER_QUARTER, beats_per_bar: numerator, beat_unit: denominator,
  });
  /** Key -> part and its notes. @type {Map<string, {part: Part, notes: TickNote[]}>} */
  const parts = new Map();
  let end = 0;
  for (const sequence of all) {
    const {notes, ticks} = inTicks(sequence);
    for (const {instrument, ...note} of named(notes)) {
      const known = parts.get(instrument.key) ?? {part: instrument, notes: []};
      known.notes.push({...note, start: end + note.start, end: end + note.end});
      parts.set(instrument.key, known);
    }
    end += ticks;
  }
  const sorted = [...parts.values()].sort(({part: a}, {part: b}) =>
    a.program - b.program || a.number - b.number);
  const bars = Math.ceil(end / format.stepsPerMeasure);
  const [channels] = assignChannels(sorted.map(({part}) => part), [sorted.map((_, i) => i)]);
  return writeMidi({
    format,
    bars,
    parts: sorted.map(({part}) => part),
    notes: sorted.flatMap(({notes}, part) => notes.map((note) => ({part, ...note}))
      .sort((a, b) => a.start - b.start || a.pitch - b.pitch)),
    chordChanges: [],
    sections: [],
    channels: Array.from({length: bars}, () => channels),
  }, {qpm: tempoOf(first), mix: ({program}) => ({heard: true, program, volume: 100})});
}

/**
 * @typedef {{pitch: number, velocity: number, start: number, end: number}} TickNote
 * @typedef {TickNote & {instrument: number, program: number, isDrum: boolean}} SequenceTickNote
 */

/** @param {NoteSequence} sequence */
function inTicks(sequence) {
  const resolution = sequence.quantizationInfo?.stepsPerQuarter || TICKS_PER_QUARTER;
  const {notes, totalSteps} = quantizedNotes(sequence, resolution);
  const tick = (/** @type {number} */ step) => Math.round((step * TICKS_PER_QUARTER) / resolution);
  const lasts = notes.reduce((most, {endStep}) => Math.max(most, endStep), totalSteps);
  return {
    ticks: tick(lasts),
    notes: notes.map(({startStep, endStep, ...note}) =>
      ({...note, start: tick(startStep), end: Math.max(tick(endStep), tick(startStep) + 1)})),
  };
}

/**
 * The notes with their parts: the `number`-th instrument of its program in the sequence.
 * @param {SequenceTickNote[]} notes
 */
function named(notes) {
  /** @type {Map<number, Part>} */
  const partOf = new Map();
  /** @type {Map<number, number>} */
  const count = new Map();
  const instruments = [...new Set(notes.map(({instrument}) => instrument))].sort((a, b) => a - b);
  for (const instrument of instruments) {
    const own = /** @type {SequenceTickNote} */ (notes.find((note) => note.instrument === instrument));
    const program = own.isDrum ? 128 : own.program;
    const number = count.get(program) ?? 0;
    count.set(program, number + 1);
    const name = instrumentName(program);
    partOf.set(instrument, {
      key: `${program}.${number}`, program, number, isDrum: own.isDrum,
      name: number ? `${name} ${number + 1}` : name,
    });
  }
  return notes.map(({instrument, pitch, velocity, start, end}) => ({
    instrument: /** @type {Part} */ (partOf.get(instrument)), pitch, velocity, start, end,
  }));
}
