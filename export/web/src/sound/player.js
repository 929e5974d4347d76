/** Plays a song through a synthesiser: schedules a little ahead of the clock. */

import {NoteSender, sequence} from './sequence.js';

const AHEAD = 0.25; // seconds of notes that are with the synthesiser already
const INTERVAL = 60; // ms between looks at the clock
const START_DELAY = 0.06; // seconds from a click to the first note

export class Player {
  /** @param {(part: object) => {heard: boolean, program: number, volume: number}} mix */
  constructor(mix) {
    this._mix = mix;
    this._notes = [];
    this._steps = 0;
    this._stepsPerSecond = 48;
    // {time, step, least}: where the song stands at a time of the context; never before `least`
    this._anchor = null;
    this._rest = 0; // the step at which it stands while it does not play
    this._next = 0; // notes from this step on are still to be scheduled
    this.loop = true;
    this.onStop = () => {};
  }

  /** @param {AudioContext} context @param {{send: Function, silence: Function}} synth */
  useSynth(context, synth) {
    this._synth?.silence();
    this._context = context;
    this._synth = synth;
    this._sender = new NoteSender(synth);
  }

  get isPlaying() {
    return this._anchor !== null;
  }

  /** Where the song stands, in steps. */
  get step() {
    if (!this._anchor) return this._rest;
    const step = this._stepAt(this._context.currentTime - (this._context.outputLatency || 0));
    return this._steps ? ((step % this._steps) + this._steps) % this._steps : 0;
  }

  setSong(song) {
    this._song = song;
    this._notes = sequence(song);
    this._steps = song.bars * song.format.stepsPerMeasure;
    this._stepsPerQuarter = song.format.stepsPerQuarter;
    this._setSpeed();
    if (this._rest >= this._steps) this._rest = 0;
    if (this._anchor) this.refreshMix();
  }

  setTempo(qpm) {
    this._qpm = qpm;
    this._setSpeed();
  }

  _setSpeed() {
    if (!this._stepsPerQuarter || !this._qpm) return;
    // what is scheduled stays: the new speed begins after it
    if (this._anchor) {
      this._anchor = {...this._anchor, time: this._timeOf(this._next), step: this._next};
    }
    this._stepsPerSecond = (this._qpm * this._stepsPerQuarter) / 60;
  }

  play(from = this._rest) {
    if (!this._steps) return;
    this._begin(from);
    this._timer ??= setInterval(() => this._schedule(), INTERVAL);
    this._schedule();
  }

  stop() {
    this._rest = this.step;
    this._end();
  }

  seek(step) {
    this._rest = step;
    if (!this._anchor) return;
    this._synth.silence();
    this._begin(step);
    this._schedule();
  }

  /** Lets a change of the mix be heard at once in what sounds already. */
  refreshMix() {
    if (!this._anchor || !this._song) return;
    const bar = Math.floor(this.step / this._song.format.stepsPerMeasure);
    for (const [part, channel] of this._song.channels[bar] ?? []) {
      const {heard, volume} = this._mix(this._song.parts[part]);
      this._sender.setVolume(channel, heard ? volume : 0, this._context.currentTime);
    }
  }

  _begin(step) {
    this._anchor = {time: this._context.currentTime + START_DELAY, step, least: step};
    this._next = step;
  }

  _end() {
    clearInterval(this._timer);
    this._timer = undefined;
    this._anchor = null;
    this._synth?.silence();
  }

  _stepAt(time) {
    const {time: anchorTime, step, least} = this._anchor;
    return Math.max(step + (time - anchorTime) * this._stepsPerSecond, least);
  }

  _timeOf(step) {
    return this._anchor.time + (step - this._anchor.step) / this._stepsPerSecond;
  }

  /** Steps count on through repetitions; a note of the song comes at its step in each of them. */
  _schedule() {
    const {currentTime} = this._context;
    const until = this._stepAt(currentTime + AHEAD);
    if (!this.loop && this._timeOf(this._lastStep()) < currentTime) {
      this._end();
      this._rest = 0;
      this.onStop();
      return;
    }
    for (let round = Math.floor(this._next / this._steps); round * this._steps < until; round++) {
      if (!this.loop && round > Math.floor(this._anchor.step / this._steps)) break;
      const offset = round * this._steps;
      for (const note of this._notes) {
        const start = offset + note.start;
        if (start < this._next || start >= until) continue;
        const part = this._song.parts[note.part];
        const sound = this._mix(part);
        if (!sound.heard) continue;
        const time = this._timeOf(start);
        const end = this._timeOf(offset + note.end);
        this._sender.play(note, {...sound, isDrum: part.isDrum}, Math.max(time, currentTime), end);
      }
    }
    this._next = Math.max(this._next, until);
  }

  _lastStep() {
    return (Math.floor(this._anchor.step / this._steps) + 1) * this._steps;
  }
}
