import assert from 'node:assert/strict';
import {beforeEach, test} from 'node:test';

import {Composer} from '../../../export/web/src/studio/composer.js';
import {loadModel} from '../model.mjs';

const model = await loadModel();
const WANTED = {
  a: {seed: 1}, b: {seed: 2}, voice: false, character: {}, temperature: 60, seed: 3, parts: {},
};

let asked; // how many rows the model was asked for at each call
let composer;
beforeEach(async () => {
  asked = [];
  composer = new Composer({
    load: async () => ({
      format: model.format.fields, latentSize: model.latentSize, fingerprint: model.fingerprint,
    }),
    decode: async (rows, decoding) => {
      asked.push(rows.length);
      return model.decoder.decode(rows, decoding);
    },
  });
  await composer.load('');
});

const compose = (chords, blend = chords.map(() => 0)) => composer.compose({...WANTED, chords, blend});
const decoded = async (run) => {
  asked = [];
  await run();
  return asked.reduce((sum, rows) => sum + rows, 0);
};

test('chords are named as typed and heard as their triads', async () => {
  const typed = await compose([['Cmaj7'], ['Gsus4', 'E7#9'], ['am/g']]);
  const triads = await compose([['C'], ['G', 'E'], ['Am']]);
  assert.deepEqual(typed.notes, triads.notes);
  assert.deepEqual(typed.chordChanges.map(({symbol}) => symbol), ['Cmaj7', 'Gsus4', 'E7#9', 'am/g']);
  assert.equal(await decoded(() => compose([['C6/9'], ['G5', 'E']])), 0);
});

test('an edit is only its own bar, however long one edits', async () => {
  const way = Array.from({length: 16}, (_, bar) => bar);
  const loop = way.map((bar) => [['C', 'Dm', 'F', 'G'][bar % 4]]);
  const whole = await decoded(() => compose(loop, way)); // 16 points: all tracks differ
  assert.ok(whole >= 128);
  const roots = ['A', 'B', 'C', 'D', 'E', 'F', 'G'];
  const kinds = ['', 'm', '+', 'dim'];
  const others = roots.flatMap((root) => kinds.map((kind) => root + kind));
  for (let i = 0; i < 600; i++) { // more tracks than are kept
    const chords = loop.map((bar, at) => (at === 9 ? [others[i % 28], others[i % 27]] : bar));
    assert.ok(await decoded(() => compose(chords, way)) <= model.format.maxTracks);
  }
  assert.ok(await decoded(() => compose(loop, way)) <= model.format.maxTracks);
});
