/** The bytes of a Standard MIDI File -> events, as `gm_vae.music.midi_bytes` reads them. */

import {MIDI} from '../generated/tables.js';
import {MidiError, readChunks} from './midi_chunks.js';
import {TrackReader} from './midi_track.js';

/**
 * A channel event: absolute tick, MIDI track, status byte, data bytes; `at` orders a file's events.
 * `channel` is 16 * port + MIDI channel.
 * @typedef {{at: number, tick: number, track: number, port: number, channel: number,
 *   status: number, data1: number, data2: number}} ChannelEvent
 *
 * @typedef {{track: number, tick: number, beats: number, unit: number}} Signature
 *
 * @typedef {{track: number, tick: number, microseconds: number}} Tempo
 *
 * A short system exclusive message, without its status.
 * @typedef {{at: number, tick: number, port: number, content: Uint8Array}} Exclusive
 *
 * Counts of what was mended or skipped, by kind (`MIDI.flaws`).
 * @typedef {Record<string, number>} Flaws
 *
 * @typedef {object} MidiEvents
 * @property {number} ticksPerQuarter
 * @property {ChannelEvent[]} events in file order
 * @property {Signature[]} signatures
 * @property {Tempo[]} tempos
 * @property {Exclusive[]} exclusives
 * @property {{stop: number, endTick: number}[]} tracks where and when each ends
 * @property {string[]} texts
 * @property {Flaws} flaws
 */

/**
 * @param {Uint8Array} data
 * @returns {MidiEvents}
 * @throws {MidiError}
 */
export function readEvents(data) {
  const {ticksPerQuarter, chunks} = readChunks(data);
  const file = new FileReading(data, ticksPerQuarter);
  chunks.forEach((chunk, track) => new TrackReader(file, track, chunk).read());
  return file.finish();
}

/** What is known of a file while its tracks are read one after the other. */
export class FileReading {
  /** @param {Uint8Array} data @param {number} ticksPerQuarter */
  constructor(data, ticksPerQuarter) {
    this.data = data;
    this.longestDelay = MIDI.longestDelayQuarters * ticksPerQuarter;
    /** @type {MidiEvents} */
    this.contents = {
      ticksPerQuarter, events: [], signatures: [], tempos: [], exclusives: [], tracks: [],
      texts: [], flaws: {},
    };
    /**
     * Running status: the last one of an event of one and of two data bytes.
     * @type {(number | null)[]}
     */
    this.statuses = [null, null, null];
    this.ports = new Set([0]); // their numbers in the file
    this.others = 0; // meta events, system exclusive and stray bytes
    this.soundBytes = 0; // of channel events
    this.firstFault = '';
    this.faults = 0; // flaws that noise would have
  }

  /** @param {string} kind */
  flaw(kind) {
    this.contents.flaws[kind] = (this.contents.flaws[kind] ?? 0) + 1;
  }

  /**
   * Counts a flaw that noise would have.
   * @param {string} kind
   * @param {number} track
   * @param {number} at
   */
  fault(kind, track, at) {
    this.flaw(kind);
    this.firstFault ||= `The MIDI file is damaged at byte ${at}, in track ${track + 1}.`;
    if (++this.faults > MIDI.maxFaults) throw new MidiError(this.firstFault);
  }

  /**
   * Mends a byte; the caller's data are unchanged.
   * @param {number} at
   * @param {number} value
   */
  mend(at, value) {
    this.data = this.data.slice();
    this.data[at] = value;
  }

  finish() {
    if (this.faults * MIDI.soundBytesPerFault > this.soundBytes) {
      throw new MidiError(this.firstFault);
    }
    const {events, exclusives} = this.contents;
    // ports are numbered from 0 in the order of their numbers in the file
    const ports = [...this.ports].sort((a, b) => a - b);
    for (const message of exclusives) message.port = ports.indexOf(message.port);
    for (const event of events) {
      event.port = ports.length > 1 ? ports.indexOf(event.port) : 0;
      event.channel = MIDI.channels * event.port + event.status % MIDI.channels;
    }
    return this.contents;
  }
}
