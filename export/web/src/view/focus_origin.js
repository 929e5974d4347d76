/** Tracks whether a pointer or a key moved the focus. */

/** @typedef {'pointer' | 'key'} Hand */

export class FocusOrigin {
  /** @param {AbortSignal} signal removes the listeners */
  constructor(signal) {
    /** @type {Hand} */
    this._last = 'key';
    /** @type {Hand} */
    this._origin = 'key';
    const options = {signal, capture: true};
    window.addEventListener('pointerdown', () => {
      this._last = this._origin = 'pointer';
    }, options);
    window.addEventListener('keydown', () => {
      this._last = 'key';
    }, options);
    window.addEventListener('focusin', () => {
      this._origin = this._last;
    }, options);
    // blurs a menu used with a pointer, since a focused menu uses all keys for its choices
    window.addEventListener('change', ({target}) => {
      if (target instanceof HTMLSelectElement && this._last === 'pointer') target.blur();
    }, options);
  }

  get isPointer() {
    return this._origin === 'pointer';
  }
}
