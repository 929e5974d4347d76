import assert from 'node:assert/strict';
import {before, test} from 'node:test';

import {eventChords} from '../../../packages/engine/src/engine/encoder.js';
import {fingerprint} from '../../../packages/engine/src/engine/fingerprint.js';
import {NEVER, TrackGrammar} from '../../../packages/engine/src/engine/grammar.js';
import {choose} from '../../../packages/engine/src/engine/sampling.js';
import {Format} from '../../../packages/engine/src/music/format.js';
import {loadModel} from '../model.mjs';
import {seeded, vectors} from '../vectors.mjs';

const {decode, encode} = vectors('engine');
const format = new Format();

let model;
before(async () => {
  model = await loadModel();
});

/** A row for each track of each measure. */
const rowsOf = (seed) => decode.z.flatMap((z, draw) => {
  const point = Float32Array.from(z);
  return Array.from({length: format.maxTracks}, (_, track) =>
    ({z: point, track, chords: decode.chords[draw], seed, draw}));
});

for (const {temperature, seed, repeat_penalty: repeatPenalty, tokens} of decode.runs) {
  test(`tokens at temperature ${temperature} are those of the package`, () => {
    const rows = rowsOf(seed);
    const margins = new Float64Array(rows.length);
    const found = model.decoder.decode(rows, {temperature, repeatPenalty}, margins);
    assert.ok(Math.min(...margins) > 1e-5, 'the vector has no near tie');
    assert.deepEqual(found.map((track) => [...track]), tokens);
  });
}

test('a fingerprint is FNV-1a of numbers, and distinguishes models', () => {
  const bytes = (...texts) => texts.map((text) => Buffer.from(text));
  assert.equal(fingerprint([]), '811c9dc5'); // the published vectors
  assert.equal(fingerprint(bytes('a')), 'e40c292c');
  assert.equal(fingerprint(bytes('foo', 'bar')), 'bf9cf968');
  const biases = [[0.5, -1], [0.25]].map((numbers) => Float32Array.from(numbers));
  const other = [[0.5, -1], [0.2500001]].map((numbers) => Float32Array.from(numbers));
  assert.notEqual(fingerprint(biases), fingerprint(other));
  assert.match(model.fingerprint, /^[0-9a-f]{8}$/);
});

test('points are those of the package', async () => {
  const encoder = await model.encoder();
  for (const {tracks, chords, mu} of encode) {
    const found = encoder.encode(tracks, chords);
    found.forEach((x, i) => assert.ok(Math.abs(x - mu[i]) < 1e-5, `${x}, not ${mu[i]}`));
  }
});

test('rows that are decoded together or alone have the same tokens', () => {
  const rows = Array.from({length: 17}, () => rowsOf(77)).flat().slice(0, 400); // beyond the capacity
  const together = model.decoder.decode(rows, {temperature: 1.3});
  for (const i of [0, 5, 130, 399]) {
    const [alone] = model.decoder.decode([rows[i]], {temperature: 1.3});
    assert.deepEqual([...together[i]], [...alone]);
  }
});

test('a program that is asked for is the track\'s', () => {
  const rows = rowsOf(5).map((row, i) => ({...row, program: i}));
  model.decoder.decode(rows, {temperature: 1}).forEach((tokens, i) => assert.equal(tokens[0], format.program + i));
});

test('the chord of a token is the one at its time', () => {
  const tokens = [format.program, format.velocity, 60, format.timeShift + 47, format.noteOff + 60,
    format.velocity + 1, 62, format.timeShift + 47, format.noteOff + 62, format.end];
  assert.deepEqual([...eventChords(tokens, [5, 9], format)], [0, 5, 5, 5, 9, 9, 9, 9, 9, 9]);
});

/** The mistake in a track, by an independent copy of the rules; '' if there is none. */
function fault(tokens, fmt) {
  if (tokens.length === 1) return tokens[0] === fmt.end ? '' : 'not ended';
  if (tokens.length > fmt.maxTrackLength) return 'too long';
  if (tokens[0] < fmt.program || tokens[0] > fmt.drums) return 'no program';
  const sounding = new Map();
  let [step, velocity, before] = [0, 0, 'program'];
  for (const token of tokens.slice(1, -1)) {
    if (token < 128) {
      if (!velocity) return 'no velocity';
      if (sounding.has(token)) return 'struck twice';
      if (step >= fmt.stepsPerMeasure) return 'struck past the bar';
      sounding.set(token, step);
      before = 'on';
    } else if (token < fmt.timeShift) {
      const start = sounding.get(token - 128);
      if (start === undefined || start === step) return 'ended without a length';
      if (before === 'on' || before === 'velocity') return 'a note-off behind a note-on';
      sounding.delete(token - 128);
      before = 'off';
    } else if (token < fmt.velocity) {
      if (before === 'shift' || before === 'velocity') return `shift behind ${before}`;
      step += token - fmt.timeShift + 1;
      before = 'shift';
    } else if (token < fmt.program) {
      if (before === 'velocity' || velocity === token) return 'velocity again';
      velocity = token;
      before = 'velocity';
    } else {
      return 'program or end within';
    }
  }
  if (tokens.at(-1) !== fmt.end) return 'not ended';
  return step === fmt.stepsPerMeasure && !sounding.size ? '' : 'the bar is not full';
}

for (const fields of [{}, {max_track_length: 8}, {beats_per_bar: 3, velocity_bins: 2, min_pitch: 60, max_pitch: 61}]) {
  test(`whatever the logits, the grammar lets only tracks through: ${JSON.stringify(fields)}`, () => {
    const fmt = new Format(fields);
    const random = seeded(8);
    let notes = 0;
    for (let trial = 0; trial < 300; trial++) {
      const grammar = new TrackGrammar(fmt);
      const tokens = [];
      for (let t = 0; t < fmt.maxTrackLength && !grammar.done; t++) {
        const logits = Float64Array.from({length: fmt.vocabularySize}, (_, token) =>
          6 * random() + (token < fmt.timeShift ? 2 : 0) - (t === 0 && token === fmt.end ? 9 : 0));
        grammar.constrain(logits, fmt.maxTrackLength - t);
        assert.ok(Math.max(...logits) > NEVER / 2, 'a token is left');
        tokens.push(choose(logits, 1, random()));
        grammar.advance(tokens.at(-1));
      }
      assert.equal(fault(tokens, fmt), '', tokens.join());
      notes += tokens.filter((token) => token < 128).length;
    }
    assert.ok(notes > 300);
  });
}
