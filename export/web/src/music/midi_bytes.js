/** The bytes of a Standard MIDI File -> events, as `gm_vae.music.midi_bytes` reads them. */

import {MIDI} from '../generated/tables.js';

const [META, SYSEX, SYSEX_END] = [0xff, 0xf0, 0xf7];
const [TEXT, PORT, END_OF_TRACK, TEMPO, TIME_SIGNATURE] = [0x01, 0x21, 0x2f, 0x51, 0x58];
const TRACK = [...'MTrk'].map((letter) => letter.charCodeAt(0));
const END_EVENT = [META, END_OF_TRACK, 0];
const ENDLESS = 2 ** 32; // a variable-length number of more than 32 bits, or more

/** Bytes that are not a MIDI file that we can read; the message is a sentence for people. */
export class MidiError extends Error {}

/**
 * A channel event: absolute tick, MIDI track, status byte, data bytes; `at` orders a file's events.
 * `channel` is 16 * port + MIDI channel.
 * @typedef {{at: number, tick: number, track: number, port: number, channel: number,
 *   status: number, data1: number, data2: number}} ChannelEvent
 *
 * @typedef {object} MidiEvents
 * @property {number} ticksPerQuarter
 * @property {ChannelEvent[]} events in file order
 * @property {{track: number, tick: number, beats: number, unit: number}[]} signatures
 * @property {{track: number, tick: number, microseconds: number}[]} tempos
 * @property {{at: number, tick: number, port: number, content: Uint8Array}[]} exclusives
 *   short system exclusive messages, without their status
 * @property {{stop: number, endTick: number}[]} tracks where and when each ends
 * @property {string[]} texts
 * @property {Object<string, number>} flaws what was mended or passed over, by kind (`MIDI.flaws`)
 */

/**
 * @param {Uint8Array} data
 * @returns {MidiEvents}
 * @throws {MidiError}
 */
export function readEvents(data) {
  if (data.length > MIDI.maxBytes) throw new MidiError('This file is too large for a MIDI file.');
  if (!data.length) throw new MidiError('This is not a MIDI file: it is empty.');
  const begin = unwrapRiff(data);
  const start = find(data.subarray(0, begin + MIDI.maxPreambleBytes), codes('MThd'), begin);
  if (start < 0) throw new MidiError('This is not a MIDI file: it does not begin with MThd.');
  if (data.length < start + 14) throw new MidiError('The MIDI file ends within its header.');
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const headerBytes = view.getUint32(start + 4);
  const kind = view.getUint16(start + 8);
  const division = view.getUint16(start + 12);
  if (headerBytes < 6 || kind > 2) throw new MidiError("The MIDI file's header is damaged.");
  if (kind === 2) {
    throw new MidiError(
      'The MIDI file is of format 2, a set of patterns; save it as format 0 or 1.');
  }
  if (division & 0x8000) {
    throw new MidiError(
      'The MIDI file counts time in SMPTE frames, which have no bars; save it with beats.');
  }
  if (!division) throw new MidiError("The MIDI file's header is damaged.");
  const reader = new Reader(data, division);
  trackChunks(data, view, start + 8 + headerBytes, view.getUint16(start + 10))
    .forEach((chunk, track) => reader.readTrack(track, chunk));
  return reader.finish();
}

const codes = (text) => [...text].map((letter) => letter.charCodeAt(0));

const holds = (data, content, at) => content.every((byte, i) => data[at + i] === byte);

/** The first place of some bytes from a position on, or -1. */
function find(data, content, position) {
  let at = data.indexOf(content[0], position);
  while (at >= 0 && !holds(data, content, at)) at = data.indexOf(content[0], at + 1);
  return at;
}

function unwrapRiff(data) {
  if (!holds(data, codes('RIFF'), 0) || !holds(data, codes('RMID'), 8)) return 0;
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  for (let position = 12; position + 8 <= data.length; ) {
    if (holds(data, codes('data'), position)) return position + 8;
    const size = view.getUint32(position + 4, true);
    position += 8 + size + (size % 2);
  }
  throw new MidiError('The RIFF file holds no MIDI data.');
}

/**
 * Tracks. Chunks of other kinds are skipped. What is not a chunk is skipped only while tracks of the
 * declared number are missing: behind them it may hold those of an older, longer file.
 */
function trackChunks(data, view, position, declared) {
  const chunks = [];
  for (let i = 0; i < 2 * MIDI.maxTracks && position + 8 <= data.length; i++) {
    const first = position + 8;
    if (holds(data, TRACK, position)) {
      const chunk = {first, ...trackStop(data, view, first)};
      chunks.push(chunk);
      position = chunk.stop;
    } else if (isChunk(data, view, position)) {
      position = first + view.getUint32(first - 4);
    } else {
      position = chunks.length < declared ? find(data, TRACK, position) : -1;
      if (position < 0) break;
    }
  }
  if (!chunks.length) throw new MidiError('The MIDI file has no tracks.');
  if (chunks.length > MIDI.maxTracks) throw new MidiError('The MIDI file has too many tracks.');
  return chunks;
}

