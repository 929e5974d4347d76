/** A MIDI file -> its notes, with the pedals applied (`gm_vae.music.midi_file`, which has the rules). */

import {ChannelState, upTo} from './channel_state.js';
import {readEvents} from './midi_bytes.js';
import {applySustain} from './sustain.js';

/**
 * @typedef {object} Note
 * @property {number} start in ticks
 * @property {number} end in ticks, after start
 * @property {number} pitch
 * @property {number} velocity 1..127
 * @property {number} program 0..127
 * @property {boolean} isDrum
 * @property {number} channel 16 * port + MIDI channel
 * @property {number} instrument numbered in file order
 *
 * @typedef {object} Score
 * @property {number} ticksPerQuarter
 * @property {Note[]} notes by instrument, then by where their note-offs are
 * @property {{tick: number, beats: number, unit: number}[]} signatures by tick
 * @property {number} qpm of the first tempo
 * @property {number} endTick
 * @property {string[]} texts its text events
 * @property {Object<string, number>} flaws what was mended or passed over, by kind
 */

/**
 * @param {Uint8Array} data
 * @returns {Score} notes last as long as the pedals held them
 * @throws {import('./midi_bytes.js').MidiError}
 */
export function readScore(data) {
  const read = readEvents(data);
  const state = new ChannelState(read);
  const [tempo] = byTick(read.tempos);
  const {notes, flaws} = readNotes(read, state);
  applySustain(notes, state, read.ticksPerQuarter);
  return {
    ticksPerQuarter: read.ticksPerQuarter,
    notes,
    signatures: byTick(read.signatures),
    qpm: tempo ? 6e7 / tempo.microseconds : 120,
    endTick: notes.reduce((end, note) => Math.max(end, note.end), 0),
    texts: read.texts,
    flaws: {...read.flaws, ...flaws},
  };
}

function readNotes({events, tracks}, state) {
  const messages = events.filter(({status}) => status >= 0x80 && status < 0xa0);
  const offOf = pairNotes(messages);
  const elsewhere = new Lines(messages);
  const flaws = {};
  const count = (kind) => (flaws[kind] = (flaws[kind] ?? 0) + 1);
  const notes = messages.filter(isNoteOn).map((on) => {
    const {at, tick: start, track, channel, data1: pitch, data2: velocity} = on;
    const off = offOf.get(on);
    let end = off?.tick;
    let neverEnded = false;
    if (!off) {
      const given = elsewhere.next('offs', on);
      const taken = elsewhere.next('ons', on);
      neverEnded = taken < given || given === Infinity;
      end = neverEnded ? Math.min(taken, tracks[track].endTick) : given;
    }
    const silenced = state.nextEnd(channel, start);
    if (neverEnded && end < silenced) count('no_end');
    else if (Math.min(end, silenced) === start) count('no_length');
    end = Math.max(Math.min(end, silenced), start + 1);
    const stop = off?.at ?? tracks[track].stop;
    return {start, end, pitch, velocity, ...soundOf(state, channel, start), channel, track, at, stop};
  });
  return {notes: withInstruments(notes), flaws};
}

const isNoteOn = ({status, data2}) => status >= 0x90 && data2 > 0;

const soundOf = (state, channel, tick) => {
  const {program, isDrum} = state.soundAt(channel, tick);
  return {program, isDrum};
};

const lineOf = ({channel, data1: pitch}) => channel * 128 + pitch;

/** Note-on -> the note-off of its own track that ends it. */
function pairNotes(messages) {
  const sounding = new Map(); // track and line -> note-ons
  const offOf = new Map();
  for (const message of messages) {
    const key = message.track * 2 ** 24 + lineOf(message);
    const open = sounding.get(key) ?? [];
    if (isNoteOn(message)) {
      open.push(message);
      sounding.set(key, open);
      continue;
    }
    const older = open.filter(({tick}) => tick !== message.tick);
    // notes that begin here go on while an older one ends
    const ended = older.length ? older : open;
    for (const on of ended) offOf.set(on, message);
    sounding.set(key, older.length ? open.filter(({tick}) => tick === message.tick) : []);
  }
  return offOf;
}

/** When each pitch of each channel is struck and ended, in any track. */
class Lines {
  constructor(messages) {
    this.lines = new Map();
    for (const message of messages) {
      const line = lineOf(message);
      if (!this.lines.has(line)) this.lines.set(line, {ons: [], offs: []});
      this.lines.get(line)[isNoteOn(message) ? 'ons' : 'offs'].push(message);
    }
    for (const {ons, offs} of this.lines.values()) {
      for (const rows of [ons, offs]) rows.sort((a, b) => a.tick - b.tick);
    }
  }

  /** The tick of the next one after a note-on, or Infinity. */
  next(kind, on) {
    const rows = this.lines.get(lineOf(on))[kind];
    return rows[upTo(rows, on.tick)]?.tick ?? Infinity;
  }
}

/** Notes with the numbers of their instruments: by MIDI track, then by the first note-off. */
function withInstruments(notes) {
  notes.sort((a, b) => a.stop - b.stop || a.at - b.at);
  const numbers = new Map();
  for (const note of notes) {
    const key = [note.track, note.channel, note.isDrum, note.program].join();
    if (!numbers.has(key)) numbers.set(key, numbers.size);
    note.instrument = numbers.get(key);
  }
  return notes.sort((a, b) => a.instrument - b.instrument);
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
