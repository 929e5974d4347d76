/** The worker's side of the page: each action is a promise. */

export class Engine {
  /** @param {string} script the worker's address */
  constructor(script) {
    this._worker = new Worker(script, {type: 'module'});
    this._waiting = new Map(); // id -> {resolve, reject}
    this._count = 0;
    this._worker.onmessage = ({data: {id, result, error}}) => {
      const {resolve, reject} = this._waiting.get(id);
      this._waiting.delete(id);
      if (error) reject(Object.assign(new Error(error.message), {name: error.name}));
      else resolve(result);
    };
    this._worker.onerror = (event) => {
      for (const {reject} of this._waiting.values()) reject(new Error(event.message));
      this._waiting.clear();
    };
  }

  load(url) {
    return this._ask('load', {url});
  }

  decode(rows, temperature) {
    return this._ask('decode', {rows, temperature});
  }

  read(bytes) {
    return this._ask('read', {bytes});
  }

  encode(tracks, chords) {
    return this._ask('encode', {tracks, chords});
  }

  _ask(action, values) {
    const id = this._count++;
    return new Promise((resolve, reject) => {
      this._waiting.set(id, {resolve, reject});
      this._worker.postMessage({id, action, ...values});
    });
  }
}
