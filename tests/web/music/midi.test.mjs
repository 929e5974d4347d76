import assert from 'node:assert/strict';
import {test} from 'node:test';

import {Format} from '../../../packages/engine/src/music/format.js';
import {readMeasures} from '../../../packages/engine/src/music/measures.js';
import {MidiError} from '../../../packages/engine/src/music/midi_chunks.js';
import {writeMidi} from '../../../packages/engine/src/music/midi_writer.js';
import {readScore} from '../../../packages/engine/src/music/score.js';
import {makeSong} from '../../../packages/engine/src/music/song.js';
import {tokenise} from '../../../packages/engine/src/music/tokenise.js';
import {oneOf, seeded, vectors, whole} from '../vectors.mjs';

const bytesOf = (hex) => Uint8Array.from(Buffer.from(hex, 'hex'));
const format = new Format();
const mix = ({program}) => ({heard: true, program, volume: 100});

for (const {name, midi, notes, flaws, timeSignatures} of vectors('midi_reading')) {
  test(`notes of ${name.replaceAll('_', ' ')}`, () => {
    const score = readScore(bytesOf(midi));
    const found = score.notes.map((n) =>
      [n.instrument, n.channel, n.program, Number(n.isDrum), n.pitch, n.start, n.end]);
    const order = (rows) => rows.map((row) => row.join()).sort();
    assert.deepEqual(order(found), order(notes));
    assert.deepEqual(score.flaws, flaws);
    assert.deepEqual(score.signatures.map((s) => [s.tick, s.beats, s.unit]), timeSignatures);
  });
}

test('bytes that are not a MIDI file are refused with a sentence', () => {
  for (const bytes of [[], [1, 2, 3], [...Buffer.from('MThd')], [...Buffer.from('not a MIDI file')]]) {
    assert.throws(() => readScore(Uint8Array.from(bytes)), (error) =>
      error instanceof MidiError && error.message.endsWith('.'));
  }
});

test('a file that is read is not changed', () => {
  for (const {midi} of vectors('midi_reading')) {
    const bytes = bytesOf(midi);
    readScore(bytes);
    assert.deepEqual(bytes, bytesOf(midi));
  }
});

/** A note of each instrument on every beat, in steps. */
function notesOfBar(random, instruments) {
  return instruments.flatMap((program, instrument) => [0, 24, 48, 72].map((startStep) => ({
    bar: 0, instrument, program, pitch: whole(random, 40, 80), velocity: 1 + 16 * whole(random, 0, 7),
    startStep, endStep: startStep + whole(random, 1, 24),
  })));
}

test('measures that are written to a file are read from it', () => {
  const random = seeded(3);
  const measures = Array.from({length: 12}, () => {
    const programs = [0, 33, oneOf(random, [48, 60, 73]), 128];
    return {symbols: ['Cmaj7'], tracks: tokenise(notesOfBar(random, programs), format)};
  });
  const song = makeSong(measures, format);
  const {bars, qpm, texts, flaws} = readMeasures(
    writeMidi(song, {qpm: 120, title: 'A title', text: 'a text', mix}), format);
  assert.deepEqual(bars.map(({tracks}) => tracks),
    measures.map(({tracks}) => tracks.map(({tokens}) => tokens)));
  assert.equal(Math.round(qpm), 120);
  assert.ok(texts.includes('a text'));
  assert.ok(texts.includes('Cmaj7'));
  assert.deepEqual(flaws, {});
});

test('a part that is not heard is not in the file', () => {
  const measures = [{symbols: ['Cmaj7'], tracks: tokenise(notesOfBar(seeded(1), [0, 33, 128]), format)}];
  const song = makeSong(measures, format);
  const heard = ({program}) => ({heard: program !== 33, program, volume: 100});
  const {notes} = readScore(writeMidi(song, {qpm: 90, mix: heard}));
  assert.deepEqual([...new Set(notes.map(({program}) => program))], [0]);
  assert.equal(notes.length, 8);
});

test('tokens spell program, velocity, note-on, shift, note-off and the bar line', () => {
  const [{program, tokens}] = tokenise(
    [{bar: 0, instrument: 0, program: 5, pitch: 60, velocity: 100, startStep: 24, endStep: 48}],
    format);
  assert.equal(program, 5);
  const bin = Math.floor(99 / 16);
  assert.deepEqual(tokens, [
    format.program + 5, format.timeShift + 23, format.velocity + bin, 60, format.timeShift + 23,
    format.noteOff + 60, format.timeShift + 47, format.end,
  ]);
});

test('a repeated note ends before it begins again', () => {
  const note = {bar: 0, instrument: 0, program: 5, pitch: 60, velocity: 1};
  const [{tokens}] = tokenise(
    [{...note, startStep: 0, endStep: 10}, {...note, startStep: 10, endStep: 96}], format);
  assert.deepEqual(tokens, [
    format.program + 5, format.velocity, 60, format.timeShift + 9, format.noteOff + 60, 60,
    format.timeShift + 85, format.noteOff + 60, format.end,
  ]);
});

test('a note-off at the tick of a note-on ends the older note alone', () => {
  const events = [0, 0x90, 60, 80, 96, 0x90, 60, 80, 0, 0x80, 60, 64, 96, 0xff, 0x2f, 0];
  const {notes, flaws} = readScore(Uint8Array.from([
    ...Buffer.from('MThd'), 0, 0, 0, 6, 0, 0, 0, 1, 0, 96,
    ...Buffer.from('MTrk'), 0, 0, 0, events.length, ...events,
  ]));
  assert.deepEqual(notes.map(({start, end}) => [start, end]), [[0, 96], [96, 192]]);
  assert.deepEqual(flaws, {no_end: 1});
});

test('chords are inferred where no bar can be a measure, if requested', () => {
  const triad = {symbols: ['C', 'C'], tracks: [0, 33].map((program) => ({
    tokens: tokenise(notesOfBar(seeded(5), [program]), format)[0].tokens,
  }))};
  const file = writeMidi(makeSong([triad, triad], format), {qpm: 100, title: '', mix});
  const strict = new Format({min_instruments: 5});
  assert.deepEqual(readMeasures(file, strict).bars.map(({chords}) => chords.length), [0, 0]);
  const {bars} = readMeasures(file, strict, {allChords: true});
  const expected = readMeasures(file, format).bars;
  assert.ok(bars.every(({tracks}) => tracks === null) && expected.every(({tracks}) => tracks));
  assert.deepEqual(bars.map(({symbols}) => symbols), expected.map(({symbols}) => symbols));
});
