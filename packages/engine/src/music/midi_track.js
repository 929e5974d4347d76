/** Parses the bytes of a track to events, also after damaged bytes. */

import {MIDI} from '../generated/tables.js';
import {MidiError} from './midi_chunks.js';

/** @import {FileReading} from './midi_bytes.js' */
/** @import {TrackChunk} from './midi_chunks.js' */

const [META, SYSEX, SYSEX_END] = [0xff, 0xf0, 0xf7];
const [TEXT, PORT, END_OF_TRACK, TEMPO, TIME_SIGNATURE] = [0x01, 0x21, 0x2f, 0x51, 0x58];
const ENDLESS = 2 ** 32; // the value of variable-length numbers that are unterminated or too long

/** One track, from its first byte to its end event or the stop byte. */
export class TrackReader {
  /** @param {FileReading} file @param {number} track @param {TrackChunk} chunk */
  constructor(file, track, {first, stop, sizeIsRight}) {
    this.file = file;
    this.track = track;
    this.stop = stop;
    this.sizeIsRight = sizeIsRight;
    this.position = first;
    this.size = 0; // data bytes of messages in running status; 0 before the first status
    this.tick = 0;
    this.port = 0; // port number in the file
    this.ended = false; // whether the end event was read
    this.cut = false; // whether the data end within an event
  }

  read() {
    const {file, stop} = this;
    while (this.position < stop && !this.ended && !this.cut) {
      if (!(this.size && this.takeEvent())) this.takeOther();
    }
    file.contents.tracks.push({stop, endTick: this.tick});
    if (this.cut || !(this.ended || this.sizeIsRight)) file.flaw('cut_short');
    else if (!this.sizeIsRight) file.flaw('wrong_size');
  }

  /**
   * Reads an undamaged channel event of `size` data bytes, with or without a status byte. Returns
   * false if there is none.
   */
  takeEvent() {
    const {file, position, stop, size} = this;
    const {data, contents, statuses} = file;
    let at = position;
    let delta = 0;
    while (at < stop && at < position + 3 && data[at] >= 0x80) delta = delta * 128 + data[at++] % 128;
    if (at >= stop || data[at] >= 0x80) return false;
    delta = delta * 128 + data[at++];
    let status = null;
    if (at < stop && data[at] >= 0x80) {
      status = data[at++];
      if (status >= 0xf0 || dataBytes(status) !== size) return false;
    }
    if (at + size > stop || data[at] >= 0x80 || data[at + size - 1] >= 0x80) return false;
    this.tick += this.checkedDelay(delta);
    if (this.tick > MIDI.maxTicks) throw new MidiError('A time in the MIDI file is damaged.');
    const data2 = size > 1 ? data[at + 1] : 0;
    // without a previous status, the data byte serves as status, and the event has no effect
    const running = status ?? statuses[size] ?? data[at];
    statuses[size] = running;
    contents.events.push({
      at, tick: this.tick, track: this.track, port: this.port, channel: 0, status: running,
      data1: data[at], data2,
    });
    if (contents.events.length > MIDI.maxEvents) {
      throw new MidiError('The MIDI file has over a million events; no song has as many.');
    }
    file.soundBytes += at + size - position;
    this.position = at + size;
    return true;
  }

  /** Returns a delay, or 0 if it is implausibly long. @param {number} delta */
  checkedDelay(delta) {
    if (delta <= this.file.longestDelay) return delta;
    this.file.flaw('impossible_time');
    return 0;
  }

  /** Reads a first status, a message or damaged bytes: all that `takeEvent` does not read. */
  takeOther() {
    const [delay, at] = this.number(this.position);
    if (at >= this.stop) {
      this.cut = true;
      return;
    }
    const byte = this.file.data[at];
    if (byte >= 0x80 && byte < 0xf0) {
      this.size = dataBytes(byte);
      if (this.takeEvent()) return;
    }
    const delta = this.checkedDelay(delay);
    if (byte < 0xf0) {
      this.takeDamagedEvent(at, delta);
      return;
    }
    this.tick += delta;
    if (++this.file.others > MIDI.maxMessages) {
      throw new MidiError('The MIDI file has too many tempos, texts and the like for a song.');
    }
    if (byte === META || byte === SYSEX || byte === SYSEX_END) {
      this.takeMessage(at);
    } else {
      this.file.fault('stray_byte', this.track, at);
      this.position = at + 1 + (MIDI.dataOfSystemCommon[byte] ?? 0);
    }
  }

