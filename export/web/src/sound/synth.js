/** General MIDI by oscillators: webaudio-tinysynth in our own audio context. */

import WebAudioTinySynth from 'webaudio-tinysynth';

const VOICES = 10000; // no limit: old notes are let go as they end

/** The synthesiser makes an AudioContext of its own and wakes it; ours is given, and awake. */
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

export class Synth {
  /**
   * @param {BaseAudioContext} context
   * @param {AudioNode} output
   */
  constructor(context, output) {
    this._synthesiser = new Synthesiser({useReverb: 1, quality: 1, voices: VOICES});
    this._synthesiser.setAudioContext(context, output);
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
