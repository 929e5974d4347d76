/** The page's state: the arrangement with its history, the song, the status; and its listeners. */

import {newArrangement} from '../state/arrangement.js';
import {History} from '../state/history.js';
import {reason} from './errors.js';

/** @import {Progress} from '../../../../packages/engine/src/engine/fetching.js' */
/** @import {Song} from '../../../../packages/engine/src/music/song.js' */
/** @import {Arrangement} from '../state/arrangement.js' */
/** @import {Favourite} from '../state/favourites.js' */
/** @import {OpenedMidi} from './opened_midi.js' */

const BUSY_DELAY = 250; // ms; shorter work is not shown

/** @typedef {'a' | 'b' | 'c' | 'd' | 'e' | 'f' | 'g' | 'h'} Which style; from c on of the pad's lower
 *   corners, or of a song's letters */

/**
 * The page's status; `fetching`: the current download, `MODEL` or a file name.
 * @typedef {{loading: boolean, busy: boolean, error: string, fetching: ?Fetching}} Status
 * @typedef {Progress & {what: string}} Fetching
 *
 * A notice, with an optional action for the user.
 * @typedef {{label: string, run: () => void}} NoticeAction
 * @typedef {{text: string, isError: boolean, action: ?NoticeAction, id: number}} Notice
 */

export const MODEL = ''; // the model among downloads; others have names
const LEAST_NEWS = 1e5; // bytes; smaller progress is not shown

export class Store {
  constructor() {
    /** @type {Set<() => void>} */
    this._listeners = new Set();
    this._history = new History(newArrangement());
    /** Increases with every change. */
    this.revision = 0;
    /** @type {Status} */
    this.status = {loading: true, busy: false, error: '', fetching: null};
    /** @type {?Notice} */
    this.notice = null;
    /** @type {?Song} */
    this.song = null;
    /** @type {?OpenedMidi} */
    this.midi = null;
    /** @type {Favourite[]} */
    this.favourites = [];
    this._works = 0; // number of running tasks
    this.onArrangement = () => {}; // after each change of the arrangement
  }

  /** @param {() => void} listener @returns {() => void} unsubscribes */
  subscribe(listener) {
    this._listeners.add(listener);
    return () => {
      this._listeners.delete(listener);
    };
  }

  /** Notifies the listeners. */
  changed() {
    this.revision++;
    for (const listener of this._listeners) listener();
  }

  get arrangement() {
    return this._history.value;
  }

  /** Sets the first arrangement, which starts the undo history. @param {Arrangement} arrangement */
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

  /** Ends a series of changes, for example when a slider is released. */
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

  /** @param {string} text @param {boolean} isError @param {?NoticeAction} action */
  say(text, isError = false, action = null) {
    this.notice = {text, isError, action, id: (this.notice?.id ?? 0) + 1};
    this.changed();
  }

  /** @param {Partial<Status>} changes */
  setStatus(changes) {
    this.status = {...this.status, ...changes};
    this.changed();
  }

  get isWorking() {
    return this._works > 0;
  }

  /**
   * Runs slow work and shows the page as busy.
   * @template Result
   * @param {() => Promise<Result>} work
   */
  async whileWorking(work) {
    this._works++;
    const timer = setTimeout(() => this.setStatus({busy: true}), BUSY_DELAY);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
      this._works--;
      this.setStatus({busy: this.isWorking && this.status.busy});
    }
  }

  /**
   * Returns the result of `act`; if it fails, shows a notice and returns undefined.
   * @template Result
   * @param {(why: string) => string} failure returns the notice
   * @param {() => Result | Promise<Result>} act
   * @returns {Promise<Result | undefined>}
   */
  async attempt(failure, act) {
    try {
      return await act();
    } catch (error) {
      this.say(failure(reason(error)), true);
      return undefined;
    }
  }

  /** @param {string} what is fetched @param {?Progress} progress null at the end */
  setFetching(what, progress) {
    const before = this.status.fetching;
    if (!progress && before?.what !== what) return;
    const isNews = !progress || !before || before.what !== what ||
      Math.floor(progress.loaded / LEAST_NEWS) !== Math.floor(before.loaded / LEAST_NEWS);
    if (isNews) this.setStatus({fetching: progress && {what, ...progress}});
  }
}
