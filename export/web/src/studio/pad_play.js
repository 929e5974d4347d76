/** The pad: during playback its position sets the next bar's blend, which can be recorded. */

import {withBar} from '../state/kept.js';
import {atPlaces, meanPlace, placeOf, withPlace} from '../state/pad.js';

/** @import {Arrangement} from '../state/arrangement.js' */
/** @import {Place} from '../state/pad.js' */
/** @import {Player} from '../sound/player.js' */
/** @import {Composition} from './composition.js' */
/** @import {Store} from './store.js' */

const AHEAD = 0.4; // seconds to compose and schedule a bar
const INTERVAL = 60; // ms between checks of the playhead

export class PadPlay {
  /** @param {Store} store @param {Composition} composition @param {Player} player */
  constructor(store, composition, player) {
    this._store = store;
    this._composition = composition;
    this._player = player;
    /** The pad's position during playback, if it was moved. @type {?Place} */
    this._held = null;
    this._next = -1; // the bar that the pad controls
    /** Original positions of recorded bars that have not played yet. @type {Map<number, Place>} */
    this._before = new Map();
    /** @type {number | undefined} */
    this._timer = undefined;
    this.isRecording = false;
    composition.wanted = (arrangement) => this._wanted(arrangement);
  }

  /** Whether the pad controls the next bar. */
  get isLive() {
    return this._timer !== undefined;
  }

  /** Its position: held, else the playing bar's, else the mean of all bars. @returns {Place} */
  get place() {
    if (this._held) return this._held;
    const {arrangement} = this._store;
    const bar = this._player.isPlaying ? this._bar(0) : -1;
    return bar in arrangement.blend ? placeOf(arrangement, bar) : meanPlace(arrangement);
  }

  /** Moves all bars while stopped, else the next bar. @param {Place} place */
  move(place) {
    if (!this._player.isPlaying) {
      this._store.change(atPlaces(this._store.arrangement.blend.map(() => place)), 'pad');
      return;
    }
    this._held = place;
    this._next = -1; // so that the next bar is composed again
    this._follow();
    this._store.changed();
  }

  /**
   * Starts or stops recording.
   * @param {() => Promise<void>} play starts playback
   */
  async record(play) {
    if (this.isRecording) {
      this._end();
      return;
    }
    this._store.settle();
    this._held = this.place;
    this.isRecording = true;
    if (!this._player.isPlaying) {
      this._put(this._bar(0), this._held); // the first bar
      await this._composition.compose();
      await play();
    }
    this._follow();
    this._store.changed();
  }

  _follow() {
    this._timer ??= window.setInterval(() => this._look(), INTERVAL);
    this._look();
  }

  /** Sets the next bar to the pad's position, once per bar. */
  _look() {
    const isGone = this._store.arrangement.song !== null; // songs have no pad
    if (!this._player.isPlaying || isGone) {
      this._end();
      return;
    }
    this._before.delete(this._bar(0));
    const next = (this._bar(AHEAD) + 1) % this._store.arrangement.chords.length;
    if (next === this._next || !this._held) return;
    this._next = next;
    if (this.isRecording) this._put(next, this._held);
    else this._composition.compose();
  }

  /** @param {number} bar @param {Place} place */
  _put(bar, place) {
    const {arrangement} = this._store;
    const {x, y} = placeOf(arrangement, bar);
    if (!this._before.has(bar)) this._before.set(bar, {x, y});
    if (x === place.x && y === place.y) this._composition.compose();
    else this._store.change(withPlace(arrangement, bar, place), 'record');
  }

  _end() {
    clearInterval(this._timer);
    this._timer = undefined;
    this._held = null;
    this._next = -1;
    this._before.delete(this._bar(0));
    for (const [bar, place] of this._before) this._put(bar, place); // restore unplayed bars
    this._before.clear();
    this.isRecording = false;
    this._store.settle();
    this._store.changed();
    this._composition.compose();
  }

  /** The bar at the playhead, plus some seconds. @param {number} seconds */
  _bar(seconds) {
    const {arrangement: {qpm, chords}, song} = this._store;
    if (!song) return 0;
    const {stepsPerMeasure, stepsPerQuarter} = song.format;
    const step = this._player.step + (seconds * qpm * stepsPerQuarter) / 60;
    return Math.floor(step / stepsPerMeasure) % chords.length;
  }

  /**
   * Returns the arrangement to play: the next bar at the pad's position, and the bars from the
   * current one up to it locked.
   * @param {Arrangement} arrangement
   * @returns {Arrangement}
   */
  _wanted(arrangement) {
    const {song} = this._store;
    const bars = arrangement.chords.length;
    const isLive = this.isLive && !arrangement.song;
    if (!isLive || !this._held || this._next < 0 || song?.bars !== bars) return arrangement;
    let {kept} = arrangement;
    for (let bar = this._bar(0); bar !== this._next % bars; bar = (bar + 1) % bars) {
      kept = withBar(kept, song, bar);
    }
    return {...arrangement, ...withPlace(arrangement, this._next, this._held), kept};
  }
}
