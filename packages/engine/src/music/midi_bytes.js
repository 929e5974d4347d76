/** Parses the bytes of a Standard MIDI File to events, like `gm_vae.music.midi_bytes`. */

import {MIDI} from '../generated/tables.js';
import {MidiError, readChunks} from './midi_chunks.js';
import {TrackReader} from './midi_track.js';

/**
 * A channel event: absolute tick, MIDI track, status byte, data bytes. `at` is its file position.
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
 * Counts of repaired or skipped data, by kind (`MIDI.flaws`).
 * @typedef {Record<string, number>} Flaws
 *
 * @typedef {object} MidiEvents
 * @property {number} ticksPerQuarter
 * @property {ChannelEvent[]} events in file order
 * @property {Signature[]} signatures
 * @property {Tempo[]} tempos
 * @property {Exclusive[]} exclusives
 * @property {{stop: number, endTick: number}[]} tracks position and tick of each track's end
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

/** State that the readers of a file's tracks share. */
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
     * Running status: the last status of events of one and of two data bytes.
     * @type {(number | null)[]}
     */
    this.statuses = [null, null, null];
    this.ports = new Set([0]); // port numbers in the file
    this.others = 0; // number of meta events, system exclusive messages and stray bytes
    this.soundBytes = 0; // bytes of valid channel events
    this.firstFault = '';
    this.faults = 0; // number of flaws that are typical of data that is not MIDI
  }

  /** @param {string} kind */
  flaw(kind) {
    this.contents.flaws[kind] = (this.contents.flaws[kind] ?? 0) + 1;
  }

  /**
   * Counts a flaw that is typical of data that is not MIDI.
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
   * Replaces a byte in a copy of the data; the caller's data are unchanged.
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
    // renumber the ports from 0, in the order of their numbers in the file
    const ports = [...this.ports].sort((a, b) => a - b);
    for (const message of exclusives) message.port = ports.indexOf(message.port);
    for (const event of events) {
      event.port = ports.length > 1 ? ports.indexOf(event.port) : 0;
      event.channel = MIDI.channels * event.port + event.status % MIDI.channels;
    }
    return this.contents;
  }
}