/** Where a track's content ends at the latest, and whether that is what its size says. */
function trackStop(data, view, first) {
  const stop = first + view.getUint32(first - 4);
  const atEndEvent = holds(data, END_EVENT, stop - END_EVENT.length);
  const nextFits = stop < data.length && (atEndEvent || isChunk(data, view, stop));
  if (stop === data.length || nextFits) return {stop, sizeIsRight: true};
  const following = find(data, TRACK, first);
  if (following >= 0) return {stop: following, sizeIsRight: false};
  if (stop > data.length) return {stop: data.length, sizeIsRight: false};
  const endEvent = find(data, END_EVENT, Math.max(first, stop - END_EVENT.length + 1));
  return endEvent < 0
    ? {stop, sizeIsRight: true}
    : {stop: endEvent + END_EVENT.length, sizeIsRight: false};
}

/** Whether a chunk may begin there: a track, or four letters or digits and a size that fits. */
function isChunk(data, view, position) {
  if (holds(data, TRACK, position)) return true;
  const kind = String.fromCharCode(...data.subarray(position, position + 4));
  return /^[0-9A-Za-z]{4}$/.test(kind) && position + 8 <= data.length &&
    position + 8 + view.getUint32(position + 4) <= data.length;
}

class Reader {
  constructor(data, ticksPerQuarter) {
    this.data = data;
    this.longestDelay = MIDI.longestDelayQuarters * ticksPerQuarter;
    this.found = {
      ticksPerQuarter, events: [], signatures: [], tempos: [], exclusives: [], tracks: [],
      texts: [], flaws: {},
    };
    // Running status: the last one of an event of one and of two data bytes.
    this.statuses = [null, null, null];
    this.ports = new Set([0]); // their numbers in the file
    this.others = 0; // meta events, system exclusive and stray bytes
    this.soundBytes = 0; // of channel events
    this.firstFault = '';
    this.faults = 0; // flaws that noise would have
  }

  /** One track, from its first byte to its end event or the stop byte. */
  readTrack(track, {first: begin, stop, sizeIsRight}) {
    const {found} = this;
    let {data} = this;
    let position = begin;
    let size = 0; // data bytes of messages in running status; 0 before the first status
    let tick = 0;
    let port = 0; // by its number in the file
    let [ended, cut] = [false, false];
    while (position < stop) {
      const next = size ? this.event(position, stop, size, track, tick, port) : null;
      if (next) {
        [position, tick] = next;
        continue;
      }
      let [delta, at] = this.number(position, stop);
      if (at >= stop) {
        cut = true;
        break;
      }
      const byte = data[at];
      if (byte >= 0x80 && byte < 0xf0) {
        size = dataBytes(byte);
        const begun = this.event(position, stop, size, track, tick, port);
        if (begun) {
          [position, tick] = begun;
          continue;
        }
      }
      if (delta > this.longestDelay) {
        this.flaw('impossible_time');
        delta = 0;
      }
      if (byte < 0xf0) {
        const first = at + (byte >= 0x80 ? 1 : 0);
        if (!size) {
          this.fault('stray_byte', track, at);
          position = at + 1;
        } else if (first + size > stop) {
          cut = true;
          break;
        } else if (data[first] >= 0x80) {
          this.fault('byte_over_127', track, at);
          position = first + size;
        } else if (data[first + size - 1] >= 0x80) {
          this.fault('byte_over_127', track, at);
          data = this.data = data.slice();
          data[first + size - 1] = 0x7f;
          continue;
        } else { // only its delta time is longer than four bytes: keep the last of them
          position = at - 1;
          delta -= data[position];
        }
        tick += delta;
        continue;
      }

      tick += delta;
      if (++this.others > MIDI.maxMessages) {
        throw new MidiError('The MIDI file has too many tempos, texts and the like for a song.');
      }
      if (byte !== META && byte !== SYSEX && byte !== SYSEX_END) {
        this.fault('stray_byte', track, at);
        position = at + 1 + (MIDI.dataOfSystemCommon[byte] ?? 0);
        continue;
      }
      const isMeta = byte === META;
      const kind = isMeta && at + 1 < stop ? data[at + 1] : byte;
      const [length, first] = this.number(at + 1 + (isMeta ? 1 : 0), stop);
      position = first + length;
      if (position > stop) {
        this.fault('long_message', track, at);
        if (isMeta) {
          position = first + (MIDI.metaLengths[kind] ?? length);
        } else {
          const end = data.subarray(0, stop).indexOf(SYSEX_END, first);
          if (end >= 0) position = end + 1;
        }
        if (position > stop) break;
        if (kind !== END_OF_TRACK) continue;
      }
      const content = data.subarray(first, position);
      if (!isMeta) {
        if (byte === SYSEX && length <= MIDI.maxSysexBytes) {
          found.exclusives.push({at: first, tick, port, content});
        }
      } else if (kind === END_OF_TRACK) {
        ended = true;
        break;
      } else if (kind === TEMPO) {
        this.tempo(track, tick, content);
      } else if (kind === TIME_SIGNATURE) {
        this.signature(track, tick, content);
      } else if (kind === PORT && length) {
        [port] = content;
        this.ports.add(port);
      } else if (kind === TEXT) {
        found.texts.push(new TextDecoder().decode(content));
      }
    }
    found.tracks.push({stop, endTick: tick});
    if (cut || !(ended || sizeIsRight)) this.flaw('cut_short');
    else if (!sizeIsRight) this.flaw('wrong_size');
  }

