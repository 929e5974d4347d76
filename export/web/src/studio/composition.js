/** Keeps the song up to date with the arrangement. */

import {nearestChordId} from '../../../../packages/engine/src/music/chords.js';
import {liveliness} from '../../../../packages/engine/src/music/liveliness.js';
import {randomSeed} from '../state/arrangement.js';
import {NOTHING_KEPT} from '../state/kept.js';
import {texts} from '../texts/texts.js';
import {nextTask} from '../../../../packages/engine/src/engine/next_task.js';

/** @import {Song} from '../../../../packages/engine/src/music/song.js' */
/** @import {Arrangement} from '../state/arrangement.js' */
/** @import {Composer} from './composer.js' */
/** @import {Store} from './store.js' */

const CANDIDATES = 6; // random styles from which a new one is chosen

export class Composition {
  /** @param {Store} store @param {Composer} composer */
  constructor(store, composer) {
    this._store = store;
    this._composer = composer;
    this.onSong = () => {}; // after each song
    this.onEnd = () => {}; // when the song is up to date
    /** Returns the arrangement to compose. */
    this.wanted = (/** @type {Arrangement} */ arrangement) => arrangement;
    /** @type {?Promise<void>} */
    this._composing = null;
    this._again = false;
  }

  /** Replaces the song. @param {Song} song */
  show(song) {
    this._store.song = song;
    this.onSong();
  }

  /** Composes the song of the arrangement; of changes meanwhile, only the last is composed. */
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
        await nextTask(); // let the page render the change first
        const song = await this._composer.compose(this.wanted(store.arrangement));
        await nextTask();
        this.show(song);
      });
    } while (this._again);
    this._composing = null;
    this.onEnd();
  }

  /**
   * Returns the liveliest of some random styles, judged by one measure.
   * @param {Arrangement} arrangement
   */
  async liveliest({chords, character, seed, temperature}) {
    const styles = Array.from({length: CANDIDATES}, () => ({seed: randomSeed()}));
    const songs = await Promise.all(styles.map((a) => this._composer.compose({
      chords: chords.slice(0, 1), voice: false, blend: [0], down: [0], a, b: a, c: null, d: null,
      character, seed, temperature, parts: {}, kept: NOTHING_KEPT, song: null,
    })));
    const scores = songs.map((song) => liveliness(song, nearestChordId(chords[0][0])));
    return styles[scores.indexOf(Math.max(...scores))];
  }
}
