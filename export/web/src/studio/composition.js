/** Keeps the song that of the arrangement. */

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

const CANDIDATES = 6; // styles that a new one is chosen from

export class Composition {
  /** @param {Store} store @param {Composer} composer */
  constructor(store, composer) {
    this._store = store;
    this._composer = composer;
    this.onSong = () => {}; // after each song
    this.onEnd = () => {}; // when the song is that of the arrangement
    /** What is made a song of. */
    this.wanted = (/** @type {Arrangement} */ arrangement) => arrangement;
    /** @type {?Promise<void>} */
    this._composing = null;
    this._again = false;
  }

  /** Takes a song that follows from the one there is. @param {Song} song */
  show(song) {
    this._store.song = song;
    this.onSong();
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
        await nextTask(); // what was changed is drawn first
        const song = await this._composer.compose(this.wanted(store.arrangement));
        await nextTask();
        this.show(song);
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
      chords: chords.slice(0, 1), voice: false, blend: [0], down: [0], a, b: a, c: null, d: null,
      character, seed, temperature, parts: {}, kept: NOTHING_KEPT, song: null,
    })));
    const scores = songs.map((song) => liveliness(song, nearestChordId(chords[0][0])));
    return styles[scores.indexOf(Math.max(...scores))];
  }
}
