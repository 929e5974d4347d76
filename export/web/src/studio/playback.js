/** Plays and renders the song. */

import {Player} from '../sound/player.js';
import {renderSong} from '../sound/render.js';
import {Sounds} from '../sound/sounds.js';
import {partSound} from '../state/arrangement.js';
import {texts} from '../texts/texts.js';

/** @import {Mix} from '../../../../packages/engine/src/music/midi_writer.js' */
/** @import {Part} from '../../../../packages/engine/src/music/song.js' */
/** @import {Store} from './store.js' */

export class Playback {
  /** @param {Store} store */
  constructor(store) {
    this._store = store;
    this.sounds = new Sounds(() => this._switchSynth());
    this.player = new Player((part) => this.sound(part));
    this.player.onStop = () => store.changed();
  }

  /** The current sound of a part. @param {Part} part */
  sound(part) {
    return partSound(this._store.arrangement, part, this._store.song?.parts ?? []);
  }

  /** Applies the arrangement's tempo and loop setting. */
  follow() {
    const {qpm, loop} = this._store.arrangement;
    this.player.setTempo(qpm);
    this.player.loop = loop;
  }

  /** Gives the current song to the player, also during playback. */
  takeSong() {
    this.follow();
    if (this._store.song) this.player.setSong(this._store.song);
  }

  async toggle() {
    const store = this._store;
    if (this.player.isPlaying) {
      this.player.stop();
      store.changed();
      return;
    }
    if (!store.song) return;
    await this._play();
    store.changed();
  }

  /** @param {number} [from] step; default: the playhead */
  _play(from) {
    return this._store.attempt(texts.failed.sound, async () => {
      const {context, synth} = await this.sounds.live();
      this.player.useSynth(context, synth);
      this.player.play(from);
    });
  }

  /** Ends all notes. */
  async panic() {
    this.player.stop();
    (await this.sounds.live()).synth.silence();
    this._store.changed();
  }

  /** @param {number} step */
  seek(step) {
    this.player.seek(step);
    this._store.changed();
  }

  /** Continues at the same position with other sounds. */
  async _switchSynth() {
    if (this.player.isPlaying) {
      const {step} = this.player;
      this.player.stop();
      await this._play(step);
    }
    this._store.changed();
  }

  /**
   * @param {Uint8Array<ArrayBuffer>} midi the song as a file
   * @param {Mix} mix
   */
  async render(midi, mix = (part) => this.sound(part)) {
    const {song, arrangement} = this._store;
    if (!song) throw new Error(texts.noSong);
    return renderSong(song, {
      qpm: arrangement.qpm,
      mix,
      sounds: this.sounds,
      midi,
    });
  }
}
