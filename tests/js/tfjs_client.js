'use strict';
// Our graph models in TensorFlow.js as it is, in Node and in pages.

const WASM = 'tfjs/node_modules/@tensorflow/tfjs-backend-wasm/dist/';

const client = {
  require(require, origin) {
    const tf = require('@tensorflow/tfjs');
    const wasm = require('@tensorflow/tfjs-backend-wasm');
    wasm.setWasmPaths(`${__dirname}/${WASM}`);
    return {tf};
  },

  async open({tf}) {
    if (tf.wasm) tf.wasm.setWasmPaths(`/js/${WASM}`);
    return tf;
  },

  /** Points of measures {tokens, lengths, chords or null}: {mu, sigma}, arrays [B][Z]. */
  async encode(tf, url, {backend, tokens, lengths, chords}) {
    await tf.setBackend(backend);
    const model = await tf.loadGraphModel(`${url}/encode/model.json`);
    const inputs = {
      tokens: tf.tensor3d(tokens, undefined, 'int32'),
      lengths: tf.tensor2d(lengths, undefined, 'int32'),
    };
    if (chords) inputs.chords = tf.tensor2d(chords, undefined, 'int32');
    const found = await model.executeAsync(inputs, ['mu', 'sigma']);
    const [mu, sigma] = await Promise.all(found.map((tensor) => tensor.array()));
    tf.dispose([model, inputs, found]);
    return {mu, sigma};
  },

  /**
   * All tracks of each z side by side, greedily and freely, for a number of steps:
   * {tokens: [steps][N], logits: [steps][N][V] if wanted, milliseconds: of each step, tensors:
   * how many more there are after than before}.
   *
   * `chord` is the id that every event after the first hears; null without chords.
   */
  async decode(tf, url, {backend, z, chord, steps, wantLogits}) {
    await tf.setBackend(backend);
    const before = tf.memory().numTensors;
    const [init, step] = await Promise.all(
      ['init', 'decode_step'].map((name) => tf.loadGraphModel(`${url}/${name}/model.json`)));
    const points = tf.tensor2d(z);
    const {gates, ...first} = named(init, init.execute({z: points}));
    let states = first;
    const rows = gates.shape[0];
    let previous = tf.fill([rows], -1, 'int32');
    const result = {tokens: [], logits: [], milliseconds: []};
    for (let index = 0; index < steps; ++index) {
      const started = performance.now();
      const [token, logits, next] = tf.tidy(() => {
        const inputs = {gates, previous, ...states};
        if (chord !== null) inputs.chord = tf.fill([rows], index ? chord : 0, 'int32');
        const {logits, ...next} = named(step, step.execute(inputs));
        return [logits.argMax(-1), logits, next];
      });
      result.tokens.push(Array.from(await token.data()));
      result.milliseconds.push(performance.now() - started);
      if (wantLogits) result.logits.push(await logits.array());
      tf.dispose([states, previous, logits]);
      previous = token;
      states = Object.fromEntries(Object.entries(next).map(([name, value]) => [name.slice('next_'.length), value]));
    }
    tf.dispose([gates, states, previous, points]);
    init.dispose();
    step.dispose();
    result.tensors = tf.memory().numTensors - before;
    return result;
  },
};

/** The outputs of a graph model by name. */
function named(model, tensors) {
  return Object.fromEntries(model.structuredOutputKeys.map((name, index) => [name, tensors[index]]));
}

if (typeof module === 'object') module.exports = client; else window.client = client;
