import assert from 'node:assert/strict';
import {test} from 'node:test';

import {Dense, DenseRoom} from '../../../packages/engine/src/engine/dense.js';
import {Kernel, paddedRows} from '../../../packages/engine/src/engine/kernel.js';
import {LstmRows, LstmWeights} from '../../../packages/engine/src/engine/lstm.js';
import {between, inSquare} from '../../../packages/engine/src/engine/points.js';
import {earlyPoint, priorPoint} from '../../../packages/engine/src/engine/prior.js';
import {choose, uniform} from '../../../packages/engine/src/engine/sampling.js';
import {TensorFolder} from '../../../packages/engine/src/engine/tensors.js';
import {seeded, vectors} from '../vectors.mjs';

const randoms = (seed, count) => {
  const random = seeded(seed);
  return Float32Array.from({length: count}, () => 2 * random() - 1);
};
const near = (found, expected, tolerance) => {
  assert.equal(found.length, expected.length);
  found.forEach((x, i) => assert.ok(Math.abs(x - expected[i]) <= tolerance, `${x}, not ${expected[i]}`));
};

/** x W + b, in plain loops. */
function affine(x, {kernel, bias}) {
  const columns = bias.length;
  return Array.from(bias, (b, j) =>
    x.reduce((sum, value, i) => sum + value * kernel[i * columns + j], b));
}

const sigmoid = (x) => 1 / (1 + Math.exp(-x));

/** One step of a cell whose gates are i, j, f, o; the forget gate's bias is 1 higher. */
function lstmCell(gates, c) {
  const units = c.length;
  const [i, j, f, o] = [0, 1, 2, 3].map((k) => gates.slice(k * units, (k + 1) * units));
  const next = c.map((x, u) => x * sigmoid(f[u] + 1) + sigmoid(i[u]) * Math.tanh(j[u]));
  return {c: next, h: next.map((x, u) => Math.tanh(x) * sigmoid(o[u]))};
}

test('a dense layer is x W + b for each row', async () => {
  const kernel = await Kernel.create();
  for (const [k, n, rows] of [[5, 8, 1], [7, 13, 3], [16, 24, 9]]) {
    const layer = {kernel: randoms(k, k * n), bias: randoms(n, n)};
    const dense = new Dense(kernel, layer);
    const room = new DenseRoom(kernel, rows, Math.max(k, dense.matrix.n));
    const xs = Array.from({length: rows}, (_, row) => randoms(100 + row, k));
    dense.apply(xs, room).forEach((y, row) => near(y, affine(xs[row], layer), 1e-5));
  }
});

test('stacked cells step as written out, and a row that moves keeps its state', async () => {
  const kernel = await Kernel.create();
  const [units, input] = [8, 3];
  const layers = [input + units, 2 * units].map((rows, i) =>
    ({kernel: randoms(i, rows * 4 * units), bias: randoms(9 + i, 4 * units)}));
  const rows = new LstmRows(kernel, new LstmWeights(kernel, layers, input), 3);
  const top = kernel.allocate(paddedRows(3) * units);
  const state = randoms(5, 4 * units); // c0, h0, c1, h1
  rows.setState(2, state);
  rows.move(2, 0);
  const x = randoms(6, input);
  const first = layers[0].kernel.slice(0, input * 4 * units);
  let [c0, h0, c1, h1] = [0, 1, 2, 3].map((k) => [...state.slice(k * units, (k + 1) * units)]);
  for (let step = 0; step < 3; step++) {
    rows.gates.set(affine([...x], {kernel: first, bias: layers[0].bias}));
    rows.step(1);
    ({c: c0, h: h0} = lstmCell(affine([...x, ...h0], layers[0]), c0));
    ({c: c1, h: h1} = lstmCell(affine([...h0, ...h1], layers[1]), c1));
  }
  rows.output(1, top);
  near([...kernel.view(top, units)], h1, 1e-5);
});

test('seeds mean the points of the package', () => {
  for (const {seed, draw, point} of vectors('prior_points').points) {
    assert.deepEqual([...priorPoint(seed, draw, point.length)], [...Float32Array.from(point)]);
  }
});

