/** Batched dense layers in the memory of a kernel. */

import {paddedRows} from './kernel.js';

/** @import {Kernel} from './kernel.js' */
/** @import {Layer} from './layers.js' */

/** Buffers for inputs and outputs that dense layers share. */
export class DenseRoom {
  /**
   * @param {Kernel} kernel
   * @param {number} capacity rows
   * @param {number} width of the widest input or output
   */
  constructor(kernel, capacity, width) {
    this.kernel = kernel;
    this.inputs = kernel.allocate(paddedRows(capacity) * width);
    this.outputs = kernel.allocate(paddedRows(capacity) * width);
  }
}

export class Dense {
  /**
   * @param {Kernel} kernel
   * @param {Layer} layer
   * @param {number} first first row of the layer's kernel to use
   * @param {number} [stop] row after the last
   */
  constructor(kernel, {kernel: weights, bias}, first = 0, stop = weights.length / bias.length) {
    this.matrix = kernel.pack(weights, bias.length, first, stop);
    this.bias = bias;
  }

  /**
   * Returns x W + b of each vector x.
   * @param {Float32Array[]} vectors
   * @param {DenseRoom} room
   */
  apply(vectors, {kernel, inputs, outputs}) {
    const {bias, matrix} = this;
    const {k, n} = matrix;
    const x = kernel.view(inputs, vectors.length * k);
    const y = kernel.view(outputs, vectors.length * n);
    vectors.forEach((vector, row) => {
      x.set(vector, row * k);
      y.set(bias, row * n);
    });
    kernel.accumulate(inputs, matrix, outputs, vectors.length);
    return vectors.map((_, row) => y.slice(row * n, row * n + bias.length));
  }
}
