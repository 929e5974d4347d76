/** Draws new styles at random. */

import {keptChoices, randomSeed} from '../state/arrangement.js';
import {isHeard} from '../state/blend.js';
import {chooseStyle} from './choose_style.js';

/** @import {Composition} from './composition.js' */
/** @import {Store, Which} from './store.js' */

export class Drawing {
  /** @param {Store} store @param {Composition} composition */
  constructor(store, composition) {
    this._store = store;
    this._composition = composition;
    /** What is being drawn. @type {Set<string>} */
    this._running = new Set();
  }

  /** @param {Which} which */
  newStyle(which) {
    return this._once(which, async () => {
      chooseStyle(this._store, which, await this._draw());
    });
  }

  /** The lower two corners of the pad, which is opened with them. */
  openPad() {
    return this._once('pad', async () => {
      this._store.change({c: await this._draw(), d: await this._draw()});
    });
  }

  /**
   * New styles for a whole new piece over the same chords; a that is heard alone is heard first.
   */
  surprise() {
    return this._once('both', async () => {
      const store = this._store;
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

  _draw() {
    return this._composition.liveliest(this._store.arrangement);
  }

  /**
   * Does what is not being done already: a key that is pressed ten times draws once.
   * @param {string} name
   * @param {() => Promise<void>} draw
   */
  async _once(name, draw) {
    if (this._running.has(name)) return;
    this._running.add(name);
    const store = this._store;
    await store.whileWorking(() => store.attempt('No style could be drawn', draw));
    this._running.delete(name);
  }
}
