import assert from 'node:assert/strict';
import {test} from 'node:test';

import {wavBytes} from '../../../export/web/src/sound/wav.js';

const buffer = (...channels) => ({
  numberOfChannels: channels.length,
  length: channels[0].length,
  sampleRate: 44100,
  getChannelData: (i) => Float32Array.from(channels[i]),
});

/** The samples of a file, one channel after another within a frame. */
const samplesOf = (bytes) => [...new Int16Array(bytes.buffer, 44)];

test('loud sound is scaled down to 1 dB below full scale', () => {
  const samples = samplesOf(wavBytes(buffer([0.5, -2, 1], [0, 0.25, 1.5])));
  const loudest = 32767 * 10 ** (-1 / 20);
  const expected = [0.5, 0, -2, 0.25, 1, 1.5].map((sample) => Math.round(loudest * sample / 2));
  assert.deepEqual(samples.map((sample) => sample + 0), expected.map((sample) => sample + 0));
});

test('softer sound is unchanged', () => {
  assert.deepEqual(samplesOf(wavBytes(buffer([0.5, -0.25, 0]))), [16384, -8192, 0]);
  assert.deepEqual(samplesOf(wavBytes(buffer([0, 0]))), [0, 0]);
});
