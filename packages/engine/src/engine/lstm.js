/** Batched stacked LSTM layers in the memory of a kernel. */

import {paddedRows} from './kernel.js';

/** @import {Kernel} from './kernel.js' */
/** @import {Layer} from './layers.js' */

/**
 * The weights of a stack, without the first layer's `input` kernel rows for its input. The caller
 * adds the products of these rows to the gates.
 */
export class LstmWeights {
  /**
   * @param {Kernel} kernel
   * @param {Layer[]} layers kernels [input + H, 4H]
   * @param {number} input number of the first kernel's rows for the input
   */
  constructor(kernel, layers, input) {
    this.units = layers.map(({bias}) => bias.length / 4);
    const odd = this.units.find((units) => units % 4);
    if (odd) {
      throw new Error(`a layer has ${odd} units, and the engine computes multiples of 4`);
    }
    this.biases = layers.map(({bias}) => bias);
    this.matrices = layers.map((layer, index) =>
      kernel.pack(layer.kernel, layer.bias.length, index ? 0 : input));
  }
}

/**
 * Pointers to the rows of one layer. The last `units` columns of `inputs` [row, below + units] are
 * its own h.
 * @typedef {{units: number, below: number, width: number, inputs: number, cells: number,
 *   gates: number, room: number}} LayerRows
 */

/** States of up to `capacity` rows of a stack. `move` changes the row number of a state. */
export class LstmRows {
  /** @param {Kernel} kernel @param {LstmWeights} weights @param {number} capacity */
  constructor(kernel, weights, capacity) {
    this._kernel = kernel;
    this._weights = weights;
    const room = paddedRows(capacity);
    // Layer 0 reads its own h; layer l > 0 reads [h of the layer below, its own h].
    /** @type {LayerRows[]} */
    this._layers = weights.units.map((units, index) => {
      const below = index ? weights.units[index - 1] : 0;
      return {
        units,
        below,
        width: below + units,
        inputs: kernel.allocate(room * (below + units)),
        cells: kernel.allocate(room * units),
        gates: kernel.allocate(room * 4 * units),
        room,
      };
    });
  }

  /** The gates [row, 4H] of the first layer, which the caller sets before each step. */
  get gates() {
    const {gates, room, units} = this._layers[0];
    return this._kernel.view(gates, room * 4 * units);
  }

  /**
   * Sets the state of a row from `joined`, laid out c0, h0, c1, h1, ...
   * @param {number} row
   * @param {Float32Array} joined
   */
  setState(row, joined) {
    let start = 0;
    for (const layer of this._layers) {
      const {units, below, width} = layer;
      const cells = this._kernel.view(layer.cells + 4 * row * units, units);
      cells.set(joined.subarray(start, start + units));
      const inputs = this._kernel.view(layer.inputs + 4 * row * width, width);
      inputs.set(joined.subarray(start + units, start + 2 * units), below);
      start += 2 * units;
    }
  }

  /** @param {number} rows */
  clear(rows) {
    for (const {inputs, cells, units, width} of this._layers) {
      this._kernel.view(inputs, rows * width).fill(0);
      this._kernel.view(cells, rows * units).fill(0);
    }
  }

  /** Runs one step of the first `rows` rows. @param {number} rows */
  step(rows) {
    const {matrices, biases} = this._weights;
    this._layers.forEach((layer, index) => {
      const {units, below, width, room} = layer;
      const gates = this._kernel.view(layer.gates, room * 4 * units);
      if (index) {
        const bias = biases[index];
        for (let row = 0; row < rows; row++) gates.set(bias, row * 4 * units);
      }
      this._kernel.accumulate(layer.inputs, matrices[index], layer.gates, rows);
      this._kernel.cells(layer.gates, layer.cells, layer.inputs + 4 * below, rows, units, width);
      const above = this._layers[index + 1];
      if (above) this._copyOutput(layer, rows, above.inputs, above.width);
    });
  }

  /**
   * Copies the top h of the first `rows` rows to `pointer`, [rows, D].
   * @param {number} rows
   * @param {number} pointer
   */
  output(rows, pointer) {
    const top = this._layers[this._layers.length - 1];
    this._copyOutput(top, rows, pointer, top.units);
  }

  /**
   * @param {LayerRows} layer
   * @param {number} rows
   * @param {number} pointer
   * @param {number} stride
   */
  _copyOutput({inputs, width, below, units}, rows, pointer, stride) {
    const source = this._kernel.view(inputs, rows * width);
    const target = this._kernel.view(pointer, rows * stride);
    for (let row = 0; row < rows; row++) {
      const own = row * width + below;
      target.set(source.subarray(own, own + units), row * stride);
    }
  }

  /** Moves the state of row `from` to row `to`. @param {number} from @param {number} to */
  move(from, to) {
    for (const {inputs, cells, width, units} of this._layers) {
      this._kernel.view(inputs + 4 * to * width, width)
        .set(this._kernel.view(inputs + 4 * from * width, width));
      this._kernel.view(cells + 4 * to * units, units)
        .set(this._kernel.view(cells + 4 * from * units, units));
    }
  }
}
