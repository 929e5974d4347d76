/** Plays a song through a synthesiser: schedules a little ahead of the clock. */

import {NoteSender, sequence} from './sequence.js';

/** @import {Mix} from '../../../../packages/engine/src/music/midi_writer.js' */
/** @import {Song} from '../../../../packages/engine/src/music/song.js' */
/** @import {PlayedNote, Synthesiser} from './sequence.js' */

const AHEAD = 0.25; // seconds of notes scheduled ahead
const INTERVAL = 60; // ms between scheduler runs
const TICKS = 24; // MIDI clock messages per quarter
const START_DELAY = 0.06; // seconds from a click to the first note

/**
 * The playhead at a time of the context; it is never before `least`.
 * @typedef {{time: number, step: number, least: number}} Anchor
 *
 * The audio context, the synthesiser and its sender.
 * @typedef {{context: AudioContext, synth: Synthesiser, sender: NoteSender}} Output
 */

export class Player {
  /** @param {Mix} mix */
  constructor(mix) {
    this._mix = mix;
    /** @type {?Song} */
    this._song = null;
    /** @type {PlayedNote[]} */
    this._notes = [];
    this._steps = 0; // of the song
    this._qpm = 120;
    this._stepsPerSecond = 48;
    /** Null while stopped. @type {?Anchor} */
    this._anchor = null;
    /** @type {?Output} */
    this._output = null;
    /** @type {number | undefined} */
    this._timer = undefined;
    this._rest = 0; // the playhead while stopped
    this._next = 0; // first step that is not scheduled yet
    this.loop = true;
    this.onStop = () => {};
  }

  /** @param {AudioContext} context @param {Synthesiser} synth */
  useSynth(context, synth) {
    this._output?.synth.silence();
    this._output = {context, synth, sender: new NoteSender(synth)};
  }

  get isPlaying() {
    return this._anchor !== null;
  }

  /** The playhead, in steps. */
  get step() {
    if (!this._anchor || !this._output) return this._rest;
    const {context} = this._output;
    const step = this._stepAt(this._anchor, context.currentTime - (context.outputLatency || 0));
    return this._steps ? ((step % this._steps) + this._steps) % this._steps : 0;
  }

  /** @param {Song} song */
  setSong(song) {
    this._forgetRounds();
    this._song = song;
    this._notes = sequence(song);
    this._steps = song.bars * song.format.stepsPerMeasure;
    this._setSpeed();
    if (this._rest >= this._steps) this._rest = 0;
    if (this._anchor) this.refreshMix();
  }

  /**
   * Counts steps from the start of the current repetition, so that a song of another length
   * continues in the same bar, or wraps around if it is shorter.
   */
  _forgetRounds() {
    const anchor = this._anchor;
    if (!anchor || !this._output) return;
    const now = this._stepAt(anchor, this._output.context.currentTime);
    const past = Math.floor(now / this._steps) * this._steps;
    this._anchor = {...anchor, step: anchor.step - past, least: anchor.least - past};
    this._next -= past;
  }

  /** @param {number} qpm */
  setTempo(qpm) {
    this._qpm = qpm;
    this._setSpeed();
  }

  _setSpeed() {
    if (!this._song) return;
    // scheduled notes do not change: the new tempo applies after them
    const anchor = this._anchor;
    if (anchor) this._anchor = {...anchor, time: this._timeOf(anchor, this._next), step: this._next};
    this._stepsPerSecond = (this._qpm * this._song.format.stepsPerQuarter) / 60;
  }

  play(from = this._rest) {
    if (!this._steps || !this._output) return;
    this._begin(this._output, from);
    this._timer ??= window.setInterval(() => this._schedule(), INTERVAL);
    this._schedule();
  }

  stop() {
    this._rest = this.step;
    this._end();
  }

  /** @param {number} step */
  seek(step) {
    this._rest = step;
    if (!this._anchor || !this._output) return;
    this._output.synth.silence();
    this._begin(this._output, step);
    this._schedule();
  }

  /** Applies the mix to sounding notes. */
  refreshMix() {
    if (!this._anchor || !this._song || !this._output) return;
    const {sender, context} = this._output;
    const bar = Math.floor(this.step / this._song.format.stepsPerMeasure);
    for (const [part, channel] of this._song.channels[bar] ?? []) {
      const {heard, volume} = this._mix(this._song.parts[part]);
      sender.setVolume(channel, heard ? volume : 0, context.currentTime);
    }
  }

  /** @param {Output} output @param {number} step */
  _begin({context, synth}, step) {
    this._anchor = {time: context.currentTime + START_DELAY, step, least: step};
    this._next = step;
    const stepsPerQuarter = this._song?.format.stepsPerQuarter ?? TICKS;
    synth.begin?.(Math.round((4 * step) / stepsPerQuarter), this._anchor.time);
  }

  _end() {
    clearInterval(this._timer);
    this._timer = undefined;
    this._anchor = null;
    this._output?.synth.silence();
    this._output?.synth.end?.();
  }

  /** @param {Anchor} anchor @param {number} time */
  _stepAt({time: anchorTime, step, least}, time) {
    return Math.max(step + (time - anchorTime) * this._stepsPerSecond, least);
  }

  /** @param {Anchor} anchor @param {number} step */
  _timeOf(anchor, step) {
    return anchor.time + (step - anchor.step) / this._stepsPerSecond;
  }

  /** Schedules the next events, or stops at the end of a song that does not loop. */
  _schedule() {
    if (!this._anchor || !this._output) return;
    const {currentTime} = this._output.context;
    const lastStep = (Math.floor(this._anchor.step / this._steps) + 1) * this._steps;
    if (!this.loop && this._timeOf(this._anchor, lastStep) < currentTime) {
      this._end();
      this._rest = 0;
      this.onStop();
      return;
    }
    const until = this._stepAt(this._anchor, currentTime + AHEAD);
    this._send(this._anchor, this._output, until);
    this._tick(this._anchor, this._output, until);
    this._next = Math.max(this._next, until);
  }

  /** Sends the clock up to a step. @param {Anchor} anchor @param {Output} output @param {number} until */
  _tick(anchor, {synth}, until) {
    if (!synth.tick || !this._song) return;
    const steps = this._song.format.stepsPerQuarter / TICKS;
    for (let tick = Math.ceil(this._next / steps); tick * steps < until; tick++) {
      synth.tick(this._timeOf(anchor, tick * steps));
    }
  }

  /**
   * Sends the notes up to a step. Steps increase across repetitions, each of which plays every
   * note.
   * @param {Anchor} anchor
   * @param {Output} output
   * @param {number} until
   */
  _send(anchor, {context, sender}, until) {
    for (let round = Math.floor(this._next / this._steps); round * this._steps < until; round++) {
      if (!this.loop && round > Math.floor(anchor.step / this._steps)) break;
      const offset = round * this._steps;
      for (const note of this._notes) {
        const start = offset + note.start;
        const part = this._song?.parts[note.part];
        if (start < this._next || start >= until || !part) continue;
        const sound = this._mix(part);
        if (!sound.heard) continue;
        const time = Math.max(this._timeOf(anchor, start), context.currentTime);
        const end = this._timeOf(anchor, offset + note.end);
        sender.play(note, {...sound, isDrum: part.isDrum}, time, end);
      }
    }
  }
}
