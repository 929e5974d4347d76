/** A song's notes in playing order. */

/** @import {Song} from '../../../../packages/engine/src/music/song.js' */

/**
 * Plays MIDI messages at times of its context, and can end all notes at once. Some also follow the
 * song: they get its start position in sixteenths, a tick per 24th of a quarter, and its end.
 * @typedef {object} Synthesiser
 * @property {(message: number[], time: number) => void} send
 * @property {() => void} silence
 * @property {(sixteenths: number, time: number) => void} [begin]
 * @property {(time: number) => void} [tick]
 * @property {() => void} [end]
 *
 * A note to play, with its part's channel in its bar.
 * @typedef {{part: number, channel: number, pitch: number, velocity: number, start: number,
 *   end: number}} PlayedNote
 */

/** @param {Song} song @returns {PlayedNote[]} by onset */
export function sequence(song) {
  const {notes, channels, format} = song;
  return notes
    .map((note) => ({
      ...note, channel: channels[Math.floor(note.start / format.stepsPerMeasure)].get(note.part) ?? 0,
    }))
    .sort((a, b) => a.start - b.start || a.part - b.part);
}

/** Sends notes to a synthesiser, with the programs and volumes of their parts. */
export class NoteSender {
  /** @param {Synthesiser} synth */
  constructor(synth) {
    this._synth = synth;
    /** Channel -> program. @type {Map<number, number>} */
    this._programs = new Map();
    /** Channel -> volume. @type {Map<number, number>} */
    this._volumes = new Map();
  }

  /**
   * @param {PlayedNote} note
   * @param {{isDrum: boolean, program: number, volume: number}} sound
   * @param {number} time start in seconds of the context
   * @param {number} end
   */
  play({channel, pitch, velocity}, {isDrum, program, volume}, time, end) {
    this.setVolume(channel, volume, time);
    const wanted = isDrum ? 0 : program;
    if (this._programs.get(channel) !== wanted) {
      this._synth.send([0xc0 | channel, wanted], time);
      this._programs.set(channel, wanted);
    }
    this._synth.send([0x90 | channel, pitch, velocity], time);
    this._synth.send([0x80 | channel, pitch, 64], end);
  }

  /** @param {number} channel @param {number} volume @param {number} time */
  setVolume(channel, volume, time) {
    if (this._volumes.get(channel) === volume) return;
    this._synth.send([0xb0 | channel, 7, volume], time);
    this._volumes.set(channel, volume);
  }
}
