/** General MIDI from the samples of a soundfont: spessasynth in an audio worklet. */

import {BasicMIDI} from 'spessasynth_core';
import {WorkletSynthesizer} from 'spessasynth_lib';

import processor from './spessasynth_processor.file';

const PROCESSOR = new URL(processor, import.meta.url).href;

export class SampledSynth {
  /** Whether the bytes are a soundfont. @param {ArrayBuffer} bytes */
  static canPlay(bytes) {
    const text = (/** @type {number} */ from) =>
      String.fromCharCode(...new Uint8Array(bytes.slice(from, from + 4)));
    return text(0) === 'RIFF' && ['sfbk', 'sfpk', 'DLS '].includes(text(8));
  }

  /**
   * @param {BaseAudioContext} context
   * @param {AudioNode} output
   * @param {ArrayBuffer} font
   */
  static async create(context, output, font) {
    const synthesiser = await inContext(context, output);
    await synthesiser.soundBankManager.addSoundBank(font.slice(0), 'main');
    await synthesiser.isReady;
    return new SampledSynth(synthesiser);
  }

  /**
   * Prepares an offline context to play a MIDI file; its worklet cannot receive messages later.
   * @param {OfflineAudioContext} context
   * @param {AudioNode} output
   * @param {ArrayBuffer} font
   * @param {Uint8Array<ArrayBuffer>} midi
   */
  static async prepare(context, output, font, midi) {
    const synthesiser = await inContext(context, output);
    await synthesiser.startOfflineRender({
      midiSequence: BasicMIDI.fromArrayBuffer(midi.slice().buffer),
      soundBankList: [{bankOffset: 0, soundBankBuffer: font.slice(0)}],
      loopCount: 0,
      sequencerOptions: {skipToFirstNoteOn: false},
    });
  }

  /** @param {WorkletSynthesizer} synthesiser */
  constructor(synthesiser) {
    this._synthesiser = synthesiser;
  }

  /** @param {number[]} message @param {number} time */
  send(message, time) {
    this._synthesiser.sendMessage(message, 0, {time});
  }

  silence() {
    this._synthesiser.stopAll(true);
  }
}

/** @param {BaseAudioContext} context @param {AudioNode} output */
async function inContext(context, output) {
  await context.audioWorklet.addModule(PROCESSOR);
  const synthesiser = new WorkletSynthesizer(context);
  synthesiser.connect(output);
  return synthesiser;
}
