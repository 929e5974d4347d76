/** What the page's writer does that the package's has no need of: volumes, and swapped sounds. */

import assert from 'node:assert/strict';
import {test} from 'node:test';

import {Format} from '../../../packages/engine/src/music/format.js';
import {writeMidi} from '../../../packages/engine/src/music/midi_writer.js';
import {makeSong} from '../../../packages/engine/src/music/song.js';
import {NoteSender, sequence} from '../../../export/web/src/sound/sequence.js';

const format = new Format();

/** A track of one note, which begins at a step. */
const track = (program, start) => ({
  tokens: [format.program + program, format.velocity + 3,
    ...(start ? [format.timeShift + start - 1] : []), program === 128 ? 36 : 60,
    format.timeShift + 9, format.end],
});
const song = (...bars) => makeSong(bars.map((tracks) => ({symbols: ['C', 'C'], tracks})), format);

/** Events of each track of a file: {name, events [tick, status, ...data]}. */
function tracksOf(bytes) {
  let at = 14;
  const tracks = [];
  const number = () => {
    let value = 0;
    for (;;) {
      const byte = bytes[at++];
      value = value * 128 + (byte & 127);
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    at += 8;
    const found = {name: '', events: []};
    for (let tick = 0, ended = false; !ended;) {
      tick += number();
      const status = bytes[at++];
      if (status === 0xff) {
        const kind = bytes[at++];
        const size = number();
        if (kind === 3) found.name = new TextDecoder().decode(bytes.subarray(at, at + size));
        ended = kind === 0x2f;
        at += size;
      } else {
        const count = status >> 4 === 0xc ? 1 : 2;
        found.events.push([tick, status, ...bytes.subarray(at, at + count)]);
        at += count;
      }
    }
    tracks.push(found);
  }
  return tracks.slice(1);
}

/** How loud each note-on is: [tick, channel, pitch, CC7], as a player takes a file. */
function loudnessOf(bytes) {
  const volumes = new Map();
  const all = tracksOf(bytes).flatMap(({events}) => events);
  const ordered = all.map((event, i) => [event, i]).sort(([a, i], [b, j]) => a[0] - b[0] || i - j);
  return ordered.flatMap(([[tick, status, one, two]]) => {
    const channel = status & 15;
    if (status >> 4 === 0xb && one === 7) volumes.set(channel, two);
    return status >> 4 === 9 ? [[tick, channel, one, volumes.get(channel) ?? 100]] : [];
  });
}

/** The same as it is heard live. */
function heardLive(played, mix) {
  const volumes = new Map();
  const heard = [];
  const step = Math.ceil(480 / format.stepsPerQuarter);
  const sender = new NoteSender({
    send([status, one, two], time) {
      if (status >> 4 === 0xb) volumes.set(status & 15, two);
      if (status >> 4 === 9) heard.push([time * step, status & 15, one, volumes.get(status & 15)]);
    },
  });
  for (const note of sequence(played)) {
    const part = played.parts[note.part];
    sender.play(note, {...mix(part), isDrum: part.isDrum}, note.start, note.end);
  }
  return heard;
}

const sorted = (rows) => rows.map((row) => row.join()).sort();

test('a newcomer on a channel does not keep the volume of who had it before', () => {
  // 16 instruments, one a bar: the last takes the channel of the first, which was turned down
  const many = song(...Array.from({length: 16}, (_, program) => [track(program, 0)]));
  const mix = ({program}) => ({heard: true, program, volume: program === 0 ? 10 : 100});
  const loud = loudnessOf(writeMidi(many, {qpm: 120, mix}));
  assert.deepEqual(loud.map((row) => row.at(-1)), [10, ...Array(15).fill(100)]);
  assert.equal(loud.at(-1)[1], loud[0][1]);
  assert.deepEqual(sorted(loud), sorted(heardLive(many, mix)));
});

test('drums that share their channel are as loud as they are heard', () => {
  const drums = song([track(128, 0), track(128, 24)], [track(128, 0), track(128, 24)]);
  const mix = ({program, number}) => ({heard: true, program, volume: number ? 30 : 90});
  const loud = loudnessOf(writeMidi(drums, {qpm: 120, mix}));
  assert.deepEqual(loud.map((row) => row.at(-1)), [90, 30, 90, 30]);
  assert.deepEqual(sorted(loud), sorted(heardLive(drums, mix)));
});

test('tracks are named by their instruments, each name once', () => {
  const duet = song([track(0, 0), track(0, 24), track(73, 0), track(128, 0)]);
  const names = (choices) => tracksOf(writeMidi(duet, {
    qpm: 120, mix: ({key, program}) => ({heard: true, program: choices[key] ?? program, volume: 100}),
  })).map(({name}) => name);
  assert.deepEqual(names({}), ['Acoustic Grand Piano', 'Acoustic Grand Piano 2', 'Flute', 'Drums']);
  assert.deepEqual(names({'0.1': 73}), ['Acoustic Grand Piano', 'Flute 2', 'Flute', 'Drums']);
  assert.deepEqual(names({'0.0': 40, '0.1': 40}), ['Violin', 'Violin 2', 'Flute', 'Drums']);
});
