/** Whether a pointer or a key put the focus where it is. */

/** @typedef {'pointer' | 'key'} Hand */

export class FocusOrigin {
  /** @param {AbortSignal} signal ends the watching */
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
    // a menu that was chosen from with a pointer would take all keys as choices
    window.addEventListener('change', ({target}) => {
      if (target instanceof HTMLSelectElement && this._last === 'pointer') target.blur();
    }, options);
  }

  get isPointer() {
    return this._origin === 'pointer';
  }
}
