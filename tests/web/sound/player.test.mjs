import assert from 'node:assert/strict';
import {afterEach, beforeEach, mock, test} from 'node:test';

import {Format} from '../../../packages/engine/src/music/format.js';
import {Player} from '../../../export/web/src/sound/player.js';

const QPM = 120;
const STEPS_PER_SECOND = 48; // at that tempo
const BAR = 96; // steps

let context;
let sent;
let player;

/** As many bars, with a note at the start of each whose pitch is the bar's number. */
function song(bars) {
  const part = {key: '0.0', program: 0, number: 0, isDrum: false, name: 'Piano'};
  return {
    format: new Format(),
    bars,
    parts: [part],
    notes: Array.from({length: bars}, (_, bar) => ({
      part: 0, pitch: bar, velocity: 100, start: bar * BAR, end: bar * BAR + 12,
    })),
    channels: Array.from({length: bars}, () => new Map([[0, 0]])),
    chordChanges: [],
  };
}

/** Advances the audio clock in the player's own intervals, to `seconds`. */
function playTo(seconds) {
  while (context.currentTime < seconds) {
    context.currentTime += 0.06;
    mock.timers.tick(60);
  }
}

/** Pitches of the notes from a time on, in the order in which they begin. */
const pitchesAfter = (seconds) => sent
  .filter(({message: [status], time}) => status >> 4 === 9 && time > seconds)
  .sort((a, b) => a.time - b.time)
  .map(({message}) => message[1]);

beforeEach(() => {
  mock.timers.enable({apis: ['setInterval']});
  globalThis.window = globalThis;
  sent = [];
  context = {currentTime: 0, outputLatency: 0};
  player = new Player(() => ({heard: true, program: 0, volume: 100}));
  player.useSynth(context, {
    send: (message, time) => sent.push({message, time}),
    silence: () => {},
  });
  player.setTempo(QPM);
});

afterEach(() => {
  player.stop();
  mock.timers.reset();
  delete globalThis.window;
});

for (const [what, bars] of [['a bar more', 3], ['a bar less', 1], ['twice the bars', 4]]) {
  test(`with ${what} it stays in its bar, in later rounds as in the first`, () => {
    for (const round of [0, 1, 5]) {
      player.setSong(song(2));
      player.play(0);
      playTo(context.currentTime + (round * 2 * BAR + 40) / STEPS_PER_SECOND);
      const before = player.step;
      assert.ok(before > 20 && before < BAR, `${before}`);
      player.setSong(song(bars));
      assert.equal(player.step.toFixed(6), before.toFixed(6));
      const now = context.currentTime;
      playTo(now + (4 * BAR) / STEPS_PER_SECOND);
      const expected = Array.from({length: 4}, (_, i) => (i + 1) % bars);
      assert.deepEqual(pitchesAfter(now).slice(0, 4), expected);
      player.stop();
    }
  });
}

test('if its bar is gone it continues elsewhere, at the same position in the bar', () => {
  player.setSong(song(3));
  player.play(0);
  playTo((3 * BAR + 2 * BAR + 40) / STEPS_PER_SECOND); // in the third bar of the second round
  const before = player.step;
  player.setSong(song(2));
  assert.equal(player.step.toFixed(6), (before - 2 * BAR).toFixed(6));
});

test('without repeating it still ends with the song', () => {
  player.setSong(song(2));
  player.play(0);
  playTo((2 * 2 * BAR + 40) / STEPS_PER_SECOND); // in the third round
  player.loop = false;
  player.setSong(song(3));
  let ended = 0;
  player.onStop = () => ended++;
  playTo(context.currentTime + (3 * BAR) / STEPS_PER_SECOND);
  assert.equal(ended, 1);
  assert.equal(player.step, 0);
});

test('who follows the song hears 24 ticks a quarter, its beginning and its end', () => {
  const told = [];
  player.useSynth(context, {
    send: () => {},
    silence: () => {},
    begin: (sixteenths, time) => told.push(['begin', sixteenths, time]),
    tick: (time) => told.push(['tick', time]),
    end: () => told.push(['end']),
  });
  player.setSong(song(2));
  player.play(BAR + 12); // an eighth into the second bar
  playTo(context.currentTime + 3);
  player.stop();
  const [[what, sixteenths, start], ...rest] = told;
  assert.deepEqual([what, sixteenths], ['begin', 18]);
  assert.deepEqual(rest.pop(), ['end']);
  assert.ok(rest.length > 140); // through the end of a round, at 48 a second
  rest.forEach(([tick, time], i) => {
    assert.equal(tick, 'tick');
    assert.ok(Math.abs(time - start - i / 48) < 1e-9);
  });
});
