/** The upper level of the decoder: computes an embedding of each track from z. */

import {Dense} from './dense.js';
import {paddedRows} from './kernel.js';
import {LstmRows, LstmWeights} from './lstm.js';

/** @import {DenseRoom} from './dense.js' */
/** @import {Kernel} from './kernel.js' */
/** @import {Layer} from './layers.js' */

export class Conductor {
  /**
   * @param {Kernel} kernel
   * @param {Layer} initialState z -> the first states
   * @param {Layer[]} cells
   * @param {number} tracks
   * @param {number} capacity maximum batch size in points
   */
  constructor(kernel, initialState, cells, tracks, capacity) {
    this._kernel = kernel;
    this._tracks = tracks;
    this._capacity = capacity;
    this.state = new Dense(kernel, initialState);
    this.width = cells[cells.length - 1].bias.length / 4;
    this._bias = cells[0].bias;
    // The published conductor reads a zero of width 1.
    this._rows = new LstmRows(kernel, new LstmWeights(kernel, cells, 1), capacity);
    this._top = kernel.allocate(paddedRows(capacity) * this.width);
  }

  /**
   * Returns the embeddings [T * D] of each point; repeated points are computed once.
   * @param {Float32Array[]} points
   * @param {DenseRoom} room
   */
  embed(points, room) {
    const distinct = [...new Set(points)];
    /** @type {Map<Float32Array, Float32Array>} */
    const embeddingOf = new Map();
    for (let start = 0; start < distinct.length; start += this._capacity) {
      const some = distinct.slice(start, start + this._capacity);
      this._embed(some, room).forEach((vectors, i) => embeddingOf.set(some[i], vectors));
    }
    return points.map((point) => /** @type {Float32Array} */ (embeddingOf.get(point)));
  }

  /** @param {Float32Array[]} points @param {DenseRoom} room */
  _embed(points, room) {
    const {_tracks: tracks, width, _rows: rows, _bias: bias} = this;
    this.state.apply(points, room)
      .forEach((state, row) => rows.setState(row, state.map(Math.tanh)));
    const embeddings = points.map(() => new Float32Array(tracks * width));
    for (let track = 0; track < tracks; track++) {
      const {gates} = rows;
      for (let row = 0; row < points.length; row++) gates.set(bias, row * bias.length);
      rows.step(points.length);
      rows.output(points.length, this._top);
      const top = this._kernel.view(this._top, points.length * width);
      embeddings.forEach((vector, row) =>
        vector.set(top.subarray(row * width, (row + 1) * width), track * width));
    }
    return embeddings;
  }
}
