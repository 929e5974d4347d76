// node engine.mjs FOLDER: CPU time of 8 measures with the page's kernel and without it, as JSON.
//
// FOLDER is a checkpoint. See run.py. Wall time says little on a busy machine, so this is the process' CPU time.

import {readFile} from 'node:fs/promises';
import path from 'node:path';

import {Model} from '../../packages/engine/src/engine/model.js';
import {priorPoint} from '../../packages/engine/src/engine/prior.js';

const folder = process.argv[2];
const read = async (name) => {
  const bytes = await readFile(path.join(folder, name));
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
};

/** The kernel's two functions as plain loops over typed arrays. */
function withoutKernel(kernel) {
  const floats = (pointer, count) => kernel.view(pointer, count);
  kernel._accumulate = (a, b, c, m, k, n) => {
    const [A, B, C] = [floats(a, m * k), floats(b, k * n), floats(c, m * n)];
    for (let panel = 0; panel < n / 8; panel++) {
      for (let row = 0; row < m; row++) {
        for (let i = 0; i < k; i++) {
          const x = A[row * k + i];
          const from = (panel * k + i) * 8;
          const to = row * n + panel * 8;
          for (let j = 0; j < 8; j++) C[to + j] += x * B[from + j];
        }
      }
    }
  };
  const sigmoid = (x) => 1 / (1 + Math.exp(-x));
  kernel._cells = (gates, cells, h, rows, units, stride) => {
    const [G, S] = [floats(gates, rows * 4 * units), floats(cells, rows * units)];
    const H = floats(h, (rows - 1) * (stride / 4) + units);
    for (let row = 0; row < rows; row++) {
      for (let u = 0; u < units; u++) {
        const g = row * 4 * units + u;
        const s = row * units + u;
        S[s] = S[s] * sigmoid(G[g + 2 * units] + 1) + sigmoid(G[g]) * Math.tanh(G[g + units]);
        H[row * (stride / 4) + u] = Math.tanh(S[s]) * sigmoid(G[g + 3 * units]);
      }
    }
  };
}

function cpuMs(decoder, format, times) {
  let tokens = 0;
  const began = process.cpuUsage();
  for (let seed = 0; seed < times; seed++) {
    const z = priorPoint(100 + seed, 0, decoder.latentSize);
    const rows = Array.from({length: 8 * format.maxTracks}, (_, i) => ({
      z, track: i % format.maxTracks, chords: [1 + (i >> 3) * 3], seed, draw: 0,
    }));
    tokens += decoder.decode(rows, {temperature: 0.6}).reduce((sum, track) => sum + track.length, 0);
  }
  const {user, system} = process.cpuUsage(began);
  return {ms: (user + system) / 1000 / times, tokens: tokens / times};
}

const found = [];
for (const [name, change] of [['kernel.wat', () => {}], ['loops in JavaScript', withoutKernel]]) {
  const model = await Model.load(read);
  change(model._kernel);
  cpuMs(model.decoder, model.format, 3);
  found.push({name, ...cpuMs(model.decoder, model.format, 12)});
}
process.stdout.write(JSON.stringify(found));
