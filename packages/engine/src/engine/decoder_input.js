/** Contribution of token, embedding and chord to the gates of the decoder's first layer. */

import {NUM_CHORDS} from '../music/format.js';
import {Dense} from './dense.js';

/** @import {DenseRoom} from './dense.js' */
/** @import {Kernel} from './kernel.js' */
/** @import {Layer} from './layers.js' */

export class DecoderInput {
  /**
   * @param {Kernel} kernel
   * @param {Layer} layer its kernel's rows: tokens, embedding, chords (if any), its own h
   * @param {number} vocabulary
   * @param {number} width of the embedding
   */
  constructor(kernel, layer, vocabulary, width) {
    const {kernel: weights, bias} = layer;
    this.columns = bias.length;
    this.rows = weights.length / this.columns - this.columns / 4; // without the rows of its own h
    const chords = vocabulary + width;
    this._hasChords = this.rows > chords;
    this._tokens = weights.slice(0, vocabulary * this.columns);
    this._chords = weights.slice(
      chords * this.columns, (chords + (this._hasChords ? NUM_CHORDS : 0)) * this.columns);
    this._embedding = new Dense(kernel, layer, vocabulary, chords);
  }

  /**
   * Returns the contribution of each embedding to every step, including the bias.
   * @param {Float32Array[]} embeddings
   * @param {DenseRoom} room
   */
  constants(embeddings, room) {
    return this._embedding.apply(embeddings, room);
  }

  /**
   * Sets the gates of a row.
   * @param {Float32Array} gates of all rows
   * @param {number} row
   * @param {Float32Array} constant
   * @param {number} token negative for zeros
   * @param {number} chord
   */
  set(gates, row, constant, token, chord) {
    const {columns, _tokens: tokens, _chords: chords} = this;
    const [begin, tokenRow, chordRow] = [row * columns, token * columns, chord * columns];
    for (let i = 0; i < columns; i++) {
      let gate = constant[i];
      if (token >= 0) gate += tokens[tokenRow + i];
      if (this._hasChords) gate += chords[chordRow + i];
      gates[begin + i] = gate;
    }
  }
}