test('seeds mean the points of the package under a mixture too', () => {
  const {share, mean, scale, points} = vectors('prior_points').mixture;
  const prior = {
    share: Float32Array.from(share),
    mean: Float32Array.from(mean.flat()),
    scale: Float32Array.from(scale.flat()),
  };
  for (const {seed, draw, point} of points) {
    assert.deepEqual([...priorPoint(seed, draw, 4, prior)], [...Float32Array.from(point)]);
  }
});

test('points of the prior are normal', () => {
  for (const make of [(seed) => priorPoint(seed, 0, 64), (seed) => earlyPoint(seed, 64)]) {
    const values = Array.from({length: 200}, (_, seed) => [...make(seed)]).flat();
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    const variance = values.reduce((sum, x) => sum + x * x, 0) / values.length;
    assert.ok(Math.abs(mean) < 0.03 && Math.abs(variance - 1) < 0.05, `${mean}, ${variance}`);
  }
});

test('hashed numbers are uniform between 0 and 1, and depend on each argument', () => {
  const seen = new Set();
  let sum = 0;
  for (let i = 0; i < 4096; i++) {
    const digits = [i & 7, (i >> 3) & 7, (i >> 6) & 7, i >> 9];
    const x = uniform(...digits);
    assert.ok(x > 0 && x < 1);
    seen.add(x);
    sum += x;
  }
  assert.ok(seen.size > 4090);
  assert.ok(Math.abs(sum / 4096 - 0.5) < 0.02);
});

test('a choice follows the softmax, and is never a forbidden token', () => {
  const shares = [0.5, 0, 0.3, 0.2];
  const logits = Float64Array.from(shares, (p) => (p ? Math.log(p) : -1e9));
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < 10000; i++) counts[choose(logits, 1, (i + 0.5) / 10000)]++;
  near(counts, shares.map((p) => 10000 * p), 1);
  assert.equal(choose(logits, 1, 1 - 2 ** -24), 3);
  const colder = [0, 0, 0, 0];
  for (let i = 0; i < 10000; i++) colder[choose(logits, 0.5, (i + 0.5) / 10000)]++;
  near(colder, [0.25, 0, 0.09, 0.04].map((p) => 10000 * p / 0.38), 1);
});

test('temperature 0 takes the most likely token, and margins measure near ties', () => {
  const logits = Float64Array.from([1, 3, 2.5, -4]);
  const margin = {least: Infinity};
  assert.equal(choose(logits, 0, 0.9, margin), 1);
  assert.equal(margin.least, 0.5);
  const other = {least: Infinity};
  choose(Float64Array.from([0, 0]), 1, 0.4, other);
  assert.ok(Math.abs(other.least - 0.1) < 1e-5);
});

test('between two points directions turn evenly and lengths change linearly', () => {
  const length = (x) => Math.hypot(...x);
  const angle = (a, b) =>
    Math.acos(a.reduce((sum, x, i) => sum + x * b[i], 0) / length(a) / length(b));
  const [a, b] = [randoms(1, 16).map((x) => 3 * x), randoms(2, 16)];
  assert.equal(between(a, b, 0), a);
  assert.equal(between(a, b, 1), b);
  for (const t of [0.1, 0.5, 0.8]) {
    const point = between(a, b, t);
    assert.ok(Math.abs(length(point) - ((1 - t) * length(a) + t * length(b))) < 1e-5);
    assert.ok(Math.abs(angle(a, point) - t * angle(a, b)) < 1e-5);
  }
  const opposite = between(a, a.map((x) => -x), 0.25); // no plane to turn in
  near([...opposite], [...a.map((x) => x / 2)], 1e-6);
});

/** A folder of shards of 10 bytes each, as TensorFlow.js writes them. */
function folderOf(tensors) {
  const bytes = Buffer.concat(tensors.map(({data}) => Buffer.from(data.buffer)));
  const paths = Array.from({length: Math.ceil(bytes.length / 10)}, (_, i) => `shard${i}`);
  const read = async (name) => {
    const i = paths.indexOf(name);
    return Uint8Array.from(bytes.subarray(10 * i, 10 * i + 10)).buffer;
  };
  const weights = tensors.map(({data, ...weight}) => ({shape: [data.length], dtype: 'float32', ...weight}));
  return new TensorFolder(read, [{paths, weights}]);
}

