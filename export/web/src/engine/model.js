/** A checkpoint folder as a model that decodes, and encodes once it is asked to. */

import {Format} from '../music/format.js';
import {Decoder} from './decoder.js';
import {Encoder} from './encoder.js';
import {Kernel} from './kernel.js';
import {TensorFolder} from './tensors.js';

export class Model {
  /**
   * @param {(name: string) => Promise<ArrayBuffer>} read the bytes of a file of the folder
   * @param {Uint8Array} code the assembled kernel
   */
  static async load(read, code) {
    const [config, manifest, kernel] = await Promise.all([
      read('config.json').then(parse),
      read('weights_manifest.json').then(parse),
      Kernel.create(code),
    ]);
    const format = Format.fromConfig(config);
    const tensors = new TensorFolder(read, manifest);
    const decoder = await Decoder.load(kernel, tensors, format, config.firstInput);
    return new Model(kernel, tensors, format, decoder);
  }

  constructor(kernel, tensors, format, decoder) {
    this._kernel = kernel;
    this._tensors = tensors;
    this.format = format;
    this.latentSize = decoder.latentSize;
    this.decoder = decoder;
  }

  /** The encoder; its weights, half of a model, are fetched at the first call. */
  async encoder() {
    this._encoder ??= Encoder.load(this._kernel, this._tensors, this.format).finally(() =>
      this._tensors.forget());
    try {
      return await this._encoder;
    } catch (error) {
      this._encoder = undefined; // a network fault may pass
      throw error;
    }
  }
}

const parse = (bytes) => JSON.parse(new TextDecoder().decode(bytes));
