/** The sound output: oscillators, a soundfont, or a MIDI port. */

import {fetchBytes} from '../../../../packages/engine/src/engine/fetching.js';
import {nextTask} from '../../../../packages/engine/src/engine/next_task.js';
import {texts} from '../texts/texts.js';
import {MidiOut} from './midi_out.js';
import {Synth} from './synth.js';

export const SYNTH = 'synth';
export const FONT = 'font';
export const PORT = 'port';

/** @import {Progress} from '../../../../packages/engine/src/engine/fetching.js' */
/** @import {Synthesiser} from './sequence.js' */

/**
 * @typedef {typeof SYNTH | typeof FONT | typeof PORT} Kind
 *
 * A soundfont; `isKept`: whether the browser stores it for later visits.
 * @typedef {{name: string, isKept: boolean, read: () => Promise<ArrayBuffer>}} Font
 */

const LOUDNESS = {[SYNTH]: 0.9, [FONT]: 2.8}; // gains for about equal loudness
const CACHE = 'gm-vae';
const CACHED_FONT = '/dropped-soundfont'; // a name in the cache, not a file of the site
const CHOICE_KEY = 'gm-vae-sounds';

/** Loads the sampler on demand, as it is most of the page's bytes. */
async function sampled() {
  if (typeof AudioWorklet === 'undefined') throw new Error(texts.fonts.insecure);
  return import('./sampled_synth.js');
}

/** Throws if the bytes are not a soundfont. @param {ArrayBuffer} bytes */
async function check(bytes) {
  const {SampledSynth} = await sampled();
  if (!SampledSynth.canPlay(bytes)) throw new Error(texts.fonts.notOne);
}

export class Sounds {
  /** @param {() => void} changed called when the state for display changes */
  constructor(changed) {
    this._changed = changed;
    /** Synthesisers of the live context. @type {Map<Kind, Promise<Synthesiser>>} */
    this._made = new Map();
    /** @type {?Font} */
    this._font = null;
    /** @type {?MIDIAccess} */
    this._access = null;
    /** The selected port. @type {?MIDIOutput} */
    this.port = null;
    /** The chosen kind; `kind` follows when it is loaded. @type {Kind} */
    this._chosen = SYNTH;
    /**
     * Called with the progress of fetching the site's soundfont, and with null at the end.
     * @type {(name: string, progress: ?Progress) => void}
     */
    this.onProgress = () => {};
    /** @type {Kind} */
    this.kind = SYNTH;
    /** The live context, and the output node of each synthesiser. @type {?LiveContext} */
    this._live = null;
  }

  /** Whether the browser supports Web MIDI. */
  get hasMidi() {
    return 'requestMIDIAccess' in navigator;
  }

  /** The ports that were found. */
  get ports() {
    return [...this._access?.outputs.values() ?? []];
  }

  /** Requests the MIDI ports; the user must grant permission. */
  async findPorts() {
    this._access ??= await navigator.requestMIDIAccess();
    this._access.onstatechange = () => {
      if (this.port?.state === 'disconnected') this._take(SYNTH);
      this._changed();
    };
    if (!this.ports.length) throw new Error(texts.noPort);
    await this.choosePort(this.ports[0].id);
  }

  /** Plays through a port. @param {string} id */
  async choosePort(id) {
    this.port = this.ports.find((port) => port.id === id) ?? null;
    this._made.delete(PORT);
    await this._take(PORT);
  }

  get fontName() {
    return this._font?.name ?? '';
  }

  /** Whether the browser stores the soundfont, so that it can be removed. */
  get isFontKept() {
    return this._font?.isKept ?? false;
  }

  /**
   * Selects the soundfont stored on an earlier visit, or the site's one, unless the user chose the
   * oscillators.
   * @param {string} url of the site's soundfont, or ''
   */
  async findFont(url) {
    const kept = await cached((cache) => cache.match(CACHED_FONT));
    this._font = kept ? keptFont(kept) : url ? this._siteFont(url) : null;
    this._changed();
    if (this._font && chosenBefore() !== SYNTH) await this._take(FONT);
  }

  /**
   * Selects a soundfont, also for later visits.
   * @param {ArrayBuffer} bytes
   * @param {string} name
   * @returns {Promise<boolean>} whether the browser stored it
   */
  async useFont(bytes, name) {
    await check(bytes);
    const headers = {'X-Name': encodeURIComponent(name)};
    const isKept = await cached(async (cache) => {
      await cache.put(CACHED_FONT, new Response(bytes.slice(0), {headers}));
      return true;
    }) ?? false;
    this._font = {name, isKept, read: async () => bytes};
    this._made.delete(FONT);
    await this.choose(FONT);
    return isKept;
  }