test('tensors are put together from shards, whatever they are stored as', async () => {
  const folder = folderOf([
    {name: 'plain', data: Float32Array.from([1.5, -2, 1e-3])},
    {name: 'bytes', data: Uint8Array.from([0, 1, 255]),
      quantization: {dtype: 'uint8', scale: 0.5, min: -3}},
    {name: 'halves', data: Uint16Array.from([0x3c00, 0xc000, 0x3555, 0x0001, 0x7bff]),
      quantization: {dtype: 'float16'}},
    {name: 'words', data: Uint16Array.from([0, 65535]),
      quantization: {dtype: 'uint16', scale: 0.25, min: 1}},
  ]);
  const [plain, bytes, halves, words] = await folder.load(['plain', 'bytes', 'halves', 'words']);
  assert.deepEqual([...plain], [...Float32Array.from([1.5, -2, 1e-3])]);
  assert.deepEqual([...bytes], [-3, -2.5, 124.5]);
  near([...halves], [1, -2, 0.333251953125, 2 ** -24, 65504], 0);
  assert.deepEqual([...words], [1, 16384.75]);
  assert.deepEqual(folder.shapes.get('halves'), [5]);
  await assert.rejects(folder.load(['other']), /the model has no other/);
});

test('fetched bytes are counted, and cached ones are not counted again', async () => {
  const bytes = {a: 20, b: 20, c: 15}; // shards of one group
  const asked = [];
  const read = async (name, report) => {
    asked.push(name);
    for (const share of [0.5, 1]) report({loaded: share * bytes[name], total: 0});
    return new ArrayBuffer(bytes[name]);
  };
  const weights = [['first', 5], ['second', 3], ['third', 5]].map(([name, size]) =>
    ({name, shape: [size], dtype: 'float32'}));
  const quantization = {dtype: 'uint8', scale: 1, min: 0};
  weights.push({name: 'rest', shape: [3], dtype: 'float32', quantization});
  const reports = [];
  const folder = new TensorFolder(read, [{paths: ['a', 'b', 'c'], weights}],
    (progress) => reports.push(progress));
  await folder.load(['second']);
  assert.deepEqual(asked, ['a', 'b']);
  assert.deepEqual(reports[0], {loaded: 0, total: Math.round((2 * 55) / 3)});
  assert.ok(reports.every(({loaded, total}, i) => loaded >= (reports[i - 1]?.loaded ?? 0) && loaded <= total));
  assert.equal(reports.at(-1).loaded, reports.at(-1).total);
  reports.length = 0;
  await folder.load(['third', 'rest']);
  assert.deepEqual(asked, ['a', 'b', 'c']);
  assert.deepEqual(reports[0], {loaded: 0, total: Math.round(55 / 3)});
  assert.equal(reports.at(-1).loaded, 15);
  reports.length = 0;
  await folder.load(['first']);
  assert.deepEqual(reports, []);
});

test('weights that are cut short, or of an unknown kind, are refused', async () => {
  const weights = [{name: 'long', shape: [100], dtype: 'float32'}];
  const folder = new TensorFolder(async () => new ArrayBuffer(8), [{paths: ['only'], weights}]);
  await assert.rejects(folder.load(['long']), /cut short/);
  assert.throws(() => new TensorFolder(async () => new ArrayBuffer(0),
    [{paths: [], weights: [{name: 'x', shape: [1], dtype: 'complex64'}]}]), /complex64/);
});

test('the square between four points has their lines as its edges, and turns across', () => {
  const corners = [1, 2, 3, 4].map((seed) => priorPoint(seed, 0, 16));
  const [a, b, c, d] = corners;
  assert.deepEqual([[0, 0], [1, 0], [0, 1], [1, 1]].map(([x, y]) => inSquare(corners, x, y)), corners);
  near(inSquare(corners, 0.3, 0), between(a, b, 0.3), 1e-6);
  near(inSquare(corners, 0.3, 1), between(c, d, 0.3), 1e-6);
  near(inSquare(corners, 0, 0.8), between(a, c, 0.8), 1e-6);
  near(inSquare(corners, 0.3, 0.8), between(between(a, c, 0.8), between(b, d, 0.8), 0.3), 1e-6);
});
