/** The song as sound: played, and rendered into a file. */

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

  /** How a part sounds now. @param {Part} part */
  sound(part) {
    return partSound(this._store.arrangement, part, this._store.song?.parts ?? []);
  }

  /** Takes the tempo and the repetition of the arrangement. */
  follow() {
    const {qpm, loop} = this._store.arrangement;
    this.player.setTempo(qpm);
    this.player.loop = loop;
  }

  /** Takes the song, which may be playing. */
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

  /** @param {number} [from] step; otherwise from where it stands */
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

  /** Goes on with other sounds where the song stands. */
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
