/** A model loaded from a checkpoint folder; its encoder is loaded on demand. */

import {Format} from '../music/format.js';
import {Decoder} from './decoder.js';
import {Encoder} from './encoder.js';
import {Kernel} from './kernel.js';
import {TensorFolder} from './tensors.js';

/** @import {ClientConfig} from '../music/format.js' */
/** @import {Progress} from './fetching.js' */
/** @import {Bytes, Manifest, ReadFile} from './tensors.js' */

export class Model {
  /**
   * @param {ReadFile} read
   * @param {(progress: Progress) => void} report called as weights arrive, also for later loads
   */
  static async load(read, report = () => {}) {
    const quietly = () => {}; // no progress for small files
    const [configBytes, manifestBytes, kernel] = await Promise.all([
      read('config.json', quietly), read('weights_manifest.json', quietly), Kernel.create(),
    ]);
    const config = /** @type {ClientConfig} */ (parse(configBytes, 'config.json'));
    const manifest = /** @type {Manifest} */ (parse(manifestBytes, 'weights_manifest.json'));
    const format = Format.fromConfig(config);
    const tensors = new TensorFolder(read, manifest, report);
    const decoder = await Decoder.load(kernel, tensors, format, config.firstInput);
    return new Model(kernel, tensors, format, decoder);
  }

  /**
   * @param {Kernel} kernel
   * @param {TensorFolder} tensors
   * @param {Format} format
   * @param {Decoder} decoder
   */
  constructor(kernel, tensors, format, decoder) {
    this._kernel = kernel;
    this._tensors = tensors;
    this.format = format;
    this.latentSize = decoder.latentSize;
    this.fingerprint = decoder.fingerprint;
    this.prior = decoder.prior;
    this.decoder = decoder;
    /** @type {Promise<Encoder> | undefined} */
    this._encoder = undefined;
  }

  /** Returns the encoder. Its weights, half of the model, are fetched at the first call. */
  async encoder() {
    this._encoder ??= Encoder.load(this._kernel, this._tensors, this.format).finally(() =>
      this._tensors.forget());
    try {
      return await this._encoder;
    } catch (error) {
      this._encoder = undefined; // the next call tries again, as network errors may be temporary
      throw error;
    }
  }
}

/**
 * @param {Bytes} bytes
 * @param {string} name of the file
 * @returns {unknown}
 * @throws {Error}
 */
export function parse(bytes, name) {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new Error(`${name} is not JSON: the address is not that of a checkpoint's folder`);
  }
}
