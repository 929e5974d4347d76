/** Which synthesiser plays: oscillators at once, or the samples of a soundfont once it is there. */

import {Synth} from './synth.js';

export const SYNTH = 'synth';
export const FONT = 'font';

const LOUDNESS = 0.9;

export class Sounds {
  /** @param {() => void} changed called when there is something new to show */
  constructor(changed) {
    this._changed = changed;
    this._made = new Map(); // kind -> promise of a synthesiser in the live context
    this._font = null; // {bytes, name}
    this.kind = SYNTH;
  }

  get fontName() {
    return this._font?.name ?? '';
  }

  /** The context that is heard and the synthesiser in it. Call it from a click. */
  async live() {
    if (!this._context) {
      this._context = new AudioContext({latencyHint: 'interactive'});
      this._output = output(this._context, this._context.destination);
    }
    if (this._context.state !== 'running') await this._context.resume();
    if (!this._made.has(this.kind)) {
      const made = this._make(this._context, this._output);
      this._made.set(this.kind, made);
      made.catch(() => this._made.delete(this.kind));
    }
    return {context: this._context, synth: await this._made.get(this.kind)};
  }

  /** A synthesiser in a context that is rendered: the oscillators, whatever is heard live. */
  async offline(context) {
    return new Synth(context, output(context, context.destination));
  }

  async useFont(bytes, name) {
    const {SampledSynth} = await sampled();
    SampledSynth.check(bytes);
    this._font = {bytes, name};
    this._made.delete(FONT);
    this.kind = FONT;
  }

  async choose(kind) {
    this.kind = kind;
    this._changed();
  }

  async _make(context, destination) {
    if (this.kind === SYNTH) return new Synth(context, destination);
    const {SampledSynth} = await sampled();
    return SampledSynth.create(context, destination, this._font.bytes);
  }
}

const sampled = () => import('./sampled_synth.js'); // half of the page's bytes, only if need be

/** A little headroom, and a limiter against what is too loud all the same. */
function output(context, destination) {
  const gain = context.createGain();
  gain.gain.value = LOUDNESS;
  const limiter = context.createDynamicsCompressor();
  limiter.threshold.value = -6;
  limiter.ratio.value = 12;
  limiter.attack.value = 0.003;
  gain.connect(limiter);
  limiter.connect(destination);
  return gain;
}
