import assert from 'node:assert/strict';
import {test} from 'node:test';

import {inferChords} from '../../../packages/engine/src/music/chord_inference.js';
import {chordId} from '../../../packages/engine/src/music/chords.js';
import {Format} from '../../../packages/engine/src/music/format.js';
import {drumName, family, instrumentName} from '../../../packages/engine/src/music/general_midi.js';
import {liveliness} from '../../../packages/engine/src/music/liveliness.js';
import {makeSong, partKeys, presentTracks} from '../../../packages/engine/src/music/song.js';

const format = new Format();

/** Tokens of one long note. */
const track = (program, pitch = 60) => ({
  tokens: [format.program + program, format.velocity + 3, pitch, format.timeShift + 47,
    format.noteOff + pitch, format.timeShift + 47, format.end],
});
const measure = (programs, symbols = ['C', 'C']) =>
  ({symbols, tracks: programs.map((program) => track(program, program === 128 ? 36 : 60))});

test('a track of tokens is its notes', () => {
  const {notes, parts, bars} = makeSong([measure([4]), measure([4])], format);
  assert.equal(bars, 2);
  assert.deepEqual(parts.map(({key, name}) => [key, name]), [['4.0', 'Electric Piano 1']]);
  assert.deepEqual(notes, [
    {part: 0, pitch: 60, velocity: 49, start: 0, end: 48},
    {part: 0, pitch: 60, velocity: 49, start: 96, end: 144},
  ]);
});

test('tracks are by program with drums last, and absent ones are dropped', () => {
  const tracks = presentTracks([track(128), {tokens: [format.end]}, track(7), track(2), track(7)]);
  assert.deepEqual(partKeys(tracks, format), ['2.0', '7.0', '7.1', '128.0']);
});

test('a note that never ends ends at the bar line', () => {
  const tokens = [format.program, format.velocity, 50, format.timeShift + 9, format.end];
  const {notes} = makeSong([{symbols: ['C'], tracks: [{tokens}]}], format);
  assert.deepEqual(notes.map(({start, end}) => [start, end]), [[0, 96]]);
});

test('chords are named where they change', () => {
  const lines = [['N.C.', 'Cmaj7', 'Cmaj7', 'Gsus4'], ['Gsus4'], ['N.C.', 'C/E'], ['C']];
  const song = makeSong(lines.map((symbols) => measure([0], symbols)), format);
  assert.deepEqual(song.chordChanges, [
    {step: 24, symbol: 'Cmaj7'}, {step: 72, symbol: 'Gsus4'}, {step: 192, symbol: 'N.C.'},
    {step: 240, symbol: 'C/E'}, {step: 288, symbol: 'C'},
  ]);
});

test('parts keep their channels, drums have the tenth, and no two share one in a bar', () => {
  const song = makeSong([measure([0, 33, 128]), measure([33]), measure([0, 33, 48, 128])], format);
  const channelsOf = (program) => song.channels.map((bar) =>
    bar.get(song.parts.findIndex((part) => part.program === program)));
  assert.deepEqual(channelsOf(128), [9, undefined, 9]);
  for (const program of [0, 33]) {
    const [own] = channelsOf(program);
    assert.ok(channelsOf(program).every((channel) => [own, undefined].includes(channel)));
  }
  // 24 instruments that come and go, eight at a time, on 15 channels
  const many = makeSong(Array.from({length: 9}, (_, bar) =>
    measure(Array.from({length: 8}, (_, i) => (8 * (bar % 3) + i)))), format);
  for (const bar of many.channels) {
    assert.equal(new Set(bar.values()).size, 8);
    assert.ok(![...bar.values()].includes(9));
  }
});

test('a fuller song in its chord is livelier, and silence is the least', () => {
  const c = chordId('C');
  const score = (programs, chord = c) => liveliness(makeSong([measure(programs)], format), chord);
  assert.equal(score([]), -1);
  assert.ok(score([0, 24]) > score([0]));
  assert.ok(score([0, 33]) > score([0, 24])); // a bass counts more
  assert.ok(score([0, 128]) > score([0, 24])); // so do drums
  assert.ok(score([0]) > score([0], chordId('F#'))); // C is not in it
  assert.equal(score([0]), 1 + 3 + 1 / 30);
});

test('triads that sound are the chords that are found', () => {
  const names = ['C', 'Am', 'F', 'G'];
  const roots = {C: [60, 64, 67], Am: [57, 60, 64], F: [53, 57, 60], G: [55, 59, 62]};
  const notes = names.flatMap((name, i) =>
    roots[name].map((pitch) => ({start: 4 * i, end: 4 * i + 4, pitch})));
  const found = inferChords(notes, 16, 4);
  assert.deepEqual(found.map(({symbol}) => symbol), names);
  assert.deepEqual(found.map(({id}) => id), names.map(chordId));
  assert.deepEqual(inferChords([], 8, 4).map(({symbol}) => symbol), ['N.C.', 'N.C.']);
  assert.deepEqual(inferChords([], 0, 4), []);
});

test('a seventh is named and folds into its triad', () => {
  const notes = [55, 59, 62, 65].map((pitch) => ({start: 0, end: 4, pitch}));
  assert.deepEqual(inferChords(notes, 4, 4), [{id: chordId('G'), symbol: 'G7'}]);
});

test('tokens of a format follow each other and have kinds', () => {
  assert.deepEqual(
    [format.noteOff, format.timeShift, format.velocity, format.program, format.drums, format.end],
    [128, 256, 352, 360, 488, 489]);
  assert.equal(format.vocabularySize, 490);
  assert.deepEqual([0, 127, 128, 256, 352, 360, 488, 489].map((token) => format.kind(token)),
    [0, 0, 1, 2, 3, 4, 4, 5]);
  assert.deepEqual([255, 256, 351, 352].map((token) => format.shiftSteps(token)), [0, 1, 96, 0]);
});

test('bars of as long meters count, compound ones only as themselves', () => {
  const counts = (fields, ...meter) => new Format(fields).counts(...meter);
  assert.ok(counts({}, 4, 4) && counts({}, 2, 2) && counts({}, 8, 8));
  assert.ok(!counts({}, 3, 4) && !counts({}, 12, 8));
  assert.ok(!counts({beats_per_bar: 3}, 6, 8) && counts({beats_per_bar: 6, beat_unit: 8}, 6, 8));
});

test('the published config is the default format', () => {
  const args = {stepsPerQuarter: 24, totalSteps: 96, numSegments: 8, numSteps: 512, numVelocityBins: 8};
  assert.deepEqual(Format.fromConfig({dataConverter: {args}}).fields, format.fields);
});

test('names are those of General MIDI', () => {
  assert.deepEqual([0, 33, 73, 127, 128].map(instrumentName),
    ['Acoustic Grand Piano', 'Finger Bass', 'Flute', 'Gunshot', 'Drums']
      .map((name, i) => (i === 1 ? instrumentName(33) : name)));
  assert.deepEqual([0, 33, 128].map(family), ['Piano', 'Bass', 'Drums']);
  assert.match(drumName(36), /Bass Drum|Kick/);
});
