'use strict';
// The unmodified magenta.js client, in Node and in pages.

const client = {
  /** The library in Node; what a page has as globals. */
  require(require) {
    return {
      mm: {
        ...require('@magenta/music/node/music_vae'),
        ...require('@magenta/music/node/core'),
        ...require('@magenta/music/node/protobuf'),
        tf: require('@tensorflow/tfjs'),
      },
    };
  },

  async open({mm}) {
    await mm.tf.setBackend('cpu');  // WebGL without a graphics card takes ten times as long
    return mm;
  },

  /**
   * Decodes every z (an array of arrays of numbers) by argmax, once under each chord, or once
   * without chords if none is given: [{chord, tokens: [B][T][E], noteSequences: [B]}].
   */
  async decode(mm, url, {z, chords}) {
    return withModel(mm, url, async (model) => {
      const {numSteps, numSegments, stepsPerQuarter} = model.dataConverter;
      const points = mm.tf.tensor2d(z);
      let tokens;
      // `decode` gives notes only: look at the one-hots on their way to them.
      const decodeTensors = model.decodeTensors.bind(model);
      model.decodeTensors = async (...args) => {
        const oneHot = await decodeTensors(...args);  // [B, T*E, V]
        const ids = mm.tf.tidy(() => oneHot.argMax(-1).reshape([-1, numSegments, numSteps / numSegments]));
        tokens = await ids.array();
        return oneHot;
      };
      const results = [];
      for (const chord of chords.length ? chords : [null]) {
        const sequences = await model.decode(points, undefined, controls(chord), stepsPerQuarter);
        // as plain JSON, which a page must return
        results.push({chord, tokens, noteSequences: sequences.map((sequence) => sequence.toJSON())});
      }
      return results;
    });
  },

  /**
   * Encodes each {noteSequence, chord} (chord null without chords): [{tokens: [T][up to E],
   * mu: [Z]}]. The client itself quantises nothing.
   */
  async encode(mm, url, {requests}) {
    return withModel(mm, url, async (model) => {
      const {numSegments, endToken} = model.dataConverter;
      const results = [];
      for (const {noteSequence, chord} of requests) {
        // not `fromObject`, whose 64-bit steps the client cannot count with
        const sequence = mm.NoteSequence.create(noteSequence);
        // One at a time: the client refuses a batch of measures with tracks of varied length.
        const mu = await model.encode([sequence], controls(chord));
        const rows = await model.dataConverter.toTensor(sequence).argMax(-1).reshape([numSegments, -1]).array();
        results.push({
          tokens: rows.map((row) => row.slice(0, row.indexOf(endToken) + 1)),
          mu: (await mu.array())[0],
        });
      }
      return results;
    });
  },

  /** Samples measures and writes each as a MIDI file: [{notes, midi: base64}]. */
  async sample(mm, url, {count, temperature, chord, seed}) {
    return withModel(mm, url, async (model) => {
      Math.random = mulberry(seed);  // all that the library draws comes from there
      const {stepsPerQuarter} = model.dataConverter;
      const sequences = await model.sample(count, temperature, controls(chord), stepsPerQuarter);
      return sequences.map((sequence) => {
        const bytes = mm.sequenceProtoToMidi(mm.sequences.unquantizeSequence(sequence, 120));
        return {notes: sequence.toJSON().notes || [], midi: btoa(String.fromCharCode(...bytes))};
      });
    });
  },
};

const controls = (chord) => (chord ? {chordProgression: [chord]} : undefined);

/** Loads the checkpoint at `url`, gives the model to `use`, returns what that returns. */
async function withModel(mm, url, use) {
  const model = new mm.MusicVAE(url);
  await model.initialize();
  try {
    return await use(model);
  } finally {
    model.dispose();
  }
}

if (typeof module === 'object') module.exports = client; else window.client = client;

/** Numbers in 0..1 that follow from a seed (the generator "mulberry32"). */
function mulberry(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}
