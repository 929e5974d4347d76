import assert from 'node:assert/strict';
import {before, test} from 'node:test';

import {
  ABSENT, bandsBetween, changeTimes, exchanged, exchanges, firstTokens,
} from '../../../packages/engine/src/engine/bands.js';
import {between, near} from '../../../packages/engine/src/engine/points.js';
import {together} from '../../../packages/engine/src/engine/song.js';
import {DRUMS, Format} from '../../../packages/engine/src/music/format.js';
import {loadModel} from '../model.mjs';
import {songTokens} from '../songs.mjs';
import {vectors} from '../vectors.mjs';

const {bands, songs} = vectors('engine');
const format = new Format();

let model;
before(async () => {
  model = await loadModel();
});

test('the bands on a way are those of the package', () => {
  const [a, b] = bands.ends.map((point) => Float32Array.from(point));
  const count = bands.bands.length;
  const way = Array.from({length: count}, (_, i) => between(a, b, i / (count - 1)));
  const logits = model.decoder.programLogits(way);
  const [start, end] = [logits[0], logits[count - 1]]
    .map((own) => firstTokens(own, bands.temperature, bands.seed));
  assert.deepEqual(bandsBetween(logits, start, end), bands.bands);
  assert.ok(new Set(bands.bands.map(String)).size > 2, 'the band changes on the way');
});

for (const [i, song] of songs.entries()) {
  test(`song ${i}, ${song.form}, is that of the package`, async () => {
    const {sections, tokens} = await songTokens(model, song);
    assert.deepEqual(sections, song.sections);
    assert.deepEqual(tokens, song.tokens);
  });
}

test('what a track begins with is what it begins with when it is decoded', () => {
  const z = Float32Array.from(bands.ends[0]);
  const [logits] = model.decoder.programLogits([z]);
  const rows = Array.from({length: format.maxTracks}, (_, track) =>
    ({z, track, chords: [5], seed: 3, draw: 0}));
  const tokens = model.decoder.decode(rows, {temperature: 1.2});
  assert.deepEqual(firstTokens(logits, 1.2, 3), tokens.map(([first]) => first - format.program));
  const absent = model.decoder.decode(rows.map((row) => ({...row, program: ABSENT})), {temperature: 1.2});
  assert.deepEqual(absent.map((own) => [...own]), rows.map(() => [format.end]));
});

test('many points at once have the logits that they have alone', () => {
  const [a, b] = bands.ends.map((point) => Float32Array.from(point));
  const way = Array.from({length: 40}, (_, i) => between(a, b, i / 39));
  const together = model.decoder.programLogits(way);
  for (const i of [0, 17, 39]) assert.deepEqual(model.decoder.programLogits([way[i]])[0], together[i]);
});

test('instruments are exchanged within their families first', () => {
  assert.deepEqual(exchanges([0, 33, 48, DRUMS], [5, 34, 73, DRUMS]),
    [{old: 0, next: 5}, {old: 33, next: 34}, {old: 48, next: 73}]);
  assert.deepEqual(exchanges([5, 5, DRUMS], [5]), [{old: 5, next: -1}, {old: DRUMS, next: -1}]);
  assert.deepEqual(exchanges([DRUMS], [5]), [{old: DRUMS, next: -1}, {old: -1, next: 5}]);
});

test('changes come at their best times, one after another', () => {
  const best = (time, count) => Array.from({length: count}, (_, step) => (step < time ? -1 : 1));
  assert.deepEqual(changeTimes([best(6, 9), best(2, 9)], 9), [6, 2]);
  assert.deepEqual(changeTimes([best(8, 9), best(8, 9), best(8, 9)], 9), [6, 7, 8]);
  assert.deepEqual(changeTimes(Array(6).fill(best(1, 4)), 4), [1, 1, 2, 2, 3, 3]);
  assert.deepEqual(changeTimes([], 4), []);
});

test('a full band survives that drums go and an instrument comes', () => {
  const width = ABSENT + 1;
  const logits = Array.from({length: 5}, () => new Float32Array(format.maxTracks * width));
  const pitched = [0, 10, 20, 30, 40, 50, 60];
  const start = [...pitched, DRUMS];
  const end = [...pitched, 70];
  for (const way of [bandsBetween(logits, start, end), bandsBetween(logits, end, start)]) {
    for (const band of way) {
      assert.equal(band.length, format.maxTracks);
      assert.ok(pitched.every((program) => band.includes(program)), String(band));
    }
  }
  assert.deepEqual(exchanged(logits[0], start, end, 2).toSorted((a, b) => a - b), start);
});

test('a neighbour of a point is the point itself at similarity 1', () => {
  const z = Float32Array.of(1, -2, 0.5);
  assert.deepEqual(near(z, 1, 2, 4), [z, z]);
  const [first, second] = near(z, 0, 2, 4);
  assert.notDeepEqual(first, second);
  assert.deepEqual(near(Float32Array.of(9, 9, 9), 0, 2, 4), [first, second]);
});

test('a last chord keeps what is struck first, and drums get a crash', () => {
  const {program, drums, velocity, timeShift, noteOff, end} = format;
  const chord = [program + 3, velocity + 1, timeShift + 11, velocity + 4, 60, 64, timeShift + 83,
    noteOff + 60, noteOff + 64, end];
  assert.deepEqual(together(chord, format), [program + 3, velocity + 4, 60, 64, timeShift + 95,
    noteOff + 60, noteOff + 64, end]);
  assert.deepEqual(together([drums, velocity, 42, timeShift + 95, noteOff + 42, end], format),
    [drums, velocity, 36, 42, 49, timeShift + 95, noteOff + 36, noteOff + 42, noteOff + 49, end]);
  assert.deepEqual(together([end], format), [end]);
});
