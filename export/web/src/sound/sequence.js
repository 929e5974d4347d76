/** A song's notes in the order in which a player needs them. */

/** @import {Song} from '../../../../packages/engine/src/music/song.js' */

/**
 * What plays MIDI messages at times of its context, and ends all notes at once. Some follow the song:
 * they are told where it begins, in sixteenths, each 24th of a quarter, and when it ends.
 * @typedef {object} Synthesiser
 * @property {(message: number[], time: number) => void} send
 * @property {() => void} silence
 * @property {(sixteenths: number, time: number) => void} [begin]
 * @property {(time: number) => void} [tick]
 * @property {() => void} [end]
 *
 * One note to play, with the channel that its part has in its bar.
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

/** Sends notes to a synthesiser, with the programs and volumes that their parts want. */
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
   * @param {number} time when it begins, in seconds of the context
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
