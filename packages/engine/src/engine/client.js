/** The worker's side of the page: each action is a promise. */

/** @import {Decoding, Row} from './decoder.js' */
/** @import {Progress} from './fetching.js' */
/** @import {Actions, Answer, Report} from './messages.js' */

export class Engine {
  /** @param {string} script the worker's address */
  constructor(script) {
    this._script = script;
    /** @type {?Worker} */
    this._worker = null;
    /** @type {Map<number, {resolve: (result: unknown) => void, reject: (error: Error) => void}>} */
    this._waiting = new Map();
    this._count = 0;
    /** Called as the model is fetched. @type {(progress: Progress) => void} */
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
    const id = this._count++;
    const answer = new Promise((resolve, reject) => {
      this._waiting.set(id, {resolve, reject});
      this._start().postMessage({id, action, ...values});
    });
    return /** @type {ReturnType<Actions[A]>} */ (answer);
  }

  /** The worker, which runs from the first question on; one that did not start is tried anew. */
  _start() {
    if (this._worker) return this._worker;
    const worker = new Worker(this._script, {type: 'module'});
    worker.onmessage = ({data}) => this._take(data);
    worker.onerror = ({message}) => {
      const name = decodeURIComponent(new URL(this._script).pathname);
      const why = message || `${name} is missing on the server, or is kept from running`;
      for (const {reject} of this._waiting.values()) reject(new Error(why));
      this._waiting.clear();
      if (!message) this._worker = null;
    };
    this._worker = worker;
    return worker;
  }

  /** @param {Answer | Report} message */
  _take(message) {
    if ('progress' in message) {
      this.onProgress(message.progress);
      return;
    }
    const {id, result, error} = message;
    const waiting = this._waiting.get(id);
    this._waiting.delete(id);
    if (error) waiting?.reject(Object.assign(new Error(error.message), {name: error.name}));
    else waiting?.resolve(result);
  }
}
