/** MIDI files <-> NoteSequences. */

import {Format} from '../music/format.js';
import {instrumentName} from '../music/general_midi.js';
import {readMeasures} from '../music/measures.js';
import {MidiError} from '../music/midi_chunks.js';
import {writeMidi} from '../music/midi_writer.js';
import {readScore} from '../music/score.js';
import {assignChannels} from '../music/song.js';
import {MultitrackConverter} from './data_converter.js';
import {meterOf, quantizedNotes, tempoOf} from './note_sequence.js';
import {withParts} from './parts.js';

/** @import {Part} from '../music/song.js' */
/** @import {MeasureSequence} from './data_converter.js' */
/** @import {NoteSequence} from './note_sequence.js' */
/** @import {NamelessPart} from './parts.js' */
/** @import {TimedSequence} from './unquantize.js' */

const TICKS_PER_QUARTER = 480;

/**
 * A bar of a MIDI file: a measure of a model's format, or the reason for its rejection.
 * @typedef {object} MidiMeasure
 * @property {number} number from 1
 * @property {?MeasureSequence} noteSequence input for `encode`, with times in steps and in seconds;
 *   null if the bar is rejected
 * @property {string[]} chordProgression its inferred chords, evenly spaced
 * @property {string} reason why the bar is rejected, or ''
 */

/**
 * Reads the notes of a MIDI file. All times are in seconds at the file's first tempo.
 * @param {Uint8Array | ArrayBuffer} bytes
 * @returns {TimedSequence}
 * @throws {import('../music/midi_chunks.js').MidiError}
 */
export function midiToSequenceProto(bytes) {
  const {ticksPerQuarter, notes, signatures, qpm, endTick} = readScore(asBytes(bytes));
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
 * Reads the bars of a MIDI file as measures with chords, as input for `encode`.
 * @param {Uint8Array | ArrayBuffer} bytes
 * @param {MultitrackConverter} [converter] the model's `dataConverter`; default: the published
 *   format
 * @returns {MidiMeasure[]}
 * @throws {import('../music/midi_chunks.js').MidiError}
 */
export function midiToMeasures(bytes, converter = new MultitrackConverter(new Format())) {
  const {bars, qpm} = readMeasures(asBytes(bytes), converter.format, {allChords: true});
  const seconds = (/** @type {number} */ step) => (step * 60) / (converter.stepsPerQuarter * qpm);
  const withSeconds = (/** @type {MeasureSequence} */ sequence) => ({
    ...sequence,
    notes: sequence.notes.map((note) => ({
      ...note,
      startTime: seconds(note.quantizedStartStep), endTime: seconds(note.quantizedEndStep),
    })),
  });
  return bars.map(({number, tracks, symbols, reason}) => ({
    number,
    noteSequence: tracks && withSeconds(converter.toSequence(tracks, undefined, qpm)),
    chordProgression: symbols,
    reason,
  }));
}

/**
 * Writes a MIDI file.
 * @param {NoteSequence | NoteSequence[]} sequences one sequence, or a list to join in order at the
 *   tempo and meter of the first
 * @returns {Uint8Array<ArrayBuffer>}
 * @throws {import('./note_sequence.js').SequenceError}
 */
export function sequenceProtoToMidi(sequences) {
  const all = [sequences].flat();
  const [first = {}] = all;
  const {numerator, denominator} = meterOf(first);
  const format = new Format({
    steps_per_quarter: TICKS_PER_QUARTER, beats_per_bar: numerator, beat_unit: denominator,
  });
  /** Key -> part and its notes. @type {Map<string, {part: Part, notes: TickNote[]}>} */
  const parts = new Map();
  let end = 0;
  for (const sequence of all) {
    const {notes, ticks} = inTicks(sequence);
    for (const {part, pitch, velocity, ...note} of withParts(notes)) {
      const known = parts.get(part.key) ?? {part: named(part), notes: []};
      known.notes.push({pitch, velocity, start: end + note.start, end: end + note.end});
      parts.set(part.key, known);
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

/** @param {NamelessPart} part @returns {Part} */
function named(part) {
  const name = instrumentName(part.program);
  return {...part, name: part.number ? `${name} ${part.number + 1}` : name};
}

/** @param {Uint8Array | ArrayBuffer} given */
function asBytes(given) {
  if (given instanceof Uint8Array) return given;
  if (given instanceof ArrayBuffer) return new Uint8Array(given);
  throw new MidiError('A MIDI file is a Uint8Array or an ArrayBuffer, such as await file.arrayBuffer().');
}

/** @typedef {{pitch: number, velocity: number, start: number, end: number}} TickNote */

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
