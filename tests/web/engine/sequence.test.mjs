/** Decoding in sequence, as published clients do; the goldens are compared in tests/js. */

import assert from 'node:assert/strict';
import {before, test} from 'node:test';

import {loadBundled, loadModel} from '../model.mjs';

let model;
before(async () => {
  model = await loadModel();
});

const measures = (count, {latentSize} = model) => Array.from({length: count}, (_, draw) => ({
  z: Float32Array.from({length: latentSize}, (_, i) => Math.sin(7 * draw + i)),
  chords: [1 + draw % 48], seed: 5, draw,
}));

test('every track has all its tokens, and measures do not depend on their neighbours', () => {
  const {maxTracks, maxTrackLength} = model.format;
  const several = measures(3);
  const together = model.decoder.decodeInSequence(several, 0.8);
  assert.equal(together.length, 3);
  for (const tracks of together) {
    assert.deepEqual(tracks.map((track) => track.length), Array(maxTracks).fill(maxTrackLength));
  }
  const alone = several.flatMap((measure) => model.decoder.decodeInSequence([measure], 0.8));
  assert.deepEqual(together, alone);
});

test('where the first input changes nothing, tracks side by side are those in sequence', async () => {
  assert.equal(model.decoder.ignoresFirstInput, false); // its weights are random
  const bundled = await loadBundled();
  const {decoder, format} = bundled;
  assert.equal(decoder.ignoresFirstInput, true); // it has start units
  const several = measures(2, bundled);
  const rows = several.flatMap((measure) =>
    Array.from({length: format.maxTracks}, (_, track) => ({...measure, track})));
  const sideBySide = decoder.decode(rows, {temperature: 0, isFree: true});
  const inSequence = decoder.decodeInSequence(several, 0).flat();
  sideBySide.forEach((tokens, i) =>
    assert.deepEqual([...tokens], [...inSequence[i].subarray(0, tokens.length)]));
});
