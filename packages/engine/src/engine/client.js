/** The page's client of the worker: each action returns a promise. */

import {Requests} from './requests.js';

/** @import {Decoding, Row} from './decoder.js' */
/** @import {Progress} from './fetching.js' */
/** @import {Actions} from './messages.js' */

export class Engine {
  /** @param {string} script the worker's address */
  constructor(script) {
    const name = decodeURIComponent(new URL(script).pathname);
    this._requests = new Requests(
      () => new Worker(script, {type: 'module'}),
      `${name} is missing on the server, or is kept from running`,
      (progress) => this.onProgress(progress));
    /** Called with the progress of the model's download. @type {(progress: Progress) => void} */
    this.onProgress = () => {};
  }

  /** @param {string} url of a model's folder */
  load(url) {
    return this._ask('load', {url});
  }

  /** @param {Row[]} rows @param {Decoding} decoding */
  decode(rows, decoding) {
    return this._ask('decode', {rows, decoding});
  }

  /** The logits of the tracks' first tokens. @param {Float32Array[]} points */
  programs(points) {
    return this._ask('programs', {points});
  }

  /** @param {Uint8Array} bytes of a MIDI file */
  read(bytes) {
    return this._ask('read', {bytes});
  }

  /** @param {number[][]} tracks @param {number[]} chords */
  encode(tracks, chords) {
    return this._ask('encode', {tracks, chords});
  }

  /**
   * @template {keyof Actions} A
   * @param {A} action
   * @param {Parameters<Actions[A]>[0]} values
   * @returns {ReturnType<Actions[A]>}
   */
  _ask(action, values) {
    return /** @type {ReturnType<Actions[A]>} */ (this._requests.ask({action, ...values}));
  }
}
