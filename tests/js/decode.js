'use strict';
// node decode.js FOLDER Z.json [CHORD ...]
//
// Decodes every z (an array of arrays of numbers) by argmax, once under each chord, or once without
// chords if none is given. Prints [{chord, tokens: [B][T][E], noteSequences: [B]}].

const {readJson, run, tf, withModel} = require('./client');

run((folder, zFile, ...chords) => withModel(folder, async (model) => {
  const {numSteps, numSegments, stepsPerQuarter} = model.dataConverter;
  const z = tf.tensor2d(readJson(zFile));
  let tokens;
  // `decode` gives notes only: look at the one-hots on their way to them.
  const decodeTensors = model.decodeTensors.bind(model);
  model.decodeTensors = async (...args) => {
    const oneHot = await decodeTensors(...args);  // [B, T*E, V]
    const ids = tf.tidy(() => oneHot.argMax(-1).reshape([-1, numSegments, numSteps / numSegments]));
    tokens = await ids.array();
    return oneHot;
  };
  const results = [];
  for (const chord of chords.length ? chords : [null]) {
    const controls = chord === null ? undefined : {chordProgression: [chord]};
    const sequences = await model.decode(z, undefined, controls, stepsPerQuarter);
    results.push({chord, tokens, noteSequences: sequences});
  }
  return results;
}));
