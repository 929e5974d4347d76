/** General MIDI from the samples of a soundfont: spessasynth in an audio worklet. */

import {WorkletSynthesizer} from 'spessasynth_lib';

const PROCESSOR = new URL('spessasynth_processor.min.js', import.meta.url).href;

export class SampledSynth {
  /** Throws if the bytes are no soundfont. */
  static check(bytes) {
    const text = (from) => String.fromCharCode(...new Uint8Array(bytes.slice(from, from + 4)));
    if (text(0) !== 'RIFF' || !['sfbk', 'sfen', 'DLS '].includes(text(8))) {
      throw new Error('it is no .sf2, .sf3 or .dls file');
    }
  }

  /**
   * @param {BaseAudioContext} context
   * @param {AudioNode} output
   * @param {ArrayBuffer} font
   */
  static async create(context, output, font) {
    if (!context.audioWorklet) throw new Error('soundfonts need a page from https or localhost');
    await context.audioWorklet.addModule(PROCESSOR);
    const synthesiser = new WorkletSynthesizer(context);
    await synthesiser.soundBankManager.addSoundBank(font.slice(0), 'main');
    await synthesiser.isReady;
    synthesiser.connect(output);
    return new SampledSynth(synthesiser);
  }

  constructor(synthesiser) {
    this._synthesiser = synthesiser;
  }

  send(message, time) {
    this._synthesiser.sendMessage(message, 0, {time});
  }

  silence() {
    this._synthesiser.stopAll(true);
  }
}
