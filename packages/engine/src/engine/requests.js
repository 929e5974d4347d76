/** Requests to a worker: each message gets one answer, and reports of progress before it. */

/** @import {Progress} from './fetching.js' */
/** @import {Answer, Report} from './messages.js' */

/**
 * @typedef {object} Watch
 * @property {(progress: Progress) => void} [onProgress]
 * @property {AbortSignal} [signal]
 *
 * @typedef {object} Waiting
 * @property {(result: any) => void} resolve
 * @property {(error: Error) => void} reject
 * @property {Watch['onProgress']} onProgress
 */

export class Requests {
  /**
   * @param {() => Worker} start creates the worker at the first request
   * @param {string} absence error message if the script does not run
   * @param {(progress: Progress) => void} onProgress called with reports that belong to no pending
   *   request, or to one without its own callback
   */
  constructor(start, absence, onProgress) {
    this._start = start;
    this._absence = absence;
    this._onProgress = onProgress;
    /** @type {?Worker} */
    this._worker = null;
    /** @type {Map<number | undefined, Waiting>} */
    this._waiting = new Map();
    this._count = 0;
  }

  /**
   * Sends a message and returns the answer.
   * @param {object} message
   * @param {Watch} [watch] if its signal aborts, `{abort: id}` is sent
   * @returns {Promise<any>}
   */
  async ask(message, {onProgress, signal} = {}) {
    signal?.throwIfAborted();
    const id = this._count++;
    const worker = this._running();
    const abort = () => worker.postMessage({abort: id});
    signal?.addEventListener('abort', abort);
    try {
      return await new Promise((resolve, reject) => {
        this._waiting.set(id, {resolve, reject, onProgress});
        worker.postMessage({...message, id});
      });
    } catch (error) {
      signal?.throwIfAborted(); // throws the reason of the signal instead of the worker's error
      throw error;
    } finally {
      this._waiting.delete(id);
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Terminates the worker and rejects pending requests. @param {string} reason */
  end(reason) {
    this._worker?.terminate();
    this._worker = null;
    this._rejectAll(reason);
  }

  /** Returns the worker, and starts it if it is not running. */
  _running() {
    if (this._worker) return this._worker;
    const worker = this._start();
    worker.onmessage = ({data}) => this._take(data);
    worker.onerror = ({message}) => {
      if (!message) this._worker = null;
      this._rejectAll(message || this._absence);
    };
    this._worker = worker;
    return worker;
  }

  /** @param {Answer | Report} message */
  _take(message) {
    const waiting = this._waiting.get(message.id);
    if ('progress' in message) (waiting?.onProgress ?? this._onProgress)(message.progress);
    else if (message.error) {
      const {name, message: text} = message.error;
      waiting?.reject(Object.assign(new Error(text), {name}));
    } else waiting?.resolve(message.result);
  }

  /** @param {string} reason */
  _rejectAll(reason) {
    for (const {reject} of this._waiting.values()) reject(new Error(reason));
  }
}
