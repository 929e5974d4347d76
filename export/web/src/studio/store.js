/** What the page shows: the arrangement with its history, its song, what happens; and who looks. */

import {newArrangement} from '../state/arrangement.js';
import {History} from '../state/history.js';

/** @import {Bar} from '../music/measures.js' */
/** @import {Flaws} from '../music/midi_bytes.js' */
/** @import {Song} from '../music/song.js' */
/** @import {Arrangement} from '../state/arrangement.js' */
/** @import {Favourite} from '../state/favourites.js' */

/**
 * @typedef {{loading: boolean, busy: boolean, error: string}} Status
 *
 * @typedef {{text: string, isError: boolean, id: number}} Notice
 *
 * A MIDI file that was opened; link: of the arrangement that it was saved from, if this page did.
 * @typedef {{name: string, bars: Bar[], flaws: Flaws, qpm: number, link?: string}} OpenedMidi
 */

export class Store {
  constructor() {
    /** @type {Set<() => void>} */
    this._listeners = new Set();
    this._history = new History(newArrangement());
    /** A number that grows with every change. */
    this.revision = 0;
    /** @type {Status} */
    this.status = {loading: true, busy: false, error: ''};
    /** @type {?Notice} */
    this.notice = null;
    /** @type {?Song} */
    this.song = null;
    /** @type {?OpenedMidi} */
    this.midi = null;
    /** @type {Favourite[]} */
    this.favourites = [];
    this.onArrangement = () => {}; // after each change of the arrangement
  }

  /** @param {() => void} listener @returns {() => void} ends it */
  subscribe(listener) {
    this._listeners.add(listener);
    return () => {
      this._listeners.delete(listener);
    };
  }

  /** Tells those who look. */
  changed() {
    this.revision++;
    for (const listener of this._listeners) listener();
  }

  get arrangement() {
    return this._history.value;
  }

  /** The first arrangement, which nothing undoes. @param {Arrangement} arrangement */
  begin(arrangement) {
    this._history = new History(arrangement);
  }

  get canUndo() {
    return this._history.canUndo;
  }

  get canRedo() {
    return this._history.canRedo;
  }

  /** @param {Partial<Arrangement>} changes @param {?string} kind see `History` */
  change(changes, kind = null) {
    this._history.set({...this.arrangement, ...changes}, kind);
    this.onArrangement();
  }

  /** Ends a row of changes, as when a slider is let go. */
  settle() {
    this._history.settle();
  }

  undo() {
    this._history.undo();
    this.onArrangement();
  }

  redo() {
    this._history.redo();
    this.onArrangement();
  }

  /** @param {string} text @param {boolean} isError */
  say(text, isError = false) {
    this.notice = {text, isError, id: (this.notice?.id ?? 0) + 1};
    this.changed();
  }

  /** @param {Partial<Status>} changes */
  setStatus(changes) {
    this.status = {...this.status, ...changes};
    this.changed();
  }

  /** @param {boolean} busy */
  setBusy(busy) {
    this.setStatus({busy});
  }
}
