/** What MusicVAE can do beyond the client; beside the client it is compared in tests/js. */

import assert from 'node:assert/strict';
import {before, test} from 'node:test';

import {MusicVAE} from '../../../packages/engine/src/index.js';
import {readBundled} from '../model.mjs';

let model;
before(async () => {
  model = new MusicVAE(readBundled);
  await model.initialize();
});

const C = {chordProgression: ['C'], seed: 7};
const programs = ({notes}) =>
  [...new Set(notes.map(({program, isDrum}) => (isDrum ? 128 : program)))].sort((a, b) => a - b);

test('a seed gives the same music, alone or among others', async () => {
  const two = await model.sample(2, 0.6, C);
  assert.deepEqual(await model.sample(2, 0.6, C), two);
  assert.deepEqual(await model.sample(1, 0.6, C), two.slice(0, 1));
  assert.notDeepEqual(await model.sample(1, 0.6, {...C, seed: 8}), two.slice(0, 1));
  assert.notDeepEqual(two[0], two[1]);
});

test('without a seed, Math.random decides', async (t) => {
  t.mock.method(Math, 'random', () => 7 / 2 ** 32);
  assert.deepEqual(await model.sample(1, 0.6, ['C']), await model.sample(1, 0.6, C));
});

test('sampled tokens are well-formed: the bar is full and all notes end', async () => {
  for (const {notes, totalQuantizedSteps} of await model.sample(4, 1.2, C)) {
    assert.ok(notes.length);
    for (const {quantizedStartStep: start, quantizedEndStep: end, velocity} of notes) {
      assert.ok(start >= 0 && start < end && end <= totalQuantizedSteps && velocity > 0);
    }
  }
});

test('only requested instruments play', async () => {
  const samples = await model.sample(3, 0.7, {...C, instruments: [128, 33, 0]});
  for (const sample of samples) assert.deepEqual(programs(sample), [0, 33, 128]);
  for (const wrong of [[], [129], [-1], [1.5], Array(9).fill(0)]) {
    await assert.rejects(model.sample(1, 0.7, {...C, instruments: wrong}), /instruments are 1 to 8/);
  }
});

test('each measure may have its own chords, and several', async () => {
  const chordProgressions = [['C'], ['Am', 'F'], 'G7'];
  const z = [0, 1, 2].map((seed) =>
    Float32Array.from({length: model.zDims}, (_, i) => Math.sin(i + 9 * seed)));
  const together = await model.decode(z, 0.5, {chordProgressions, seed: 3});
  const [first] = await model.decode(z.slice(0, 1), 0.5, {chordProgression: ['C'], seed: 3});
  assert.deepEqual(together[0], first);
  await assert.rejects(model.decode(z, 0.5, {chordProgressions: ['C']}), /1 chord progressions for 3/);
});

test('progress is reported, and the work can be ended', async () => {
  const done = [];
  const samples = await model.sample(9, 0.5, {...C, onProgress: (progress) => done.push(progress)});
  assert.deepEqual(done, [4, 8, 9].map((loaded) => ({loaded, total: 9})));
  assert.deepEqual(samples, await model.sample(9, 0.5, C));
  const controller = new AbortController();
  const ended = model.sample(9, 0.5, {
    ...C, signal: controller.signal, onProgress: () => controller.abort(new Error('enough')),
  });
  await assert.rejects(ended, /enough/);
  assert.equal((await model.sample(1, 0.5, C)).length, 1); // the model still works
});

test('points come as tensors, as arrays, and are let go', async () => {
  const [measure] = await model.sample(1, 0.5, C);
  const point = await model.encode([measure], C);
  assert.deepEqual(point.shape, [1, model.zDims]);
  const rows = await point.array();
  const values = await point.data();
  const theirs = {shape: [1, model.zDims], data: () => Promise.resolve(Float32Array.from(values))};
  const expected = await model.decode(point, 0, C);
  for (const given of [rows, [Float32Array.from(values)], theirs]) {
    assert.deepEqual(await model.decode(given, 0, C), expected);
  }
  point.dispose();
  assert.throws(() => point.dataSync(), /disposed/);
  await assert.rejects(model.decode([[1, 2]], 0, C), /rows of 2 numbers; this model needs \[n, 128\]/);
});

test('a load can be ended, and another one succeeds', async () => {
  const controller = new AbortController();
  controller.abort();
  const other = new MusicVAE('http://127.0.0.1:9/model');
  await assert.rejects(other.initialize({signal: controller.signal}), {name: 'AbortError'});
  assert.equal(other.isInitialized(), false);
  const slow = new MusicVAE(readBundled);
  const [a, b] = await Promise.all([slow.sample(1, 0.5, C), slow.sample(1, 0.5, C)]);
  assert.deepEqual(a, b);
});

test('at a temperature without the grammar, tokens are drawn as the client draws them', async () => {
  const args = {...C, grammar: false};
  assert.deepEqual(await model.sample(2, 1, args), await model.sample(2, 1, args));
  assert.notDeepEqual(await model.sample(2, 1, args), await model.sample(2, 1, C));
  const greedy = await model.decode([new Float32Array(model.zDims)], 0, C);
  assert.deepEqual(await model.decode([new Float32Array(model.zDims)], 0, args), greedy);
});

test('checkpoints that cannot be played are named', async () => {
  const spec = {...model.spec};
  const {args} = spec.dataConverter;
  const wrong = [
    [{...spec, type: 'MusicRNN'}, /incorrect type: MusicRNN/],
    [{...spec, dataConverter: {type: 'MelodyConverter'}}, /has a MelodyConverter/],
    [{...spec, chordEncoder: 'PitchChordEncoder'}, /has a PitchChordEncoder/],
    [{...spec, conditionOnKey: true}, /has a conditionOnKey/],
    [{...spec, dataConverter: {...spec.dataConverter, args: {...args, numSteps: 0}}}, /wrong numSteps/],
    [{...spec, dataConverter: {...spec.dataConverter, args: {...args, maxPitch: 90}}}, /pitches/],
    [{...spec, dataConverter: {...spec.dataConverter, args: {...args, totalSteps: 48}}},
      /490 tokens and config.json has 442/],
  ];
  for (const [given, message] of wrong) {
    await assert.rejects(new MusicVAE(readBundled, given).initialize(), message);
  }
  const page = new MusicVAE(async () => Uint8Array.from(Buffer.from('<!doctype html>')).buffer);
  await assert.rejects(page.initialize(), /config.json is not JSON: the address is not/);
});

test('without vector instructions the error is one clear sentence', async (t) => {
  t.mock.method(WebAssembly, 'validate', () => false);
  await assert.rejects(new MusicVAE(readBundled).initialize(), /no vector instructions/);
});

test('points move along learnt attributes', async () => {
  const names = await model.attributes();
  assert.ok(names.includes('density'));
  const count = async (steps) => {
    const z = await (await model.encode(await model.sample(8, 0.5, C), C)).array();
    const measures = await model.decode(await model.move(z, {density: steps}), 0.5, C);
    return measures.reduce((sum, {notes}) => sum + notes.length, 0);
  };
  assert.ok(await count(2) > 1.3 * await count(-2));
  const still = await model.move([new Float32Array(model.zDims)], {density: 0});
  assert.deepEqual(await still.array(), [Array(model.zDims).fill(0)]);
  await assert.rejects(model.move([new Float32Array(model.zDims)], {charm: 1}), /no attribute charm/);
  const bare = new MusicVAE((name) => (name === 'attributes.json'
    ? Promise.reject(new Error('missing')) : readBundled(name)));
  assert.deepEqual(await bare.attributes(), []);
});
