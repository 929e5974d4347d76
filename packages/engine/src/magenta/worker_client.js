/** `MusicVAE` in a dedicated worker, so that the page's thread is not blocked. */

import {Requests} from '../engine/requests.js';
import {Format} from '../music/format.js';
import {folderURL} from './address.js';
import {asObject} from './control_args.js';
import {MultitrackConverter} from './data_converter.js';
import {startWorker} from './start_worker.js';
import {Tensor, toArrays} from './tensor.js';

/** @import {Watch} from '../engine/requests.js' */
/** @import {ControlArgs} from './control_args.js' */
/** @import {MeasureSequence} from './data_converter.js' */
/** @import {NoteSequence} from './note_sequence.js' */
/** @import {SongArgs} from './play_song.js' */
/** @import {MusicVAESpec} from './spec.js' */
/** @import {SectionMark} from '../music/song.js' */
/** @import {TensorLike} from './tensor.js' */
/** @import {Loaded} from './worker_protocol.js' */

/** Has the methods of `MusicVAE`, with the same arguments. */
export class WorkerMusicVAE {
  /**
   * @param {string | URL} checkpointURL
   * @param {MusicVAESpec} [spec] replaces config.json
   * @param {() => Worker} [start] creates the worker; default: worker.js in the folder of this
   *   module
   */
  constructor(checkpointURL, spec, start = startWorker) {
    this.checkpointURL = checkpointURL;
    this.spec = spec;
    this.zDims = 0;
    /** @type {MultitrackConverter | undefined} */
    this.dataConverter = undefined;
    this.initialized = false;
    /** Receives progress, also of fetches after the load. @type {Watch['onProgress']} */
    this._onFetch = undefined;
    this._requests = new Requests(
      start, 'The worker did not start: its script is missing on the server, or is kept from running.',
      (progress) => this._onFetch?.(progress));
    /** @type {Promise<void> | undefined} */
    this._loading = undefined;
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

  /** Terminates the worker and rejects pending requests. */
  dispose() {
    this._loading = undefined;
    this.initialized = false;
    this._requests.end('The model was disposed.');
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
    if (typeof this.checkpointURL === 'function') {
      throw new Error('A worker needs the address of a checkpoint; only MusicVAE takes a function.');
    }
    const url = folderURL(this.checkpointURL).href; // relative to the page, not to the script
    /** @type {Loaded} */
    const {zDims, spec, format} =
      await this._ask('initialize', [url, this.spec], watch);
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
  _ask(method, args, watch) {
    return this._requests.ask({method, args, watch: Boolean(watch?.onProgress)}, watch);
  }
}
