/** `MusicVAE` in a worker of its own, so that the page never waits for it. */

import {Format} from '../music/format.js';
import {asObject} from './control_args.js';
import {MultitrackConverter} from './data_converter.js';
import {Tensor, toArrays} from './tensor.js';

/** @import {Progress} from '../engine/fetching.js' */
/** @import {ControlArgs} from './control_args.js' */
/** @import {MeasureSequence} from './data_converter.js' */
/** @import {NoteSequence} from './note_sequence.js' */
/** @import {SectionMark} from '../music/song.js' */
/** @import {SongArgs} from './play_song.js' */
/** @import {Spec} from './spec.js' */
/** @import {TensorLike} from './tensor.js' */
/** @import {Failure, Loaded, Report, Result} from './worker_protocol.js' */

/**
 * @typedef {object} Watch
 * @property {(progress: Progress) => void} [onProgress]
 * @property {AbortSignal} [signal]
 *
 * @typedef {object} Waiting
 * @property {(result: any) => void} resolve
 * @property {(error: Error) => void} reject
 * @property {Watch['onProgress']} onProgress
 */

/** The methods are those of `MusicVAE`, with the same arguments. */
export class WorkerMusicVAE {
  /**
   * @param {string | URL} checkpointURL
   * @param {Spec} [spec] instead of config.json
   * @param {() => Worker} [start] makes the worker; by default of worker.js beside this module
   */
  constructor(checkpointURL, spec, start = () =>
    new Worker(new URL('./worker.js', import.meta.url), {type: 'module'})) {
    this.checkpointURL = new URL(checkpointURL, globalThis.location?.href).href;
    this.spec = spec;
    this.zDims = 0;
    /** @type {MultitrackConverter | undefined} */
    this.dataConverter = undefined;
    this.initialized = false;
    this._start = start;
    /** Told of what is fetched after the load, too. @type {Watch['onProgress']} */
    this._onFetch = undefined;
    /** @type {Worker | undefined} */
    this._worker = undefined;
    /** @type {Promise<void> | undefined} */
    this._loading = undefined;
    /** @type {Map<number, Waiting>} */
    this._waiting = new Map();
    this._count = 0;
  }

  isInitialized() {
    return this.initialized;
  }

  /** @param {Watch} [watch] */
  initialize(watch = {}) {
    this._loading ??= this._load(watch).catch((error) => {
      this._loading = undefined;
      throw error;
    });
    return this._loading;
  }

  /** Ends the worker; what it was asked for is rejected. */
  dispose() {
    this._worker?.terminate();
    this._worker = undefined;
    this._loading = undefined;
    this.initialized = false;
    this._rejectAll('The model was disposed.');
  }

  /**
   * @param {number} numSamples
   * @param {number} [temperature]
   * @param {ControlArgs | string[]} [controlArgs]
   * @param {number} [stepsPerQuarter]
   * @param {number} [qpm]
   * @returns {Promise<MeasureSequence[]>}
   */
  async sample(numSamples, temperature, controlArgs, stepsPerQuarter, qpm) {
    return this._call('sample', [numSamples, temperature], controlArgs, [stepsPerQuarter, qpm]);
  }

  /**
   * @param {TensorLike | ArrayLike<number>[]} z
   * @param {number} [temperature]
   * @param {ControlArgs | string[]} [controlArgs]
   * @param {number} [stepsPerQuarter]
   * @param {number} [qpm]
   * @returns {Promise<MeasureSequence[]>}
   */
  async decode(z, temperature, controlArgs, stepsPerQuarter, qpm) {
    const points = await toArrays(z);
    return this._call('decode', [points, temperature], controlArgs, [stepsPerQuarter, qpm]);
  }

  /**
   * @param {NoteSequence[]} inputSequences
   * @param {ControlArgs | string[]} [controlArgs]
   * @returns {Promise<Tensor>}
   */
  async encode(inputSequences, controlArgs) {
    const {values, shape} = await this._call('encode', [inputSequences], controlArgs);
    return new Tensor(values, shape);
  }