  /**
   * Skips or repairs a damaged channel event.
   * @param {number} at
   * @param {number} delta
   */
  takeDamagedEvent(at, delta) {
    const {file, size, track} = this;
    const {data} = file;
    const first = at + (data[at] >= 0x80 ? 1 : 0);
    if (!size) {
      file.fault('stray_byte', track, at);
      this.position = at + 1;
    } else if (first + size > this.stop) {
      this.cut = true;
      return;
    } else if (data[first] >= 0x80) {
      file.fault('byte_over_127', track, at);
      this.position = first + size;
    } else if (data[first + size - 1] >= 0x80) {
      file.fault('byte_over_127', track, at);
      file.mend(first + size - 1, 0x7f);
      return; // read it again
    } else { // only its delta time is longer than four bytes: keep the last byte
      this.position = at - 1;
      delta -= data[this.position];
    }
    this.tick += delta;
  }

  /** Reads a meta event or a system exclusive message. @param {number} at its first byte */
  takeMessage(at) {
    const {file, stop} = this;
    const {data} = file;
    const isMeta = data[at] === META;
    const kind = isMeta && at + 1 < stop ? data[at + 1] : data[at];
    const [length, first] = this.number(at + 1 + (isMeta ? 1 : 0));
    this.position = first + length;
    if (this.position > stop) {
      this.shorten(at, first, isMeta ? MIDI.metaLengths[kind] ?? length : null);
      if (this.position > stop || kind !== END_OF_TRACK) return;
    }
    const content = data.subarray(first, this.position);
    if (isMeta) this.takeMeta(kind, content);
    else if (kind === SYSEX && length <= MIDI.maxSysexBytes) {
      file.contents.exclusives.push({at: first, tick: this.tick, port: this.port, content});
    }
  }

  /**
   * Finds the end of a message whose length exceeds its track.
   * @param {number} at
   * @param {number} first byte of its content
   * @param {?number} length usual length of such a meta event; null for system exclusive
   */
  shorten(at, first, length) {
    this.file.fault('long_message', this.track, at);
    if (length !== null) {
      this.position = first + length;
      return;
    }
    const end = this.file.data.subarray(0, this.stop).indexOf(SYSEX_END, first);
    if (end >= 0) this.position = end + 1;
  }

  /** @param {number} kind @param {Uint8Array} content */
  takeMeta(kind, content) {
    const {file} = this;
    if (kind === END_OF_TRACK) {
      this.ended = true;
    } else if (kind === TEMPO) {
      this.takeTempo(content);
    } else if (kind === TIME_SIGNATURE) {
      this.takeSignature(content);
    } else if (kind === PORT && content.length) {
      [this.port] = content;
      file.ports.add(this.port);
    } else if (kind === TEXT) {
      file.contents.texts.push(new TextDecoder().decode(content));
    }
  }

  /** @param {Uint8Array} content */
  takeTempo(content) {
    const {file, track, tick} = this;
    const microseconds = (content[0] << 16) | (content[1] << 8) | content[2];
    if (content.length >= 3 && microseconds) file.contents.tempos.push({track, tick, microseconds});
    else file.flaw('impossible_tempo');
  }

  /** @param {Uint8Array} content */
  takeSignature([beats, power]) {
    const {file, track, tick} = this;
    if (power !== undefined && beats && power <= MIDI.maxUnitPower) {
      file.contents.signatures.push({track, tick, beats, unit: 1 << power});
    } else {
      file.flaw('impossible_meter');
    }
  }

  /**
   * Returns a variable-length number and the position after it, past the stop if it is
   * unterminated.
   * @param {number} position
   * @returns {[value: number, position: number]}
   */
  number(position) {
    const {stop} = this;
    const {data} = this.file;
    let value = 0;
    for (let at = position; at < stop; at++) {
      value = Math.min(value * 128 + data[at] % 128, 2 ** 40);
      if (data[at] < 0x80) return [at - position < 5 ? value : Math.min(value, ENDLESS), at + 1];
    }
    return [ENDLESS, stop + 1];
  }
}

/** @param {number} status */
const dataBytes = (status) => (status >= 0xc0 && status < 0xe0 ? 1 : 2);
