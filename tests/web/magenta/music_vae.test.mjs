/** What MusicVAE can do beyond the client; beside the client it is compared in tests/js. */

import assert from 'node:assert/strict';
import {before, test} from 'node:test';

import {priorPoint} from '../../../packages/engine/src/engine/prior.js';
import {MusicVAE} from '../../../packages/engine/src/index.js';
import {loadBundled, readBundled} from '../model.mjs';
import {songTokens} from '../songs.mjs';

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

test('arguments that cannot be meant are named', async () => {
  const [bar] = await model.sample(1, 0.5, {...C, seed: 1});
  const note = (fields) => ({...bar, notes: [{pitch: 60, quantizedEndStep: 9, ...fields}]});
  const wrong = [
    [(m) => m.sample(NaN, 0.5, C), /numSamples is NaN; give a whole number from 0/],
    [(m) => m.sample(1e9, 0.5, C), /numSamples is 1000000000; .* to 10000/],
    [(m) => m.sample(1, 'hot', C), /temperature is "hot"; give a number/],
    [(m) => m.sample(1, -1, C), /temperature is -1/],
    [(m) => m.sample(1, 0.5, C, 24, 0), /qpm is 0/],
    [(m) => m.sample(1, 0.5, {...C, seed: 'x'}), /seed is "x"/],
    [(m) => m.sample(1, 0.5, {...C, repeatPenalty: NaN}), /repeatPenalty is NaN/],
    [(m) => m.sample(1, 0.5, {chordProgressions: [[]]}), /A measure has no chord/],
    [(m) => m.sample(1, 0.5, {chordProgressions: 'C'}), /chordProgressions are a list/],
    [(m) => m.decode([Array(m.zDims).fill(NaN)], 0.5, C), /z\[0, 0\] is NaN/],
    [(m) => m.decode(Array(m.zDims).fill(0), 0.5, C), /neither a matrix/],
    [(m) => m.decode({shape: [1, 1, 128], data: () => []}, 0.5, C), /neither a matrix/],
    [(m) => m.encode(bar, C), /inputSequences are a list/],
    [(m) => m.encode([undefined], C), /A NoteSequence is missing; got undefined/],
    [(m) => m.encode([note({pitch: 128})], C), /has the pitch 128; 0 to 127/],
    [(m) => m.encode([note({program: -1})], C), /has the program -1/],
    [(m) => m.encode([note({quantizedStartStep: 12})], C), /lasts from step 12 to 9/],
    [(m) => m.encode([bar], {...C, signal: AbortSignal.abort(new Error('enough'))}), /enough/],
    [(m) => m.interpolate([bar, bar], 0, 0.5, C), /numInterps is 0/],
    [(m) => m.interpolate([bar, bar], undefined, 0.5, C), /numInterps is undefined/],
    [(m) => m.move([Array(m.zDims).fill(0)], {density: NaN}), /density is NaN/],
    [() => new MusicVAE('./model').sample(1, 0.5, C), /"\.\/model" is not the address of a folder/],
    [() => new MusicVAE(new URL('file:///model')).sample(1, 0.5, C), /in Node, or for files, a function/],
    [() => new MusicVAE().sample(1, 0.5, C), /checkpointURL is not the address/],
  ];
  for (const [call, message] of wrong) await assert.rejects(call(model), message);
  assert.equal((await model.sample(1, 0.5, {chordProgression: 'C'})).length, 1); // and the model still works
});

test('two models share nothing, and one that is let go in the middle ends what it does', async () => {
  const other = new MusicVAE(readBundled);
  const args = {...C, seed: 3};
  const asked = other.sample(40, 0.5, {...args, onProgress: () => other.dispose()});
  const [mine, theirs] = await Promise.all([model.sample(8, 0.5, args), asked]);
  assert.deepEqual(theirs.slice(0, 8), mine);
  assert.equal(other.isInitialized(), false);
  assert.equal((await other.sample(1, 0.5, args)).length, 1);
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

test('between two measures instruments are exchanged one by one', async () => {
  for (const seed of [1, 2, 5]) {
    const ends = await model.sample(2, 0.6, {...C, seed});
    const way = await model.interpolate(ends, 9, 0.6, {...C, seed});
    const alone = await model.interpolate(ends, 9, 0.6, {...C, seed, instruments: [0, 128]});
    assert.deepEqual(alone.map(programs), Array(9).fill([0, 128]));
    const [first, last] = [way[0], way[8]].map((each) => new Set(programs(each)));
    const changes = [...first, ...last].filter((one) => !(first.has(one) && last.has(one))).length;
    way.slice(1).forEach((each, i) => {
      const [before, now] = [way[i], each].map((measure) => new Set(programs(measure)));
      const differ = [...before, ...now].filter((one) => !(before.has(one) && now.has(one)));
      assert.ok(differ.length <= 2 * Math.ceil(changes / 8), `${i}: ${[...before]}, ${[...now]}`);
    });
  }
});

test('a song is that of the package, with its sections', async () => {
  const [form, chords] = ['A A>B B', 'C G|F Am; B: F Dm'];
  const done = [];
  const seeds = {seed: 5, bars: 9, onProgress: (progress) => done.push(progress)};
  const {measures, sections} = await model.song(form, chords, seeds);
  assert.deepEqual(sections.map(({bar, name}) => [bar, name]),
    [[0, 'A'], [3, 'A>B'], [6, 'B'], [9, 'Ending']]);
  const bundled = await loadBundled();
  const point = priorPoint(5, 0, model.zDims, bundled.prior);
  const asked = {form, chords, bars: 9, styles: [point], temperature: 0.6, seed: 5};
  const {tokens} = await songTokens(bundled, asked);
  const {format} = bundled;
  assert.deepEqual(measures.map(programs), tokens.map((bar) =>
    [...new Set(bar.map(([first]) => first - format.program))].sort((a, b) => a - b)));
  assert.deepEqual(measures.map(({notes}) => notes.length), tokens.map((bar) =>
    bar.reduce((sum, track) => sum + track.filter((token) => token < 128).length, 0)));
  assert.equal(done.at(-1).loaded, done.at(-1).total);
  assert.ok(done.length > 1);
});

test('songs that cannot be played are refused in a sentence', async () => {
  const wrong = [
    ['A B', 'A: C', {}, /Section B has no chords/],
    ['A-B', 'C', {}, /has a section “A-B”/],
    ['', 'C', {}, /1 to 100 sections, not 0/],
    ['A', 'C; Q: G', {}, /chords for Q, which/],
    ['A', 'A: C; A: G', {}, /chords for A twice/],
    ['A B A', 'C', {bars: 31}, /31 bars cannot be shared among 3/],
    ['A', 'Hm', {}, /“Hm” is not a chord/],
    ['A', 'C', {vary: 2}, /vary is 2/],
    ['A B C', 'C', {styles: [0, 1].map(() => new Float32Array(128))}, /2 styles for the letters A, B, C/],
  ];
  for (const [form, chords, args, message] of wrong) {
    await assert.rejects(model.song(form, chords, args), message);
  }
});
