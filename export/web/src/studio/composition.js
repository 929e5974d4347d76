/** Keeps the song that of the arrangement. */

import {nearestChordId} from '../music/chords.js';
import {liveliness} from '../music/liveliness.js';
import {randomSeed} from '../state/arrangement.js';
import {reason} from './errors.js';

/** @import {Arrangement} from '../state/arrangement.js' */
/** @import {Composer} from './composer.js' */
/** @import {Store} from './store.js' */

const CANDIDATES = 6; // styles that a new one is chosen from
const BUSY_DELAY = 250; // ms; what is quicker is not shown

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

  get isRunning() {
    return this._composing !== null;
  }

  /** Makes the song of the arrangement; of many changes during that, only the last is heard. */
  async compose() {
    if (this._composing) {
      this._again = true;
      return this._composing;
    }
    this._composing = this._composeLatest();
    await this._composing;
    this._composing = null;
  }

  async _composeLatest() {
    const store = this._store;
    const busyTimer = setTimeout(() => store.setBusy(true), BUSY_DELAY);
    do {
      this._again = false;
      try {
        store.song = await this._composer.compose(store.arrangement);
        this.onSong();
      } catch (error) {
        store.say(`The music could not be made (${reason(error)}).`, true);
      }
    } while (this._again);
    clearTimeout(busyTimer);
    this.onEnd();
    store.setBusy(false);
  }

  /**
   * Of some random styles the one with the fullest first measure.
   * @param {Arrangement} arrangement
   */
  async liveliest({chords, seed, temperature}) {
    const styles = Array.from({length: CANDIDATES}, () => ({seed: randomSeed()}));
    const songs = await Promise.all(styles.map((a) => this._composer.compose({
      chords: chords.slice(0, 1), blend: [0], a, b: a, seed, temperature, parts: {},
    })));
    const scores = songs.map((song) => liveliness(song, nearestChordId(chords[0][0])));
    return styles[scores.indexOf(Math.max(...scores))];
  }
}
