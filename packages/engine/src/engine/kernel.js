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
 * What kernel.wat exports; numbers are pointers and sizes.
 * @typedef {object} KernelExports
 * @property {WebAssembly.Memory} memory
 * @property {(a: number, b: number, c: number, m: number, k: number, n: number) => void} accumulate
 * @property {(gates: number, states: number, outputs: number, rows: number, units: number,
 *   stride: number) => void} cells
 */

export class Kernel {
  /**
   * One with memory of its own.
   * @throws {Error} a policy of the page keeps WebAssembly from running
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
   * A pointer to `count` floats, all zero. Views made before are void afterwards.
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
   * The floats at a pointer, good until the next allocation.
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
   * C += A B. A is [m, k] and C is [m, n], both with room for `paddedRows(m)` rows, of which those
   * past m hold anything.
   * @param {number} a pointer
   * @param {Matrix} matrix
   * @param {number} c pointer
   * @param {number} m
   */
  accumulate(a, matrix, c, m) {
    this._accumulate(a, matrix.pointer, c, paddedRows(m), matrix.k, matrix.n);
  }

  /**
   * One step of `rows` x `units` LSTM cells, units a multiple of 4.
   * @param {number} gates [rows, 4 units]: i, j, f, o
   * @param {number} states [rows, units], changed in place
   * @param {number} outputs where the first row's h goes, and the others' `stride` floats apart
   * @param {number} rows
   * @param {number} units
   * @param {number} stride
   */
  cells(gates, states, outputs, rows, units, stride) {
    this._cells(gates, states, outputs, rows, units, 4 * stride);
  }
}

/** Rows that a matrix of m rows needs room for. @param {number} m */
export const paddedRows = (m) => roundUp(m, ROWS);
