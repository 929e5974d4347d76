// Times of a MusicVAE, ours or magenta.js, in Node or in a page. See run.py.

const CHORDS = {chordProgression: ['C']};

/**
 * Milliseconds of each operation, by its name.
 * @param {Function} MusicVAE
 * @param {string} url of a checkpoint
 * @param {?object} library what the client needs: tf, NoteSequence; null for ours
 * @param {number} repeats
 */
export async function measure(MusicVAE, url, library, repeats) {
  const times = {};
  const time = async (name, count, run) => {
    times[name] = [];
    for (let i = 0; i < count; i++) {
      const began = performance.now();
      await run();
      times[name].push(performance.now() - began);
    }
  };
  let model;
  await time('initialise', 1, async () => {
    model = new MusicVAE(url);
    await model.initialize();
  });
  await model.sample(1, 0.5, CHORDS, 24); // compiles what there is to compile
  await time('sample 1', repeats, () => model.sample(1, 0.5, CHORDS, 24));
  await time('sample 8', repeats, () => model.sample(8, 0.5, CHORDS, 24));
  const inputs = (await model.sample(2, 0.5, CHORDS, 24))
    .map((sequence) => (library ? library.NoteSequence.create(sequence) : sequence));
  const encode = (sequences) => (library // the client refuses several
    ? Promise.all(sequences.map((each) => model.encode([each], CHORDS)))
    : model.encode(sequences, CHORDS));
  await encode(inputs.slice(0, 1)); // fetches the encoder
  await time('interpolate 2 to 8', repeats, async () => {
    if (!library) return model.interpolate(inputs, 8, 0.5, CHORDS);
    const points = library.tf.concat(await encode(inputs));
    return model.decode(model.getInterpolatedZs(points, 8), 0.5, CHORDS, 24);
  });
  await time('encode 8', repeats, () => encode(Array.from({length: 8}, (_, i) => inputs[i % 2])));
  return times;
}
