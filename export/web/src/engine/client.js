/** The worker's side of the page: each action is a promise. */

/** @import {Decoding, Row} from './decoder.js' */
/** @import {Actions, Answer} from './messages.js' */

export class Engine {
  /** @param {string} script the worker's address */
  constructor(script) {
    this._worker = new Worker(script, {type: 'module'});
    /** @type {Map<number, {resolve: (result: unknown) => void, reject: (error: Error) => void}>} */
    this._waiting = new Map();
    this._count = 0;
    this._worker.onmessage = ({data}) => this._take(data);
    this._worker.onerror = (event) => {
      for (const {reject} of this._waiting.values()) reject(new Error(event.message));
      this._waiting.clear();
    };
  }

  /** @param {string} url of a model's folder */
  load(url) {
    return this._ask('load', {url});
  }

  /** @param {Row[]} rows @param {Decoding} decoding */
  decode(rows, decoding) {
    return this._ask('decode', {rows, decoding});
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
    const id = this._count++;
    const answer = new Promise((resolve, reject) => {
      this._waiting.set(id, {resolve, reject});
      this._worker.postMessage({id, action, ...values});
    });
    return /** @type {ReturnType<Actions[A]>} */ (answer);
  }

  /** @param {Answer} answer */
  _take({id, result, error}) {
    const waiting = this._waiting.get(id);
    this._waiting.delete(id);
    if (error) waiting?.reject(Object.assign(new Error(error.message), {name: error.name}));
    else waiting?.resolve(result);
  }
}
