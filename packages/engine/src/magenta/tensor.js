/** The matrix type that `encode` returns; `decode` accepts it and TensorFlow.js tensors. */

/**
 * The members of a tensor that this package uses; TensorFlow.js tensors have them.
 * @typedef {{shape: number[], data: () => Promise<ArrayLike<number>> | ArrayLike<number>}} TensorLike
 */

/** A float32 matrix with the read-only methods of a TensorFlow.js tensor, and `dispose`. */
export class Tensor {
  /** @param {Float32Array} values @param {[rows: number, columns: number]} shape */
  constructor(values, shape) {
    /** @type {Float32Array | undefined} */
    this._values = values;
    this.shape = shape;
    this.dtype = /** @type {const} */ ('float32');
    this.rank = 2;
    this.size = values.length;
  }

  get isDisposed() {
    return this._values === undefined;
  }

  dataSync() {
    if (!this._values) throw new Error('Tensor is disposed.');
    return this._values;
  }

  async data() {
    return this.dataSync();
  }

  arraySync() {
    return rowsOf(this.dataSync(), this.shape[1]).map((row) => Array.from(row));
  }

  async array() {
    return this.arraySync();
  }

  dispose() {
    this._values = undefined;
  }
}

/**
 * Returns the rows of a matrix.
 * @param {TensorLike | ArrayLike<number>[]} given
 * @returns {Promise<Float32Array[]>}
 */
export async function toArrays(given) {
  if (Array.isArray(given) && given.every((row) => typeof row === 'object' && row)) {
    return given.map((row) => Float32Array.from(row));
  }
  if (!given || typeof given !== 'object' || !('data' in given) || given.shape.length !== 2) {
    throw new Error('This is neither a matrix, a tensor [rows, columns], nor an array of rows of numbers.');
  }
  const columns = given.shape[given.shape.length - 1];
  return rowsOf(Float32Array.from(await given.data()), columns);
}

/** @param {Float32Array} values @param {number} columns */
function rowsOf(values, columns) {
  return Array.from({length: columns ? values.length / columns : 0}, (_, row) =>
    values.subarray(row * columns, (row + 1) * columns));
}
