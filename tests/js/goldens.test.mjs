/** The engine's MusicVAE on the goldens. `node --test goldens.test.mjs` with GOLDEN, their folder, and NAME. */

import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {test} from 'node:test';

import {MusicVAE} from '../../packages/engine/src/index.js';

const {GOLDEN, NAME} = process.env;
const json = async (name) => JSON.parse(await readFile(`${GOLDEN}/${name}.json`, 'utf8'));
const model = new MusicVAE(async (name) =>
  Uint8Array.from(await readFile(`${GOLDEN}/ckpt_${NAME}/${name}`)).buffer);
const {decode, encode} = await json(`golden_${NAME}`);
const NEAR = 1e-5; // of float32, summed in another order

/** What a note says; the goldens' steps are strings. */
const fields = (note) => [
  note.pitch, note.velocity ?? 0, note.instrument, note.program, note.isDrum,
  Number(note.quantizedStartStep), Number(note.quantizedEndStep),
];

for (const {chord, noteSequences} of decode) {
  test(`decodes note for note under ${chord ?? 'no chords'}`, async () => {
    const found = await model.decode(await json('z'), undefined, chord ? [chord] : undefined);
    assert.equal(found.length, noteSequences.length);
    noteSequences.forEach(({notes = []}, i) =>
      assert.deepEqual(found[i].notes.map(fields), notes.map(fields)));
  });
}

for (const {name, chord, noteSequence, tokens, mu} of encode) {
  test(`encodes ${name} under ${chord ?? 'no chords'}`, async () => {
    const point = await model.encode([noteSequence], chord ? [chord] : undefined);
    assert.deepEqual(model.dataConverter.toTokens(noteSequence), tokens);
    const [found] = await point.array();
    assert.equal(found.length, mu.length);
    found.forEach((x, i) => assert.ok(Math.abs(x - mu[i]) < NEAR, `${x}, not ${mu[i]}`));
  });
}
