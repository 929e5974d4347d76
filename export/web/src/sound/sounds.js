/** Which synthesiser plays: oscillators, or the samples of a soundfont if there is one. */

import {Synth} from './synth.js';

export const SYNTH = 'synth';
export const FONT = 'font';

/** @import {Synthesiser} from './sequence.js' */

/** @typedef {typeof SYNTH | typeof FONT} Kind */

const LOUDNESS = {[SYNTH]: 0.9, [FONT]: 2.8}; // about as loud as each other
const CACHE = 'gm-vae';
const CACHED_FONT = '/dropped-soundfont'; // a name in the cache, not a file of the site

const sampled = () => import('./sampled_synth.js'); // most of the page's bytes, if need be only

export class Sounds {
  /** @param {() => void} changed called when there is something new to show */
  constructor(changed) {
    this._changed = changed;
    /** Of the live context. @type {Map<Kind, Promise<Synthesiser>>} */
    this._made = new Map();
    /** @type {?{bytes: ArrayBuffer, name: string}} */
    this._font = null;
    /** @type {Kind} */
    this.kind = SYNTH;
    /** What is heard: a context, and where each synthesiser's sound goes. @type {?LiveContext} */
    this._live = null;
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
    const name = kept?.headers.get('X-Name') ?? decodeURIComponent(url.split('/').at(-1) ?? '');
    await this._take(await response.arrayBuffer(), name);
  }

  /**
   * Plays with a soundfont from now on, and on later visits.
   * @param {ArrayBuffer} bytes
   * @param {string} name
   */
  async useFont(bytes, name) {
    await this._take(bytes, name);
    const headers = {'X-Name': name.replace(/[^ -~]/g, '?')};
    await cached((cache) => cache.put(CACHED_FONT, new Response(bytes.slice(0), {headers})));
  }

  /** @param {ArrayBuffer} bytes @param {string} name */
  async _take(bytes, name) {
    const {SampledSynth} = await sampled();
    SampledSynth.check(bytes);
    this._font = {bytes, name};
    this._made.delete(FONT);
    this.choose(FONT);
  }

  /** @param {Kind} kind */
  choose(kind) {
    this.kind = kind;
    this._changed();
  }

  /** The context that is heard and the synthesiser in it. Call it from a click. */
  async live() {
    this._live ??= makeLive();
    const {context} = this._live;
    if (context.state !== 'running') await context.resume();
    return {context, synth: await this._synth(this._live)};
  }

  /** @param {LiveContext} live @returns {Promise<Synthesiser>} */
  _synth(live) {
    const {kind} = this;
    const made = this._made.get(kind) ?? this._make(live);
    this._made.set(kind, made);
    made.catch(() => this._made.delete(kind));
    return made;
  }

  /** @param {LiveContext} live @returns {Promise<Synthesiser>} */
  async _make({context, outputs}) {
    if (this.kind === SYNTH || !this._font) return new Synth(context, outputs[SYNTH]);
    const {SampledSynth} = await sampled();
    return SampledSynth.create(context, outputs[FONT], this._font.bytes);
  }

  /**
   * What would be heard, as an AudioBuffer.
   * @param {OfflineAudioContext} context
   * @param {(synth: Synthesiser) => void} sendNotes
   * @param {Uint8Array<ArrayBuffer>} midi the same notes as a file
   */
  async render(context, sendNotes, midi) {
    if (this.kind === SYNTH || !this._font) {
      sendNotes(new Synth(context, output(context, SYNTH)));
    } else {
      const {SampledSynth} = await sampled();
      await SampledSynth.prepare(context, output(context, FONT), this._font.bytes, midi);
    }
    return context.startRendering();
  }
}

/** @typedef {{context: AudioContext, outputs: Record<Kind, AudioNode>}} LiveContext */

/** @returns {LiveContext} */
function makeLive() {
  const context = new AudioContext({latencyHint: 'interactive'});
  return {context, outputs: {[SYNTH]: output(context, SYNTH), [FONT]: output(context, FONT)}};
}

/**
 * Where a synthesiser's sound goes: a gain, and a limiter against what is too loud.
 * @param {BaseAudioContext} context
 * @param {Kind} kind
 */
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

/**
 * What `find` finds in this page's cache; undefined where browsers have none, or it is full.
 * @template Found
 * @param {(cache: Cache) => Promise<Found>} find
 */
async function cached(find) {
  try {
    return await find(await caches.open(CACHE));
  } catch {
    return undefined;
  }
}
