/** Plays a measure of an opened file once, as a preview. */

import {makeSong} from '../../../../packages/engine/src/music/song.js';
import {Player} from '../sound/player.js';
import {FULL_VOLUME} from '../state/arrangement.js';

/** @import {Format} from '../../../../packages/engine/src/music/format.js' */
/** @import {Bar} from '../../../../packages/engine/src/music/measures.js' */
/** @import {Sounds} from '../sound/sounds.js' */

export class Audition {
  /** @param {Sounds} sounds @param {() => void} ended */
  constructor(sounds, ended) {
    this._sounds = sounds;
    this.player = new Player(({program}) => ({heard: true, program, volume: FULL_VOLUME}));
    this.player.loop = false;
    this.player.onStop = ended;
  }

  /** @param {Bar} bar with tracks @param {number} qpm @param {Format} format */
  async play({tracks, symbols}, qpm, format) {
    const {context, synth} = await this._sounds.live();
    this.player.useSynth(context, synth);
    this.player.setTempo(qpm);
    this.player.setSong(makeSong(
      [{symbols, tracks: (tracks ?? []).map((tokens) => ({tokens}))}], format));
    this.player.play(0);
  }
}
