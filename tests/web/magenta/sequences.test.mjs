/** NoteSequences and MIDI files, by themselves. */

import assert from 'node:assert/strict';
import {test} from 'node:test';

import {chordLine, nearestChordId} from '../../../packages/engine/src/chords.js';
import {SequenceError, unquantizeSequence} from '../../../packages/engine/src/index.js';
import {MultitrackConverter} from '../../../packages/engine/src/magenta/data_converter.js';
import {
  midiToMeasures, midiToSequenceProto, sequenceProtoToMidi,
} from '../../../packages/engine/src/midi.js';
import {Format} from '../../../packages/engine/src/music/format.js';

const converter = new MultitrackConverter(new Format());
const note = (instrument, program, isDrum, pitch, start, end) => ({
  instrument, program, isDrum, pitch, velocity: 97, startTime: start, endTime: end,
});
/** Two bars at 120: bass, piano and drums. */
const SONG = {
  tempos: [{time: 0, qpm: 120}],
  timeSignatures: [{time: 0, numerator: 4, denominator: 4}],
  totalTime: 4,
  notes: [
    ...[0, 2].flatMap((bar) => [
      note(0, 0, false, 60, bar, bar + 0.5), note(0, 0, false, 64, bar + 0.5, bar + 1),
      note(0, 0, false, 67, bar + 1, bar + 2), note(1, 33, false, 36, bar, bar + 2),
    ]),
    ...[0, 1, 2, 3].map((beat) => note(2, 0, true, 36, beat, beat + 0.25)),
  ],
};
const sounds = ({notes}) => notes
  .map(({pitch, program, isDrum, velocity, startTime, endTime}) =>
    [isDrum ? 128 : program, pitch, velocity, startTime, endTime])
  .sort((a, b) => a[0] - b[0] || a[3] - b[3] || a[1] - b[1]);

test('a MIDI file has the notes that were written', () => {
  const bytes = sequenceProtoToMidi(SONG);
  assert.equal(String.fromCharCode(...bytes.slice(0, 4)), 'MThd');
  const read = midiToSequenceProto(bytes);
  assert.deepEqual(sounds(read), sounds(SONG));
  assert.equal(read.tempos[0].qpm, 120);
  assert.equal(read.totalTime, 4);
});

test('sequences of a list follow each other; instruments of a program keep their track', () => {
  const read = midiToSequenceProto(sequenceProtoToMidi([SONG, SONG]));
  assert.equal(read.notes.length, 2 * SONG.notes.length);
  assert.equal(read.totalTime, 8);
  assert.equal(new Set(read.notes.map(({instrument}) => instrument)).size, 3);
});

test('measures become one sequence in seconds, a part with one instrument', () => {
  const measure = (notes) => ({
    quantizationInfo: {stepsPerQuarter: 24}, totalQuantizedSteps: 96, tempos: [{time: 0, qpm: 60}],
    notes: notes.map(([instrument, program, isDrum, pitch, start, end, velocity]) => ({
      instrument, program, isDrum, pitch, quantizedStartStep: start, quantizedEndStep: end, velocity,
    })),
  });
  const bars = [
    measure([[0, 0, false, 60, 0, 24, 90], [1, 33, false, 36, 12, 36]]), // the bass has no velocity
    measure([]),
    measure([[0, 33, false, 38, 0, 96, 70], [1, 0, true, 42, 48, 54, 70]]),
  ];
  const found = unquantizeSequence(bars, 120);
  const fields = found.notes.map(({instrument, program, isDrum, pitch, velocity, startTime, endTime}) =>
    [instrument, program, isDrum, pitch, velocity, startTime, endTime]);
  assert.deepEqual(fields, [
    [0, 0, false, 60, 90, 0, 0.5], [1, 33, false, 36, 80, 0.25, 0.75],
    [1, 33, false, 38, 70, 4, 6], [2, 0, true, 42, 70, 5, 5.125],
  ]);
  assert.deepEqual([found.totalTime, found.tempos], [6, [{time: 0, qpm: 120}]]);
  assert.equal(unquantizeSequence(bars).totalTime, 12);
  assert.throws(() => unquantizeSequence(SONG), (error) => error instanceof SequenceError &&
    /in seconds already/.test(error.message));
  assert.throws(() => unquantizeSequence(bars, -1), /qpm is -1; give a number from 1 on/);
});

test('measures in three say so, in seconds and in files', () => {
  const waltz = new MultitrackConverter(new Format({beats_per_bar: 3}));
  const {program, end} = waltz.format;
  const bars = [1, 2].map(() => waltz.toSequence([[program, 60, end]]));
  assert.deepEqual(bars[0].timeSignatures, [{time: 0, numerator: 3, denominator: 4}]);
  const seconds = unquantizeSequence(bars);
  assert.equal(seconds.totalTime, 3);
  for (const each of [bars, seconds]) {
    const [signature] = midiToSequenceProto(sequenceProtoToMidi(each)).timeSignatures;
    assert.deepEqual([signature.numerator, signature.denominator], [3, 4]);
  }
});

test('the bars of a MIDI file have the tokens of their notes', () => {
  const measures = midiToMeasures(sequenceProtoToMidi(SONG));
  assert.deepEqual(measures.map(({number, reason}) => [number, reason]), [[1, ''], [2, '']]);
  const firstBar = {...SONG, notes: SONG.notes.filter(({startTime}) => startTime < 2)};
  const tokens = converter.toTokens(firstBar);
  for (const {noteSequence, chordProgression} of measures) {
    assert.deepEqual(converter.toTokens(noteSequence), tokens);
    assert.deepEqual(chordProgression.map(nearestChordId), [1, 1]); // C
  }
});

test('a bar of another meter is reported', () => {
  const waltz = {...SONG, timeSignatures: [{time: 0, numerator: 3, denominator: 4}]};
  const [bar] = midiToMeasures(sequenceProtoToMidi(waltz));
  assert.equal(bar.noteSequence, null);
  assert.match(bar.reason, /meter is not 4\/4/);
});

test('a MIDI file comes as bytes of either kind, and as nothing else', () => {
  const bytes = sequenceProtoToMidi(SONG);
  assert.deepEqual(midiToSequenceProto(bytes.buffer), midiToSequenceProto(bytes));
  for (const read of [midiToSequenceProto, midiToMeasures]) {
    assert.throws(() => read('MThd'), {name: 'MidiError', message: /Uint8Array or an ArrayBuffer/});
  }
});

test('unreadable content is named', () => {
  const twoTempos = {...SONG, tempos: [{time: 0, qpm: 120}, {time: 1, qpm: 90}]};
  assert.throws(() => converter.toTokens(twoTempos), /tempo of the NoteSequence changes at 1 s/);
  const twoMeters = {...SONG, timeSignatures: [...SONG.timeSignatures,
    {time: 2, numerator: 3, denominator: 4}]};
  assert.throws(() => converter.toTokens(twoMeters), /meter of the NoteSequence changes at 2 s/);
  const early = {...SONG, notes: [note(0, 0, false, 60, -1, 1)]};
  assert.throws(() => converter.toTokens(early), /before 0/);
  const absolute = {quantizationInfo: {stepsPerSecond: 100}, notes: []};
  assert.throws(() => converter.toTokens(absolute), /steps per second/);
});

test('a line of chords becomes progressions', () => {
  assert.deepEqual(chordLine('C | Am F | G7'), [['C'], ['Am', 'F'], ['G7']]);
});
