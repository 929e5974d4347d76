/** Favourite styles in the browser's storage, which is shared with other tabs and models. */

import {readStyle, styleText} from './style_text.js';

/** @import {Style} from './arrangement.js' */

/**
 * @typedef {{name: string, style: Style}} Favourite
 *
 * A favourite in storage; earlier versions of the page did not store the model.
 * @typedef {{name: unknown, style: string, model?: string}} Item
 */

const KEY = 'gm-vae-favourites';
const LONGEST_NAME = 80;

export class Favourites {
  /**
   * @param {string} model its fingerprint; styles of other models are stored but not returned
   * @param {number} latentSize
   */
  constructor(model, latentSize) {
    this._model = model;
    this._latentSize = latentSize;
    /** The items if the browser cannot store them. @type {Item[]} */
    this._unstored = [];
    this._isStored = true;
  }

  /** @returns {Favourite[]} */
  get all() {
    return this._read().flatMap((item) => this._favourite(item) ?? []);
  }

  /**
   * Adds a favourite before another or at the end. A style that is already a favourite is moved.
   * @param {Favourite} favourite
   * @param {?Style} before the style of the other favourite
   * @returns {boolean} whether the browser stores it
   */
  add({name, style}, before = null) {
    const item = {name, style: styleText(style), model: this._model};
    return this._edit((items) => {
      const others = items.filter((other) => !this._is(other, style));
      const found = before ? others.findIndex((other) => this._is(other, before)) : -1;
      const at = found < 0 ? others.length : found;
      return [...others.slice(0, at), item, ...others.slice(at)];
    });
  }

  /** @param {Style} style @param {string} name */
  rename(style, name) {
    return this._edit((items) =>
      items.map((item) => (this._is(item, style) ? {...item, name} : item)));
  }

  /** @param {Style} style */
  remove(style) {
    return this._edit((items) => items.filter((item) => !this._is(item, style)));
  }

  /** @param {() => void} changed called when another tab has changed them */
  listen(changed) {
    window.addEventListener('storage', ({key}) => {
      if (key === KEY || key === null) changed();
    });
  }

  /** @param {Item} item @returns {?Favourite} null if it is damaged, or of another model */
  _favourite({name, style: text, model}) {
    if (model !== undefined && model !== this._model) return null;
    const style = readStyle(text, this._latentSize);
    return style && {name: String(name).slice(0, LONGEST_NAME), style};
  }

  /** @param {Item} item @param {Style} style */
  _is(item, style) {
    const favourite = this._favourite(item);
    return favourite !== null && isSame(favourite.style, style);
  }

  /** @returns {Item[]} */
  _read() {
    if (!this._isStored) return this._unstored;
    try {
      const items = JSON.parse(localStorage.getItem(KEY) ?? '[]');
      return Array.isArray(items) ? items.filter((item) => typeof item?.style === 'string') : [];
    } catch {
      return []; // storage may be blocked, or contain data of another page
    }
  }

  /**
   * Changes the items as currently stored by any tab.
   * @param {(items: Item[]) => Item[]} change
   */
  _edit(change) {
    const items = change(this._read());
    try {
      localStorage.setItem(KEY, JSON.stringify(items));
      this._isStored = true;
    } catch {
      [this._unstored, this._isStored] = [items, false];
    }
    return this._isStored;
  }
}

/** Whether two styles are the same, regardless of their names. @param {Style} a @param {Style} b */
export const isSame = (a, b) => (a.point === undefined ? styleText(a) === styleText(b)
  : a.point === b.point);
