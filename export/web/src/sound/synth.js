/** General MIDI with oscillators: webaudio-tinysynth in the page's own audio context. */

import WebAudioTinySynth from 'webaudio-tinysynth';

import {metalNoise, roomEcho, whiteNoise} from './noise.js';

const VOICES = 10000; // practically unlimited; voices are freed as notes end

/** Keeps the synthesiser from creating and resuming its own AudioContext; it gets the page's. */
class Synthesiser extends WebAudioTinySynth {
  get internalcontext() {
    return 0;
  }

  set internalcontext(_) {}

  get audioContext() {
    return {state: 'running'};
  }

  set audioContext(_) {}
}

/**
 * Returns a proxy of the context that supplies prepared noise buffers. Otherwise the synthesiser
 * would fill three buffers with millions of sines, which blocks the page.
 * @param {BaseAudioContext} context
 */
function withNoises(context) {
  const noises = [roomEcho, whiteNoise, metalNoise]; // in its order
  /** @type {Record<PropertyKey, unknown>} */
  const own = {sampleRate: 0, createBuffer: () => noises.shift()?.(context)};
  return new Proxy(context, {
    get(target, name) {
      if (Object.hasOwn(own, name)) return own[name];
      const value = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

export class Synth {
  /**
   * @param {BaseAudioContext} context
   * @param {AudioNode} output
   */
  constructor(context, output) {
    this._synthesiser = new Synthesiser({useReverb: 1, quality: 1, voices: VOICES});
    this._synthesiser.setAudioContext(withNoises(context), output);
    this._synthesiser.actx = context;
  }

  /**
   * Plays a MIDI message at a time of the context.
   * @param {number[]} message
   * @param {number} time
   */
  send(message, time) {
    this._synthesiser.send(message, time);
  }

  /** Ends every note at once. */
  silence() {
    for (let channel = 0; channel < 16; channel++) this._synthesiser.allSoundOff(channel);
  }
}
