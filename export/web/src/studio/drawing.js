/** Draws new styles at random. */

import {keptChoices, randomSeed} from '../state/arrangement.js';
import {isHeard} from '../state/blend.js';
import {lettersIn, withStyle} from '../state/song_form.js';
import {texts} from '../texts/texts.js';
import {chooseStyle} from './choose_style.js';

/** @import {SongForm} from '../state/song_form.js' */
/** @import {Composition} from './composition.js' */
/** @import {Store, Which} from './store.js' */

export class Drawing {
  /** @param {Store} store @param {Composition} composition */
  constructor(store, composition) {
    this._store = store;
    this._composition = composition;
    /** Names of the draws in progress. @type {Set<string>} */
    this._running = new Set();
  }

  /** @param {Which} which */
  newStyle(which) {
    return this._once(which, async () => {
      chooseStyle(this._store, which, await this._draw());
    });
  }

  /** Draws the lower two corners of the pad, which opens it. */
  openPad() {
    return this._once('pad', async () => {
      this._store.change({c: await this._draw(), d: await this._draw()});
    });
  }

  /**
   * Draws new styles for a new piece over the same chords. If only style a is heard, it is applied
   * before the others are drawn.
   */
  surprise() {
    return this._once('both', async () => {
      const store = this._store;
      if (store.arrangement.song) {
        await this._surpriseSong(store.arrangement.song);
        return;
      }
      const isAlone = /** @type {const} */ (['b', 'c', 'd']).every((which) =>
        !isHeard(store.arrangement, which));
      const piece = {a: await this._draw(), parts: keptChoices(store.arrangement), seed: randomSeed()};
      if (isAlone) store.change(piece, 'surprise');
      const b = await this._draw();
      const lower = store.arrangement.down.some(Boolean)
        ? {c: await this._draw(), d: await this._draw()} : {};
      if (!isAlone) store.change({...piece, b, ...lower}, 'surprise');
      else if (store.arrangement.a === piece.a) store.change({b}, 'surprise');
      store.settle();
    });
  }

  /** Draws a style for each letter with its own style. @param {SongForm} song */
  async _surpriseSong({form, follow}) {
    const letters = lettersIn(form).slice(0, follow ? 1 : undefined);
    const styles = await Promise.all(letters.map(() => this._draw()));
    const {arrangement} = this._store;
    let next = {...arrangement, parts: keptChoices(arrangement), seed: randomSeed()};
    letters.forEach((letter, i) => {
      next = {...next, ...withStyle(next, letter, styles[i])};
    });
    this._store.change(next);
  }

  _draw() {
    return this._composition.liveliest(this._store.arrangement);
  }

  /**
   * Draws unless the same draw is in progress, for example after repeated key presses.
   * @param {string} name
   * @param {() => Promise<void>} draw
   */
  async _once(name, draw) {
    if (this._running.has(name)) return;
    this._running.add(name);
    const store = this._store;
    await store.whileWorking(() => store.attempt(texts.failed.style, draw));
    this._running.delete(name);
  }
}
