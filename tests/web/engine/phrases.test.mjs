import assert from 'node:assert/strict';
import {before, test} from 'node:test';

import {phrase, tokensBefore} from '../../../packages/engine/src/engine/phrases.js';
import {DRUMS, Format} from '../../../packages/engine/src/music/format.js';
import {loadModel} from '../model.mjs';
import {vectors} from '../vectors.mjs';

const {phrases: vector} = vectors('engine');
const format = new Format();
const decoding = {
  temperature: vector.temperature,
  drumTemperature: vector.drum_temperature,
  repeatPenalty: vector.repeat_penalty,
};

let model;
before(async () => {
  model = await loadModel();
});

const programOf = (track) => (track === vector.drum_track ? DRUMS : undefined);

/** Bars decoded one by one. */
function barsOf({temperature = vector.temperature} = {}) {
  const z = Float32Array.from(vector.point);
  return vector.chords.map((chords) => {
    const rows = Array.from({length: format.maxTracks}, (_, track) =>
      ({z, track, chords, seed: vector.seed, draw: 0, program: programOf(track)}));
    return {point: 'z', rows, tokens: model.decoder.decode(rows, {...decoding, temperature})};
  });
}

const decode = async (rows) => model.decoder.decode(rows, decoding);

test('bars that come back, grooves and fills are those of the package', async () => {
  const how = {vary: vector.vary, fills: true};
  const tracks = await phrase(barsOf(), how, vector.temperature, format, decode);
  assert.deepEqual(tracks.flat().map((tokens) => [...tokens]), vector.tokens);
});

test('nothing is decoded again where nothing varies', async () => {
  const none = async (rows) => {
    assert.equal(rows.length, 0);
    return [];
  };
  const bars = barsOf();
  const tracks = await phrase(bars, {vary: 0, fills: false}, 1, format, none);
  assert.deepEqual(tracks[2], tracks[0]);
  const greedy = barsOf({temperature: 0});
  assert.deepEqual((await phrase(greedy, {vary: 1, fills: true}, 0, format, decode))[2], greedy[0].tokens);
});

test('the tokens before a step end before its events', () => {
  const tokens = [format.program, format.velocity, 60, format.timeShift + 23, format.noteOff + 60,
    62, format.timeShift + 71, format.noteOff + 62, format.end];
  assert.deepEqual(tokensBefore(tokens, 24, format), tokens.slice(0, 3));
  assert.deepEqual(tokensBefore(tokens, 25, format), tokens.slice(0, 6));
  assert.deepEqual(tokensBefore([format.end], 1, format), [format.end]);
});
