import assert from 'node:assert/strict';
import {test} from 'node:test';

import {MidiOut} from '../../../export/web/src/sound/midi_out.js';
import {seeded} from '../vectors.mjs';

const ORIGIN = 5000; // ms of the page at time 0 of the context

/** A port that keeps what it is sent, and a context whose clocks are read with some error. */
function virtual(errorMs = 0, random = seeded(1)) {
  const sent = [];
  const port = {send: (message, ms) => sent.push({message, ms})};
  const context = {
    currentTime: 0,
    getOutputTimestamp() {
      const contextTime = this.currentTime + 1;
      const error = errorMs * (2 * random() - 1);
      return {contextTime, performanceTime: ORIGIN + 1000 * contextTime + error};
    },
  };
  return {sent, context, out: new MidiOut(port, context)};
}

test('messages come at the time of the sound', () => {
  const {sent, context, out} = virtual();
  for (const time of [0.5, 1.25, 700]) {
    context.currentTime = time - 0.2;
    out.send([0x90, 60, 100], time);
  }
  assert.deepEqual(sent.map(({ms}) => Math.round(ms)), [5500, 6250, 705000]);
});

test('1,000 even messages stay even though the clocks are read unevenly', () => {
  const {sent, context, out} = virtual(8);
  for (let i = 0; i < 1000; i++) {
    context.currentTime = i / 48;
    out.tick((i + 12) / 48);
  }
  const gaps = sent.slice(1).map(({ms}, i) => ms - sent[i].ms - 1000 / 48);
  assert.ok(Math.max(...gaps.map(Math.abs)) < 0.5);
  assert.ok(Math.max(...sent.map(({ms}, i) => Math.abs(ms - ORIGIN - (1000 * (i + 12)) / 48))) < 9);
});

test('the start of a song is given in sixteenths', () => {
  const {sent, out} = virtual();
  out.begin(0, 1);
  out.begin(16 * 20, 1);
  out.end();
  assert.deepEqual(sent.map(({message}) => message),
    [[0xfa], [0xf2, 320 & 127, 320 >> 7], [0xfb], [0xfc]]);
});

test('silence ends notes on all channels', () => {
  const {sent, out} = virtual();
  out.silence();
  for (const controller of [120, 123]) {
    assert.deepEqual(sent.filter(({message}) => message[1] === controller)
      .map(({message}) => message[0] & 15), [...Array(16).keys()]);
  }
});