  /**
   * Takes a sound channel event with as many data bytes, its status written or not.
   * @returns {?number[]} position and tick after it, or null if none is there
   */
  event(position, stop, size, track, tick, port) {
    const {data} = this;
    let at = position;
    let delta = 0;
    while (at < stop && at < position + 3 && data[at] >= 0x80) delta = delta * 128 + data[at++] % 128;
    if (at >= stop || data[at] >= 0x80) return null;
    delta = delta * 128 + data[at++];
    let status = null;
    if (at < stop && data[at] >= 0x80) {
      status = data[at++];
      if (status >= 0xf0 || dataBytes(status) !== size) return null;
    }
    if (at + size > stop || data[at] >= 0x80 || data[at + size - 1] >= 0x80) return null;
    if (delta > this.longestDelay) {
      this.flaw('impossible_time');
      delta = 0;
    }
    tick += delta;
    if (tick > MIDI.maxTicks) throw new MidiError('A time in the MIDI file is damaged.');
    const {events} = this.found;
    const data2 = size > 1 ? data[at + 1] : 0;
    // without any status in the file so far it is no event that counts, whatever its data
    this.statuses[size] = status ?? this.statuses[size] ?? data[at];
    events.push({at, tick, track, port, status: this.statuses[size], data1: data[at], data2});
    if (events.length > MIDI.maxEvents) {
      throw new MidiError('The MIDI file has over a million events; no song has as many.');
    }
    this.soundBytes += at + size - position;
    return [at + size, tick];
  }

  tempo(track, tick, content) {
    const microseconds = (content[0] << 16) | (content[1] << 8) | content[2];
    if (content.length >= 3 && microseconds) this.found.tempos.push({track, tick, microseconds});
    else this.flaw('impossible_tempo');
  }

  signature(track, tick, [beats, power]) {
    if (power !== undefined && beats && power <= MIDI.maxUnitPower) {
      this.found.signatures.push({track, tick, beats, unit: 1 << power});
    } else {
      this.flaw('impossible_meter');
    }
  }

  finish() {
    if (this.faults * MIDI.soundBytesPerFault > this.soundBytes) {
      throw new MidiError(this.firstFault);
    }
    const {events, exclusives} = this.found;
    // ports are numbered from 0 in the order of their numbers in the file
    const ports = [...this.ports].sort((a, b) => a - b);
    for (const message of exclusives) message.port = ports.indexOf(message.port);
    for (const event of events) {
      event.port = ports.length > 1 ? ports.indexOf(event.port) : 0;
      event.channel = MIDI.channels * event.port + event.status % MIDI.channels;
    }
    return this.found;
  }

  /** A variable-length number and the position after it; past `stop` if it does not end. */
  number(position, stop) {
    const {data} = this;
    let value = 0;
    for (let at = position; at < stop; at++) {
      value = Math.min(value * 128 + data[at] % 128, 2 ** 40);
      if (data[at] < 0x80) return [at - position < 5 ? value : Math.min(value, ENDLESS), at + 1];
    }
    return [ENDLESS, stop + 1];
  }

  flaw(kind) {
    this.found.flaws[kind] = (this.found.flaws[kind] ?? 0) + 1;
  }

  /** Counts a flaw that noise would have. */
  fault(kind, track, at) {
    this.flaw(kind);
    this.firstFault ||= `The MIDI file is damaged at byte ${at}, in track ${track + 1}.`;
    if (++this.faults > MIDI.maxFaults) throw new MidiError(this.firstFault);
  }
}

const dataBytes = (status) => (status >= 0xc0 && status < 0xe0 ? 1 : 2);
