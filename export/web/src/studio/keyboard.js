/** Recognises chords that are held on a MIDI keyboard. */

import {heldChord} from '../state/held_chord.js';

const SETTLING = 60; // ms after the last key press until the chord is read

export class Keyboard {
  /** @param {(symbol: string) => void} onChord called with each recognised chord */
  constructor(onChord) {
    this._onChord = onChord;
    /** @type {Set<number>} */
    this._held = new Set();
    /** @type {number | undefined} */
    this._timer = undefined;
    /** @type {?MIDIAccess} */
    this._access = null;
  }

  get isOn() {
    return this._access !== null;
  }

  /** Listens to all keyboards, including those connected later. */
  async turnOn() {
    const access = await navigator.requestMIDIAccess();
    this._access = access;
    const listen = () => {
      for (const input of access.inputs.values()) {
        input.onmidimessage = ({data}) => this._take(data);
      }
    };
    access.onstatechange = listen;
    listen();
  }

  turnOff() {
    for (const input of this._access?.inputs.values() ?? []) input.onmidimessage = null;
    if (this._access) this._access.onstatechange = null;
    this._access = null;
    this._held.clear();
    clearTimeout(this._timer);
  }

  /** @param {?Uint8Array} message */
  _take(message) {
    const [status, pitch, velocity] = message ?? [];
    if (status >> 4 === 9 && velocity > 0) {
      this._held.add(pitch);
      clearTimeout(this._timer);
      this._timer = window.setTimeout(() => {
        const symbol = heldChord(this._held);
        if (symbol) this._onChord(symbol);
      }, SETTLING);
    } else if (status >> 4 === 8 || status >> 4 === 9) {
      this._held.delete(pitch);
    }
  }
}
