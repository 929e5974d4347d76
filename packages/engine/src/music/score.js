/**
 * Reads the notes of a MIDI file and applies the pedals; `gm_vae.music.midi_file` documents the
 * rules.
 */

import {ChannelState, upTo} from './channel_state.js';
import {readEvents} from './midi_bytes.js';
import {applySustain} from './sustain.js';

/** @import {ChannelEvent, Flaws, MidiEvents} from './midi_bytes.js' */

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
 * A note before its instrument is known; `at` and `stop` are its start and end positions in the
 * file.
 * @typedef {Omit<Note, 'instrument'> & {track: number, at: number, stop: number}} PairedNote
 *
 * @typedef {object} Score
 * @property {number} ticksPerQuarter
 * @property {Note[]} notes by instrument, then by the file positions of their note-offs
 * @property {{tick: number, beats: number, unit: number}[]} signatures by tick
 * @property {number} qpm of the first tempo
 * @property {number} endTick
 * @property {string[]} texts its text events
 * @property {Flaws} flaws
 */

/**
 * @param {Uint8Array} data
 * @returns {Score} its notes include the time for which pedals hold them
 * @throws {import('./midi_chunks.js').MidiError}
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

/** @param {MidiEvents} events @param {ChannelState} state */
function readNotes({events, tracks}, state) {
  const messages = events.filter(({status}) => status >= 0x80 && status < 0xa0);
  const offOf = pairNotes(messages);
  const elsewhere = new Lines(messages);
  /** @type {Flaws} */
  const flaws = {};
  const count = (/** @type {string} */ kind) => {
    flaws[kind] = (flaws[kind] ?? 0) + 1;
  };
  const notes = messages.filter(isNoteOn).map((on) => {
    const {at, tick: start, track, channel, data1: pitch, data2: velocity} = on;
    const off = offOf.get(on);
    const {end, neverEnded} = off
      ? {end: off.tick, neverEnded: false}
      : elsewhere.endOf(on, tracks[track].endTick);
    const silenced = state.nextEnd(channel, start);
    if (neverEnded && end < silenced) count('no_end');
    else if (Math.min(end, silenced) === start) count('no_length');
    const {program, isDrum} = state.soundAt(channel, start);
    return {
      start, end: Math.max(Math.min(end, silenced), start + 1), pitch, velocity, program, isDrum,
      channel, track, at, stop: off?.at ?? tracks[track].stop,
    };
  });
  return {notes: withInstruments(notes), flaws};
}

/** @param {ChannelEvent} event */
const isNoteOn = ({status, data2}) => status >= 0x90 && data2 > 0;

/** @param {ChannelEvent} event */
const lineOf = ({channel, data1: pitch}) => channel * 128 + pitch;

/** Maps note-ons to their note-offs in the same track. @param {ChannelEvent[]} messages */
function pairNotes(messages) {
  /** Sounding note-ons, by track and line. @type {Map<number, ChannelEvent[]>} */
  const sounding = new Map();
  /** @type {Map<ChannelEvent, ChannelEvent>} */
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
    // a note-off ends only older notes, not those that begin at its tick, unless there are no
    // others
    const ended = older.length ? older : open;
    for (const on of ended) offOf.set(on, message);
    sounding.set(key, older.length ? open.filter(({tick}) => tick === message.tick) : []);
  }
  return offOf;
}

/** Note-ons and note-offs of each line (pitch of a channel), in all tracks. */
class Lines {
  /** @param {ChannelEvent[]} messages */
  constructor(messages) {
    /** @type {Map<number, {ons: ChannelEvent[], offs: ChannelEvent[]}>} */
    this.lines = new Map();
    for (const message of messages) {
      const {ons, offs} = this.line(message);
      (isNoteOn(message) ? ons : offs).push(message);
    }
    for (const {ons, offs} of this.lines.values()) {
      for (const rows of [ons, offs]) rows.sort((a, b) => a.tick - b.tick);
    }
  }

  /** Returns the line of a message, created if missing. @param {ChannelEvent} message */
  line(message) {
    const key = lineOf(message);
    const line = this.lines.get(key) ?? {ons: [], offs: []};
    this.lines.set(key, line);
    return line;
  }

  /**
   * Returns the end of a note without a note-off in its own track: another track's note-off, or the
   * next note-on or the track's end.
   * @param {ChannelEvent} on
   * @param {number} endTick of its track
   */
  endOf(on, endTick) {
    const {ons, offs} = this.line(on);
    const [taken, given] = [ons, offs].map((rows) => rows[upTo(rows, on.tick)]?.tick ?? Infinity);
    const neverEnded = taken < given || given === Infinity;
    return {end: neverEnded ? Math.min(taken, endTick) : given, neverEnded};
  }
}

/**
 * Adds instrument numbers to notes, in the order of the instruments' first note-offs in the file.
 * @param {PairedNote[]} notes
 * @returns {Note[]}
 */
function withInstruments(notes) {
  notes.sort((a, b) => a.stop - b.stop || a.at - b.at);
  /** @type {Map<string, number>} */
  const numbers = new Map();
  return notes.map((note) => {
    const key = [note.track, note.channel, note.isDrum, note.program].join();
    const instrument = numbers.get(key) ?? numbers.size;
    numbers.set(key, instrument);
    return {...note, instrument};
  }).sort((a, b) => a.instrument - b.instrument);
}

/**
 * Sorts by tick; of events at the same tick, keeps the last one of the first track.
 * @template {{tick: number, track: number}} Meta
 * @param {Meta[]} metas
 */
function byTick(metas) {
  /** @type {Map<number, Meta>} */
  const kept = new Map();
  for (const meta of metas) {
    const other = kept.get(meta.tick);
    if (!other || other.track === meta.track) kept.set(meta.tick, meta);
  }
  return [...kept.values()].sort((a, b) => a.tick - b.tick);
}
