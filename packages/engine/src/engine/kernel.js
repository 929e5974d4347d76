/** WebAssembly memory and the network's inner loops on it (kernel.wat). */

import {KERNEL} from '../generated/kernel.js';

const PAGE_BYTES = 65536;
const LANES = 8; // columns of a panel
const ROWS = 4; // rows of a block

/** `n` rounded up to a whole number of `unit`. @param {number} n @param {number} unit */
const roundUp = (n, unit) => Math.ceil(n / unit) * unit;

/**
 * A matrix [k, n] in panels, n padded to 8.
 * @typedef {{pointer: number, k: number, n: number}} Matrix
 *
 * The exports of kernel.wat; numbers are pointers and sizes.
 * @typedef {object} KernelExports
 * @property {WebAssembly.Memory} memory
 * @property {(a: number, b: number, c: number, m: number, k: number, n: number) => void} accumulate
 * @property {(gates: number, states: number, outputs: number, rows: number, units: number,
 *   stride: number) => void} cells
 */

export class Kernel {
  /**
   * Creates a kernel with its own memory.
   * @throws {Error} WebAssembly cannot run, for example because of the page's policy
   */
  static async create() {
    const {instance} = await WebAssembly.instantiate(KERNEL).catch((/** @type {Error} */ error) => {
      throw new Error(
        `WebAssembly cannot run here (${error.message}). If the page has a Content-Security-Policy, ` +
        "add 'wasm-unsafe-eval' to its script-src.");
    });
    return new Kernel(/** @type {KernelExports} */ (/** @type {unknown} */ (instance.exports)));
  }

  /** @param {KernelExports} exports */
  constructor({memory, accumulate, cells}) {
    this._memory = memory;
    this._accumulate = accumulate;
    this._cells = cells;
    this._end = 16;
  }

  /**
   * Allocates `count` floats, all zero, and returns their pointer. Invalidates existing views.
   * @param {number} count
   */
  allocate(count) {
    const pointer = this._end;
    this._end = roundUp(pointer + 4 * count, 16);
    const missing = this._end - this._memory.buffer.byteLength;
    if (missing > 0) this._memory.grow(Math.ceil(missing / PAGE_BYTES));
    return pointer;
  }

  /**
   * Returns a view of the floats at a pointer, valid until the next allocation.
   * @param {number} pointer
   * @param {number} count
   */
  view(pointer, count) {
    return new Float32Array(this._memory.buffer, pointer, count);
  }

  /**
   * Copies rows `first` to `stop` of `array` [rows, columns] into panels.
   * @param {Float32Array} array
   * @param {number} columns
   * @returns {Matrix}
   */
  pack(array, columns, first = 0, stop = array.length / columns) {
    const k = stop - first;
    const n = roundUp(columns, LANES);
    const pointer = this.allocate(k * n);
    const panels = this.view(pointer, k * n);
    for (let row = 0; row < k; row++) {
      const source = (first + row) * columns;
      for (let column = 0; column < columns; column++) {
        const panel = Math.floor(column / LANES);
        panels[(panel * k + row) * LANES + (column % LANES)] = array[source + column];
      }
    }
    return {pointer, k, n};
  }

  /**
   * Computes C += A B. A is [m, k] and C is [m, n], both allocated for `paddedRows(m)` rows; rows
   * after m may have any values.
   * @param {number} a pointer
   * @param {Matrix} matrix
   * @param {number} c pointer
   * @param {number} m
   */
  accumulate(a, matrix, c, m) {
    this._accumulate(a, matrix.pointer, c, paddedRows(m), matrix.k, matrix.n);
  }

  /**
   * Runs one step of `rows` x `units` LSTM cells, with units a multiple of 4.
   * @param {number} gates [rows, 4 units]: i, j, f, o
   * @param {number} states [rows, units], changed in place
   * @param {number} outputs destination of the first row's h; further rows are `stride` floats
   *   apart
   * @param {number} rows
   * @param {number} units
   * @param {number} stride
   */
  cells(gates, states, outputs, rows, units, stride) {
    this._cells(gates, states, outputs, rows, units, 4 * stride);
  }
}

/** Number of rows to allocate for a matrix of m rows. @param {number} m */
export const paddedRows = (m) => roundUp(m, ROWS);
