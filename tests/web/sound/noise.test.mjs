import assert from 'node:assert/strict';
import {test} from 'node:test';

import {addCosine, metalNoise, roomEcho, whiteNoise} from '../../../export/web/src/sound/noise.js';

const CONTEXT = {
  sampleRate: 44100,
  createBuffer(channels, length, sampleRate) {
    const samples = Array.from({length: channels}, () => new Float32Array(length));
    return {sampleRate, length, getChannelData: (channel) => samples[channel]};
  },
};

const power = (samples) => samples.reduce((sum, x) => sum + x * x, 0) / samples.length;

test('a cosine that follows from the two samples before is a cosine', () => {
  for (const step of [0.001, 0.4, 1.6, 3, -0.4]) {
    const samples = new Float32Array(22050);
    addCosine(samples, step, 0.25);
    const errors = samples.map((x, i) => Math.abs(x - 0.25 * Math.cos(step * i)));
    assert.ok(Math.max(...errors) < 1e-5, `${step}`);
  }
});

test('noises last for half a second', () => {
  const found = [whiteNoise, metalNoise, roomEcho].map((make) => make(CONTEXT));
  for (const {length, sampleRate} of found) {
    assert.deepEqual({length, sampleRate}, {length: 22050, sampleRate: 44100});
  }
});

test('white noise is even from -1 to 1', () => {
  const samples = whiteNoise(CONTEXT).getChannelData(0);
  assert.ok(samples.every((x) => Math.abs(x) <= 1));
  assert.ok(Math.abs(power(samples) - 1 / 3) < 0.02);
});

test('metal is as loud as 64 products of two sines, each an eighth', () => {
  const samples = metalNoise(CONTEXT).getChannelData(0);
  assert.ok(Math.abs(power(samples) - 64 / 4 / 64) < 0.05);
  assert.ok(Math.abs(samples.reduce((sum, x) => sum + x, 0) / samples.length) < 0.02);
});

test('an echo fades, differently on each side', () => {
  const echo = roomEcho(CONTEXT);
  const sides = [0, 1].map((channel) => echo.getChannelData(channel));
  for (const samples of sides) {
    const quarters = [0, 1, 2, 3].map((i) => power(samples.subarray(i * 5512, (i + 1) * 5512)));
    quarters.slice(1).forEach((later, i) => assert.ok(later < quarters[i] / 2));
  }
  assert.notDeepEqual(sides[0], sides[1]);
});
