/** Which synthesiser plays: oscillators, or the samples of a soundfont if there is one. */

import {Synth} from './synth.js';

export const SYNTH = 'synth';
export const FONT = 'font';

const LOUDNESS = {[SYNTH]: 0.9, [FONT]: 2.8}; // about as loud as each other
const CACHE = 'gm-vae';
const CACHED_FONT = '/dropped-soundfont'; // a name in the cache, not a file of the site

const sampled = () => import('./sampled_synth.js'); // most of the page's bytes, if need be only

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

  /**
   * Takes the soundfont that was dropped on an earlier visit, or the one that comes with the site.
   * @param {string} url of the site's, or ''
   */
  async findFont(url) {
    const kept = await cached((cache) => cache.match(CACHED_FONT));
    const response = kept ?? (url && (await fetch(url)));
    if (!response || !response.ok) return;
    const name = kept ? kept.headers.get('X-Name') : decodeURIComponent(url.split('/').pop());
    await this._take(await response.arrayBuffer(), name);
  }

  /** Plays with a soundfont from now on, and on later visits. */
  async useFont(bytes, name) {
    await this._take(bytes, name);
    const headers = {'X-Name': name.replace(/[^ -~]/g, '?')};
    await cached((cache) => cache.put(CACHED_FONT, new Response(bytes.slice(0), {headers})));
  }

  async _take(bytes, name) {
    const {SampledSynth} = await sampled();
    SampledSynth.check(bytes);
    this._font = {bytes, name};
    this._made.delete(FONT);
    this.choose(FONT);
  }

  choose(kind) {
    this.kind = kind;
    this._changed();
  }

  /** The context that is heard and the synthesiser in it. Call it from a click. */
  async live() {
    if (!this._context) {
      this._context = new AudioContext({latencyHint: 'interactive'});
      this._outputs = new Map([SYNTH, FONT].map((kind) => [kind, output(this._context, kind)]));
    }
    if (this._context.state !== 'running') await this._context.resume();
    if (!this._made.has(this.kind)) {
      const made = this._make();
      this._made.set(this.kind, made);
      made.catch(() => this._made.delete(this.kind));
    }
    return {context: this._context, synth: await this._made.get(this.kind)};
  }

  async _make() {
    if (this.kind === SYNTH) return new Synth(this._context, this._outputs.get(SYNTH));
    const {SampledSynth} = await sampled();
    return SampledSynth.create(this._context, this._outputs.get(FONT), this._font.bytes);
  }

  /**
   * What would be heard, as an AudioBuffer.
   * @param {OfflineAudioContext} context
   * @param {(synth: {send: Function}) => void} sendNotes
   * @param {Uint8Array} midi the same notes as a file
   */
  async render(context, sendNotes, midi) {
    if (this.kind === SYNTH) {
      sendNotes(new Synth(context, output(context, SYNTH)));
    } else {
      const {SampledSynth} = await sampled();
      await SampledSynth.prepare(context, output(context, FONT), this._font.bytes, midi);
    }
    return context.startRendering();
  }
}

/** Where a synthesiser's sound goes: a gain, and a limiter against what is too loud. */
function output(context, kind) {
  const gain = context.createGain();
  gain.gain.value = LOUDNESS[kind];
  const limiter = context.createDynamicsCompressor();
  limiter.threshold.value = -6;
  limiter.ratio.value = 12;
  limiter.attack.value = 0.003;
  gain.connect(limiter);
  limiter.connect(context.destination);
  return gain;
}

/** What `use` finds in this page's cache; undefined where browsers have none, or it is full. */
async function cached(use) {
  try {
    return await use(await caches.open(CACHE));
  } catch {
    return undefined;
  }
}
