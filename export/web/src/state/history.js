/** A value with undo. Consecutive changes of one kind, such as a slider's, are one step. */

const MOST = 200;

/** @template Value */
export class History {
  /** @param {Value} value */
  constructor(value) {
    this.value = value;
    /** @type {Value[]} */
    this._past = [];
    /** @type {Value[]} */
    this._future = [];
    /** @type {?string} */
    this._kind = null;
  }

  get canUndo() {
    return this._past.length > 0;
  }

  get canRedo() {
    return this._future.length > 0;
  }

  /** @param {Value} value @param {?string} kind null for a separate step */
  set(value, kind = null) {
    if (kind === null || kind !== this._kind) {
      this._past = [...this._past, this.value].slice(-MOST);
    }
    this._kind = kind;
    this._future = [];
    this.value = value;
  }

  /** Ends a series of changes: the next one is a separate step. */
  settle() {
    this._kind = null;
  }

  undo() {
    if (!this.canUndo) return;
    this._future = [this.value, ...this._future];
    this.value = this._past[this._past.length - 1];
    this._past = this._past.slice(0, -1);
    this._kind = null;
  }

  redo() {
    if (!this.canRedo) return;
    this._past = [...this._past, this.value];
    [this.value, ...this._future] = this._future;
    this._kind = null;
  }
}
