/**
 * The engine's MusicVAE beside the unmodified one of @magenta/music, on one checkpoint: the same
 * calls, the same answers. `node --test parity.test.mjs` with CHECKPOINT, a folder, and CHORDS, one
 * symbol a line, or nothing for a model without chords.
 */

import assert from 'node:assert/strict';
import {createServer} from 'node:http';
import {once} from 'node:events';
import {readFile} from 'node:fs/promises';
import {createRequire} from 'node:module';
import path from 'node:path';
import {after, before, test} from 'node:test';

import {MusicVAE, unquantizeSequence} from '../../packages/engine/src/index.js';
import {sequenceProtoToMidi} from '../../packages/engine/src/midi.js';

console.log = console.info = () => {}; // the client's
const require = createRequire(new URL('magenta/', import.meta.url));
const core = require('@magenta/music/node/core');
const {MusicVAE: Client} = require('@magenta/music/node/music_vae');
const {NoteSequence} = require('@magenta/music/node/protobuf');
const tf = require('@tensorflow/tfjs');

const {CHECKPOINT, CHORDS} = process.env;
const chords = CHORDS ? CHORDS.split('\n') : [];
const controls = chords.length ? {chordProgression: [chords[0]]} : undefined;
const NEAR = 1e-4;

let server;
let client;
let ours;
let z; // points as rows
before(async () => {
  server = createServer(async (request, response) => {
    response.setHeader('Connection', 'close'); // node-fetch would wait for more
    try {
      response.end(await readFile(path.join(CHECKPOINT, path.basename(request.url))));
    } catch {
      response.writeHead(404).end();
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  client = new Client(url);
  ours = new MusicVAE(url);
  assert.equal(ours.isInitialized(), client.isInitialized());
  await Promise.all([client.initialize(), ours.initialize()]);
  for (const {quantizationInfo} of Object.values(MEASURES)) {
    quantizationInfo.stepsPerQuarter = client.dataConverter.stepsPerQuarter;
  }
  z = Array.from({length: 2}, (_, row) =>
    Array.from({length: ours.zDims}, (_, i) => 1.5 * Math.sin(3 * row + 1.7 * i + 0.3 * i * i)));
});
after(() => server.close());

const stepsPerQuarter = 24;
/** What a sequence says, whoever made it. */
const plain = (sequence) => ({
  notes: (sequence.notes ?? []).map((note) => [
    note.pitch, note.velocity || 0, note.instrument, note.program, note.isDrum,
    Number(note.quantizedStartStep), Number(note.quantizedEndStep),
  ]),
  steps: Number(sequence.totalQuantizedSteps),
  stepsPerQuarter: sequence.quantizationInfo.stepsPerQuarter,
  qpm: sequence.tempos[0].qpm,
});
const assertSame = (found, expected) => assert.deepEqual(found.map(plain), expected.map(plain));
const assertNear = (found, expected) => {
  assert.equal(found.length, expected.length);
  found.forEach((x, i) => assert.ok(Math.abs(x - expected[i]) <= NEAR, `${x}, not ${expected[i]}`));
};

const note = (instrument, program, isDrum, pitch, velocity, start, end, times = {}) => ({
  instrument, program, isDrum, pitch, velocity,
  quantizedStartStep: start, quantizedEndStep: end, ...times,
});
const quantised = (notes) => ({
  quantizationInfo: {stepsPerQuarter: client?.dataConverter.stepsPerQuarter}, // or that to come
  totalQuantizedSteps: 96,
  notes,
});
const seconds = ([instrument, program, isDrum, pitch, velocity, start, end]) =>
  note(instrument, program, isDrum, pitch, velocity, start, end,
    {startTime: start / 48, endTime: end / 48});
const BAND = [
  [0, 33, false, 43, 120, 0, 48], [0, 33, false, 36, 90, 48, 96],
  [1, 4, false, 64, 40, 0, 24], [1, 4, false, 60, 40, 24, 48], [1, 4, false, 69, 100, 24, 71],
  [2, 0, true, 42, 110, 0, 12], [2, 0, true, 36, 64, 12, 30], [2, 0, true, 36, 64, 94, 120],
  [3, 0, true, 51, 70, 5, 9], [4, 0, false, 72, 1, 60, 61],
];
const MEASURES = {
  'steps alone': quantised(BAND.map((each) => note(...each))),
  'steps and seconds': quantised(BAND.map(seconds)),
  'nothing': quantised([]),
  'more than a track holds': quantised(Array.from({length: 48}, (_, i) =>
    seconds([0, 7, false, 40 + i, 10 + 2 * i, 2 * i, 2 * i + 1]))),
  'ten instruments': quantised(Array.from({length: 10}, (_, i) =>
    seconds([i, 90 - i, i > 8, 50 + i, 64, i, 90]))),
  'two measures': {...quantised(BAND.map(seconds)), totalQuantizedSteps: 192},
  'half a measure': {...quantised(BAND.map(seconds)), totalQuantizedSteps: 48},
};

test('the converter has the same sizes', () => {
  const names = ['numSteps', 'numSegments', 'stepsPerQuarter', 'totalSteps', 'numVelocityBins',
    'endToken', 'depth', 'SEGMENTED_BY_TRACK', 'NUM_SPLITS'];
  for (const name of names) {
    assert.equal(ours.dataConverter[name], client.dataConverter[name], name);
  }
  assert.equal(ours.zDims, client.zDims);
  assert.equal(ours.isInitialized(), client.isInitialized());
});

for (const [name, sequence] of Object.entries(MEASURES)) {
  test(`tokens and points are equal: ${name}`, async () => {
    const message = NoteSequence.create(sequence);
    const expected = client.dataConverter.toTensor(message);
    const found = ours.dataConverter.toTensor(sequence);
    assert.deepEqual(found.shape, expected.shape);
    assert.deepEqual([...await found.data()], [...await expected.data()]);
    const [mu] = await (await client.encode([message], controls)).array();
    for (const each of [sequence, message, message.toJSON(), NoteSequence.fromObject(sequence)]) {
      const point = await ours.encode([each], controls);
      assert.deepEqual(point.shape, [1, client.zDims]);
      assertNear((await point.array())[0], mu);
    }
  });
}

test('the likeliest measures are equal, note for note', async () => {
  const points = tf.tensor2d(z);
  for (const chord of chords.length ? chords : [null]) {
    const args = chord ? {chordProgression: [chord]} : undefined;
    const expected = await client.decode(points, undefined, args, stepsPerQuarter, 90);
    assertSame(await ours.decode(points, undefined, args, stepsPerQuarter, 90), expected);
    assertSame(await ours.decode(z, 0, chord ? [chord] : undefined, stepsPerQuarter, 90), expected);
    assert.ok(expected.some(({notes}) => notes.length)); // there is something to compare
  }
});

test('a measure that is decoded, encoded and decoded again is the same', async () => {
  const label = client.dataConverter.stepsPerQuarter;
  const [measure] = await ours.decode(z, 0, controls);
  const [theirs] = await client.decode(tf.tensor2d(z.slice(0, 1)), undefined, controls, label);
  for (const {notes} of [measure, theirs]) for (const each of notes) each.velocity ||= 30; // see below
  const mu = await client.encode([theirs], controls);
  const point = await ours.encode([measure], controls);
  assertNear([...await point.data()], [...await mu.data()]);
  assertSame(await ours.decode(point, 0, controls, 24), await client.decode(mu, 0, controls, 24));
});

test('one-hot rows become the same notes', async () => {
  const rows = await client.decodeTensors(tf.tensor2d(z.slice(0, 1)), undefined, controls);
  const oneHot = rows.squeeze([0]);
  assertSame(
    [await ours.dataConverter.toNoteSequence(oneHot, 24, 100)],
    [await client.dataConverter.toNoteSequence(oneHot, 24, 100)]);
});

test('interpolations are of the points that the client mixes', async () => {
  const inputs = ['steps alone', 'ten instruments', 'steps and seconds', 'more than a track holds']
    .map((name) => MEASURES[name]);
  for (const [count, numInterps] of [[2, 3], [4, [3, 2]], [4, 2], [2, 1]]) {
    const some = inputs.slice(0, count);
    // the client encodes no batch, so that its interpolate always fails: join what it has
    const points = tf.concat(await Promise.all(some.map((each) =>
      client.encode([NoteSequence.create(each)], controls))));
    const mixed = client.getInterpolatedZs(points, numInterps);
    const found = await ours.interpolate(some, numInterps, undefined, controls);
    assertSame(found, await client.decode(
      mixed, undefined, controls, client.dataConverter.stepsPerQuarter));
  }
});

test('similar measures: at similarity 1 they are equal', async () => {
  const input = MEASURES['steps and seconds'];
  const expected = await client.similar(NoteSequence.create(input), 2, 1, undefined, controls);
  const found = await ours.similar(input, 2, 1, undefined, controls);
  assert.deepEqual(found.map((each) => plain(each).notes), expected.map((each) => plain(each).notes));
});

test('samples are as many as asked for, and of the model', async () => {
  for (const model of [client, ours]) {
    const samples = await model.sample(2, 0.5, controls, 24, 100);
    assert.equal(samples.length, 2);
    for (const each of samples) assert.deepEqual(
      [plain(each).steps, plain(each).qpm], [client.dataConverter.totalSteps, 100]);
  }
});

/** The message of what a promise is rejected with. */
const failure = (promise) => promise.then(() => null, (error) => error.message);

test('the engine refuses the same as the client', async () => {
  const input = MEASURES['steps alone'];
  const wrong = [
    (model, tensor) => model.interpolate([input, input, input].map(tensor), 3, 0.5, controls),
    (model, tensor) => model.interpolate([input, input].map(tensor), [2, 2, 2], 0.5, controls),
    (model, tensor) => model.similar(tensor(input), 1, 1.5, 0.5, controls),
    (model, tensor) => model.similar(tensor(input), 1, -1, 0.5, controls),
    (model) => model.sample(1, 0.5, chords.length ? undefined : {chordProgression: ['C']}),
    (model) => model.decode(tf.tensor2d(z), 0, {chordProgression: [chords.length ? 'what' : 'C']}),
    (model, tensor) => model.encode(
      [tensor({...input, quantizationInfo: {stepsPerQuarter: 5}})], controls),
  ];
  for (const call of wrong) {
    assert.ok(await failure(call(client, (each) => NoteSequence.create(each))), String(call));
    assert.ok(await failure(call(ours, (each) => each)), String(call));
  }
});

test('checkpoints that are missing, or of another kind, are named', async () => {
  const absent = new MusicVAE((name) => Promise.reject(new Error(`${name} is missing`)));
  assert.match(await failure(absent.sample(1)), /config.json is missing/);
  for (const spec of [{...ours.spec, type: 'MusicRNN'},
    {...ours.spec, dataConverter: {type: 'MelodyConverter'}}]) {
    assert.match(await failure(new MusicVAE('http://127.0.0.1', spec).sample(1)), /MusicRNN|Melody/);
  }
});

test('a disposed model comes back', async () => {
  ours.dispose();
  assert.equal(ours.isInitialized(), false);
  assert.equal((await ours.decode(z, 0, controls)).length, 2);
  assert.equal(ours.isInitialized(), true);
});

// Documented differences.

test('difference: the client refuses several measures at once, the engine encodes them', async () => {
  const names = ['steps alone', 'ten instruments'];
  const inputs = names.map((name) => MEASURES[name]);
  assert.match(await failure(client.encode(inputs.map((each) => NoteSequence.create(each)), controls)),
    /Variable-length/);
  const both = await (await ours.encode(inputs, controls)).array();
  for (const [i, input] of inputs.entries()) {
    assertNear(both[i], (await (await ours.encode([input], controls)).array())[0]);
  }
});

test('difference: the client refuses notes in seconds, the engine quantises them', async () => {
  const times = (each) => ({...each, quantizedStartStep: undefined, quantizedEndStep: undefined});
  const input = {
    tempos: [{time: 0, qpm: 120}], totalTime: 2, notes: BAND.map(seconds).map(times),
  };
  assert.match(await failure(client.encode([NoteSequence.create(input)], controls)), /not quantized/);
  const steps = core.sequences.quantizeNoteSequence(
    NoteSequence.create(input), client.dataConverter.stepsPerQuarter);
  assert.deepEqual(ours.dataConverter.toTokens(input), ours.dataConverter.toTokens(steps));
});

test('difference: the engine labels measures with the steps of the model, the client with 4', async () => {
  const [theirs] = await client.decode(tf.tensor2d(z.slice(0, 1)), undefined, controls);
  const [own] = await ours.decode(z.slice(0, 1), undefined, controls);
  assert.equal(theirs.quantizationInfo.stepsPerQuarter, 4);
  assert.equal(own.quantizationInfo.stepsPerQuarter, client.dataConverter.stepsPerQuarter);
});

test('difference: a note without velocity is as loud as players make it, 80', async () => {
  const silent = quantised([note(0, 0, false, 60, 0, 0, 24)]);
  const loud = quantised([note(0, 0, false, 60, 80, 0, 24)]);
  assert.deepEqual(ours.dataConverter.toTokens(silent), ours.dataConverter.toTokens(loud));
  // the client's token is the one before the velocities: a time shift
  const ids = await client.dataConverter.toTensor(NoteSequence.create(silent)).argMax(1).data();
  assert.equal(ids[1], 2 * 128 + client.dataConverter.totalSteps - 1);
});

test('difference: fields that are missing are 0, as in a message', async () => {
  const bare = quantised([{pitch: 60, quantizedEndStep: 24}]);
  const full = quantised([note(0, 0, false, 60, 80, 0, 24)]);
  assert.deepEqual(ours.dataConverter.toTokens(bare), ours.dataConverter.toTokens(full));
});

test('difference: with chords, several may follow each other', {skip: !chords.length}, async () => {
  const args = {chordProgression: ['C', 'G']};
  assert.match(await failure(client.sample(1, 0.5, args)), /Multiple chords/);
  const own = (symbols) => ours.decode(z, 0.5, {chordProgression: symbols, seed: 3});
  assert.notDeepEqual((await own(['C', 'F#m'])).map(plain), (await own(['C'])).map(plain));
  assertSame(await own(['C', 'C']), await own(['C']));
});

test('difference: more spellings of chords', {skip: !chords.length}, async () => {
  for (const [symbol, same] of [['Cmaj', 'C'], ['C°', 'Cdim'], ['C/E', 'C'], ['Csus4', 'C']]) {
    const args = {chordProgression: [symbol]};
    assert.ok(await failure(client.decode(tf.tensor2d(z), 0, args)), symbol);
    assertSame(await ours.decode(z, 0, [symbol]), await ours.decode(z, 0, [same]));
  }
});

test('measures go into magenta.js: seconds, joined, MIDI', async () => {
  const {sequences, midiToSequenceProto, sequenceProtoToMidi: toMidi} = core;
  const two = await ours.decode(z, 0.4, {...controls, seed: 5}, undefined, 90);
  const inSeconds = two.map((each) => sequences.unquantizeSequence(each, 90));
  const whole = sequences.concatenate(inSeconds);
  const {totalSteps, stepsPerQuarter: resolution} = client.dataConverter;
  assert.ok(Math.abs(whole.totalTime - (2 * totalSteps / resolution) * (60 / 90)) < 1e-9);
  const own = unquantizeSequence(two, 90);
  assert.ok(Math.abs(own.totalTime - whole.totalTime) < 1e-9);
  const times = ({notes}) => notes.flatMap(({pitch, program, isDrum, startTime, endTime}) =>
    [pitch, program, Number(isDrum), startTime, endTime]);
  assertNear(times(own), times(whole));
  const pitches = (notes) => notes.map(({pitch, isDrum}) => `${isDrum} ${pitch}`).sort();
  const both = pitches(two.flatMap(({notes}) => notes));
  assert.deepEqual(pitches(midiToSequenceProto(toMidi(whole)).notes), both);
  assert.deepEqual(pitches(midiToSequenceProto(sequenceProtoToMidi(two)).notes), both);
});
