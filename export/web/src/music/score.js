/** A MIDI file -> its notes, with the pedal applied (`gm_vae.music.midi_file` and `sustain`). */

import {readEvents} from './midi_bytes.js';

const DRUM_CHANNEL = 9;
const PEDAL = 64; // the controller, and the value from which it is down

/**
 * @typedef {object} Note
 * @property {number} start in ticks
 * @property {number} end in ticks, after start
 * @property {number} pitch
 * @property {number} velocity 1..127
 * @property {number} program 0..127
 * @property {boolean} isDrum
 * @property {number} channel 16 * MIDI track + channel
 * @property {number} instrument numbered in file order
 *
 * @typedef {object} Score
 * @property {number} ticksPerQuarter
 * @property {Note[]} notes by instrument, then by where they end
 * @property {{tick: number, beats: number, unit: number}[]} signatures by tick
 * @property {number} qpm of the first tempo
 * @property {number} endTick
 * @property {string[]} texts its text events
 */

/**
 * @param {Uint8Array} data
 * @returns {Score} notes last as long as the pedal held them
 * @throws {import('./midi_bytes.js').MidiError}
 */
export function readScore(data) {
  const {ticksPerQuarter, events, signatures, tempos, texts} = readEvents(data);
  const notes = withInstruments(pairNotes(events), events);
  const pedals = events
    .filter(({status, data1}) => (status & 0xf0) === 0xb0 && data1 === PEDAL)
    .map(({tick, track, status, data2}) => ({
      tick, channel: 16 * track + (status & 15), down: data2 >= PEDAL,
    }));
  const [tempo] = byTick(tempos);
  const sounding = applySustain(notes, pedals);
  return {
    ticksPerQuarter,
    notes: sounding,
    signatures: byTick(signatures),
    qpm: tempo?.microseconds ? 6e7 / tempo.microseconds : 120,
    endTick: sounding.reduce((end, note) => Math.max(end, note.end), 0),
    texts,
  };
}

/** Pairs of [note-on, note-off] events: one note-off ends every sounding note of its key. */
function pairNotes(events) {
  const sounding = new Map(); // key -> note-ons
  const pairs = [];
  for (const event of events) {
    const kind = event.status & 0xf0;
    if (kind !== 0x80 && kind !== 0x90) continue;
    const key = ((event.track * 16 + (event.status & 15)) << 7) | event.data1;
    const open = sounding.get(key) ?? [];
    if (kind === 0x90 && event.data2 > 0) {
      sounding.set(key, [...open, event]);
      continue;
    }
    const older = open.filter(({tick}) => tick !== event.tick);
    for (const on of older) pairs.push([on, event]);
    // notes that begin here go on while an older one ends
    sounding.set(key, older.length ? open.filter(({tick}) => tick === event.tick) : []);
  }
  return pairs;
}

function withInstruments(pairs, events) {
  const programAt = programFinder(events);
  const notes = pairs.map(([on, off]) => {
    const channel = 16 * on.track + (on.status & 15);
    return {
      start: on.tick,
      end: off.tick,
      pitch: on.data1,
      velocity: on.data2,
      program: programAt(channel, off.at),
      isDrum: channel % 16 === DRUM_CHANNEL,
      channel,
      onAt: on.at,
      offAt: off.at,
    };
  });
  notes.sort((a, b) => a.offAt - b.offAt || a.onAt - b.onAt);
  const numbers = new Map();
  for (const note of notes) {
    const key = note.channel * 128 + note.program;
    if (!numbers.has(key)) numbers.set(key, numbers.size);
    note.instrument = numbers.get(key);
  }
  return notes.sort((a, b) => a.instrument - b.instrument);
}

/** (channel, place in the file) -> the program in force there. */
function programFinder(events) {
  const changes = new Map(); // channel -> events in file order
  for (const event of events) {
    if ((event.status & 0xf0) !== 0xc0) continue;
    const channel = 16 * event.track + (event.status & 15);
    if (!changes.has(channel)) changes.set(channel, []);
    changes.get(channel).push(event);
  }
  return (channel, place) => {
    let program = 0;
    for (const {at, data1} of changes.get(channel) ?? []) {
      if (at >= place) break;
      program = data1;
    }
    return program;
  };
}

/** By tick; at one tick the last event of the first track counts. */
function byTick(metas) {
  const kept = new Map();
  for (const meta of metas) {
    const other = kept.get(meta.tick);
    if (!other || other.track === meta.track) kept.set(meta.tick, meta);
  }
  return [...kept.values()].sort((a, b) => a.tick - b.tick);
}

/** See `gm_vae.music.sustain.apply_sustain`. */
function applySustain(notes, pedals) {
  const timelines = new Map(); // channel -> [{tick, down}], press before release at one tick
  for (const pedal of pedals) {
    if (!timelines.has(pedal.channel)) timelines.set(pedal.channel, []);
    timelines.get(pedal.channel).push(pedal);
  }
  for (const line of timelines.values()) {
    line.sort((a, b) => a.tick - b.tick || b.down - a.down);
  }
  let endOfPiece = 0;
  for (const {end} of notes) endOfPiece = Math.max(endOfPiece, end);
  for (const {tick} of pedals) endOfPiece = Math.max(endOfPiece, tick);
  const isDown = (line, tick) => {
    let down = false;
    for (const pedal of line) {
      if (pedal.tick > tick) break;
      down = pedal.down;
    }
    return down;
  };
  const played = notes
    .map((note, place) => ({note, place}))
    .filter(({note}) => timelines.has(note.channel) && !note.isDrum)
    .sort((a, b) =>
      a.note.instrument - b.note.instrument ||
      a.note.pitch - b.note.pitch ||
      a.note.start - b.note.start);
  const ends = notes.map(({end}) => end);
  for (const {note, place} of played) {
    const line = timelines.get(note.channel);
    if (!isDown(line, note.end)) continue;
    const release = line.find(({tick, down}) => !down && tick > note.end);
    ends[place] = release ? Math.min(release.tick, endOfPiece) : endOfPiece;
  }
  let struck = null; // the next note of the same pitch that begins under the pedal
  for (let i = played.length - 1; i >= 0; i--) {
    const {note, place} = played[i];
    const follows = struck && struck.instrument === note.instrument && struck.pitch === note.pitch;
    if (follows) ends[place] = Math.min(ends[place], struck.start);
    if (isDown(timelines.get(note.channel), note.start)) struck = note;
  }
  return notes
    .map((note, place) => ({...note, end: ends[place]}))
    .filter(({start, end}) => end > start);
}
