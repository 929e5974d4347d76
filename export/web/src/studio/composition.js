/** Keeps the song that of the arrangement. */

import {nearestChordId} from '../../../../packages/engine/src/music/chords.js';
import {liveliness} from '../../../../packages/engine/src/music/liveliness.js';
import {randomSeed} from '../state/arrangement.js';
import {texts} from '../texts/texts.js';

/** @import {Arrangement} from '../state/arrangement.js' */
/** @import {Composer} from './composer.js' */
/** @import {Store} from './store.js' */

const CANDIDATES = 6; // styles that a new one is chosen from

export class Composition {
  /** @param {Store} store @param {Composer} composer */
  constructor(store, composer) {
    this._store = store;
    this._composer = composer;
    this.onSong = () => {}; // after each song
    this.onEnd = () => {}; // when the song is that of the arrangement
    /** @type {?Promise<void>} */
    this._composing = null;
    this._again = false;
  }

  /** Makes the song of the arrangement; of many changes during that, only the last is heard. */
  async compose() {
    if (this._composing) {
      this._again = true;
      return this._composing;
    }
    this._composing = this._store.whileWorking(() => this._composeLatest());
    await this._composing;
  }

  async _composeLatest() {
    const store = this._store;
    do {
      this._again = false;
      await store.attempt(texts.failed.music, async () => {
        store.song = await this._composer.compose(store.arrangement);
        this.onSong();
      });
    } while (this._again);
    this._composing = null;
    this.onEnd();
  }

  /**
   * Of some random styles the one with the fullest first measure.
   * @param {Arrangement} arrangement
   */
  async liveliest({chords, character, seed, temperature}) {
    const styles = Array.from({length: CANDIDATES}, () => ({seed: randomSeed()}));
    const songs = await Promise.all(styles.map((a) => this._composer.compose({
      chords: chords.slice(0, 1), voice: false, blend: [0], a, b: a, character, seed, temperature,
      parts: {}, song: null,
    })));
    const scores = songs.map((song) => liveliness(song, nearestChordId(chords[0][0])));
    return styles[scores.indexOf(Math.max(...scores))];
  }
}