  /**
   * Removes the stored soundfont and returns to the site's one.
   * @param {string} url of the site's soundfont, or ''
   */
  async forgetFont(url) {
    await cached((cache) => cache.delete(CACHED_FONT));
    this._font = null;
    this._made.delete(FONT);
    remember(null);
    await this._take(SYNTH);
    await this.findFont(url);
  }

  /** Selects sounds, also for later visits. @param {Kind} kind */
  async choose(kind) {
    remember(kind);
    await this._take(kind);
  }

  /** Switches to sounds when they are loaded. @param {Kind} kind */
  async _take(kind) {
    this._chosen = kind;
    if (kind === FONT && this._font) {
      const [bytes] = await Promise.all([this._font.read(), sampled()]);
      await check(bytes);
      if (this._chosen !== kind) return; // something else was chosen meanwhile
    }
    this.kind = kind;
    this._changed();
  }

  /** The site's soundfont, fetched when it is first read. @param {string} url @returns {Font} */
  _siteFont(url) {
    const name = decodeURIComponent(url.split('/').at(-1) ?? '');
    /** @type {?Promise<ArrayBuffer>} */
    let bytes = null;
    const fetchAll = async () => {
      try {
        return await fetchBytes(new URL(url), (progress) => this.onProgress(name, progress));
      } catch (error) {
        bytes = null; // the next read tries again
        throw error;
      } finally {
        this.onProgress(name, null);
      }
    };
    return {name, isKept: false, read: () => (bytes ??= fetchAll())};
  }

  /** Returns the live context and its synthesiser. Call it in a user gesture. */
  async live() {
    this._live ??= makeLive();
    const {context} = this._live;
    if (context.state !== 'running') await context.resume();
    await nextTask(); // creating the context and the synthesiser are both slow
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
    if (this.kind === PORT && this.port) return new MidiOut(this.port, context);
    if (this.kind !== FONT || !this._font) return new Synth(context, outputs[SYNTH]);
    const {SampledSynth} = await sampled();
    return SampledSynth.create(context, outputs[FONT], await this._font.read());
  }

  /**
   * Renders the notes to an AudioBuffer.
   * @param {OfflineAudioContext} context
   * @param {(synth: Synthesiser) => void} sendNotes
   * @param {Uint8Array<ArrayBuffer>} midi the same notes as a file
   */
  async render(context, sendNotes, midi) {
    if (this.kind !== FONT || !this._font) {
      sendNotes(new Synth(context, output(context, SYNTH)));
    } else {
      const {SampledSynth} = await sampled();
      await SampledSynth.prepare(
        context, output(context, FONT), await this._font.read(), midi);
    }
    return context.startRendering();
  }
}

/** A soundfont in the cache. @param {Response} response @returns {Font} */
function keptFont(response) {
  /** @type {?Promise<ArrayBuffer>} */
  let bytes = null;
  const name = response.headers.get('X-Name') ?? '';
  return {name: decoded(name), isKept: true, read: () => (bytes ??= response.arrayBuffer())};
}

/** @param {string} text of a header; earlier pages did not encode it */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The sounds that the user chose on this or an earlier visit. @returns {?string} */
function chosenBefore() {
  try {
    return localStorage.getItem(CHOICE_KEY);
  } catch {
    return null;
  }
}

/** @param {?Kind} kind */
function remember(kind) {
  try {
    if (kind) localStorage.setItem(CHOICE_KEY, kind);
    else localStorage.removeItem(CHOICE_KEY);
  } catch {
    // then the choice lasts only until the page is closed
  }
}

/** @typedef {Record<typeof SYNTH | typeof FONT, AudioNode>} Outputs */
/** @typedef {{context: AudioContext, outputs: Outputs}} LiveContext */

/** @returns {LiveContext} */
function makeLive() {
  const context = new AudioContext({latencyHint: 'interactive'});
  return {context, outputs: {[SYNTH]: output(context, SYNTH), [FONT]: output(context, FONT)}};
}

/**
 * Returns the output node of a synthesiser: a gain followed by a limiter.
 * @param {BaseAudioContext} context
 * @param {typeof SYNTH | typeof FONT} kind
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
 * Returns the result of `find` in the page's cache; undefined if the cache is missing or full.
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