  /**
   * @param {NoteSequence[]} inputSequences
   * @param {number | number[]} numInterps
   * @param {number} [temperature]
   * @param {ControlArgs | string[]} [controlArgs]
   * @returns {Promise<MeasureSequence[]>}
   */
  async interpolate(inputSequences, numInterps, temperature, controlArgs) {
    return this._call('interpolate', [inputSequences, numInterps, temperature], controlArgs);
  }

  /**
   * @param {NoteSequence} inputSequence
   * @param {number} numSamples
   * @param {number} similarity
   * @param {number} [temperature]
   * @param {ControlArgs | string[]} [controlArgs]
   * @returns {Promise<MeasureSequence[]>}
   */
  async similar(inputSequence, numSamples, similarity, temperature, controlArgs) {
    return this._call('similar', [inputSequence, numSamples, similarity, temperature], controlArgs);
  }

  /**
   * @param {string} form
   * @param {string} chords
   * @param {SongArgs} [songArgs]
   * @returns {Promise<{measures: MeasureSequence[], sections: SectionMark[]}>}
   */
  async song(form, chords, songArgs = {}) {
    const {styles, ...args} = songArgs;
    return this._call('song', [form, chords], styles ? {...args, styles: await toArrays(styles)} : args);
  }

  /** @returns {Promise<string[]>} */
  async attributes() {
    await this.initialize();
    return this._ask('attributes', []);
  }

  /**
   * @param {TensorLike | ArrayLike<number>[]} z
   * @param {Record<string, number>} steps
   * @returns {Promise<Tensor>}
   */
  async move(z, steps) {
    await this.initialize();
    const {values, shape} = await this._ask('move', [await toArrays(z), steps]);
    return new Tensor(values, shape);
  }

  /** @param {Watch} watch */
  async _load(watch) {
    this._onFetch = watch.onProgress;
    /** @type {Loaded} */
    const {zDims, spec, format} =
      await this._ask('initialize', [this.checkpointURL, this.spec], watch);
    this.zDims = zDims;
    this.spec = spec;
    this.dataConverter = new MultitrackConverter(new Format(format));
    this.initialized = true;
  }

  /**
   * @param {string} method
   * @param {unknown[]} before arguments before the control arguments
   * @param {ControlArgs | SongArgs | string[]} [controlArgs]
   * @param {unknown[]} [after]
   */
  async _call(method, before, controlArgs, after = []) {
    await this.initialize();
    const {onProgress, signal, ...controls} = asObject(/** @type {ControlArgs} */ (controlArgs));
    return this._ask(method, [...before, controls, ...after], {onProgress, signal});
  }

  /**
   * @param {string} method
   * @param {unknown[]} args
   * @param {Watch} [watch]
   * @returns {Promise<any>}
   */
  _ask(method, args, {onProgress, signal} = {}) {
    signal?.throwIfAborted();
    const id = this._count++;
    this._worker ??= this._startWorker();
    const worker = this._worker;
    return new Promise((resolve, reject) => {
      this._waiting.set(id, {resolve, reject, onProgress});
      signal?.addEventListener('abort', () => worker.postMessage({abort: id}), {once: true});
      worker.postMessage({id, method, args, watch: Boolean(onProgress)});
    });
  }

  _startWorker() {
    const worker = this._start();
    worker.onmessage = ({data}) => this._take(data);
    worker.onerror = ({message}) => {
      this._worker = undefined;
      this._loading = undefined;
      this._rejectAll(message || 'The worker did not start: its script is missing on the server.');
    };
    return worker;
  }

  /** @param {Report | Result | Failure} message */
  _take(message) {
    const waiting = this._waiting.get(message.id);
    if ('progress' in message) {
      (waiting ? waiting.onProgress : this._onFetch)?.(message.progress);
      return;
    }
    this._waiting.delete(message.id);
    if ('error' in message) {
      const {name, message: text} = message.error;
      waiting?.reject(Object.assign(new Error(text), {name}));
    } else {
      waiting?.resolve(message.result);
    }
  }

  /** @param {string} message */
  _rejectAll(message) {
    for (const {reject} of this._waiting.values()) reject(new Error(message));
    this._waiting.clear();
  }
}
