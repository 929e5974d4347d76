/** The encoder: computes the point of a measure, one measure at a time. */

import {NO_CHORD} from '../music/format.js';
import {paddedRows} from './kernel.js';
import {MU, encoderCell, loadLayers} from './layers.js';
import {LstmRows, LstmWeights} from './lstm.js';

/** @import {Format} from '../music/format.js' */
/** @import {Kernel} from './kernel.js' */
/** @import {Layer} from './layers.js' */
/** @import {TensorFolder} from './tensors.js' */

export class Encoder {
  /** @param {Kernel} kernel @param {TensorFolder} tensors @param {Format} format */
  static async load(kernel, tensors, format) {
    const names = [0, 1].flatMap((level) => ['fw', 'bw'].map((way) => encoderCell(level, way)));
    const layers = await loadLayers(tensors, [...names, MU]);
    return new Encoder(kernel, format, layers);
  }

  /**
   * @param {Kernel} kernel
   * @param {Format} format
   * @param {Layer[]} layers two directions over tokens, two over tracks, and mu
   */
  constructor(kernel, format, [trackForward, trackBackward, forward, backward, mu]) {
    const units = trackForward.bias.length / 4;
    const rows = trackForward.kernel.length / trackForward.bias.length;
    this.format = format;
    this._kernel = kernel;
    this._units = units;
    this._hasChords = rows - units > format.vocabularySize;
    this._trackLevel = [trackForward, trackBackward].map((layer) => {
      const weights = new LstmWeights(kernel, [layer], rows - units);
      return {layer, rows: new LstmRows(kernel, weights, format.maxTracks)};
    });
    this._measureLevel = [forward, backward].map((layer) => {
      const weights = new LstmWeights(kernel, [layer], 2 * units);
      return {
        bias: layer.bias,
        inputs: kernel.pack(layer.kernel, layer.bias.length, 0, 2 * units),
        rows: new LstmRows(kernel, weights, 1),
      };
    });
    this._mu = {matrix: kernel.pack(mu.kernel, mu.bias.length), bias: mu.bias};
    this._h = kernel.allocate(paddedRows(format.maxTracks) * units);
    this._embeddings = kernel.allocate(paddedRows(format.maxTracks) * 2 * units);
    this._gates = kernel.allocate(paddedRows(format.maxTracks) * 4 * units);
    this._out = kernel.allocate(paddedRows(1) * this._mu.matrix.n);
  }

  /**
   * @param {ArrayLike<number>[]} tracks tokens of each of the T tracks; [end] for absent ones
   * @param {ArrayLike<number>} chords evenly spaced chord ids
   * @returns {Float32Array} mu [Z]
   */
  encode(tracks, chords) {
    const {_kernel: kernel, _units: units} = this;
    // longest first, so that finished tracks are removed from the end of the batch
    const order = tracks.map((_, i) => i).sort((a, b) => tracks[b].length - tracks[a].length);
    const sorted = order.map((track) =>
      ({tokens: tracks[track], chords: eventChords(tracks[track], chords, this.format)}));
    const embeddings = new Float32Array(tracks.length * 2 * units);
    [false, true].forEach((isBackward, direction) => {
      const {rows} = this._trackLevel[direction];
      this._readTokens(sorted, isBackward);
      rows.output(tracks.length, this._h);
      const h = kernel.view(this._h, tracks.length * units);
      order.forEach((track, row) =>
        embeddings.set(h.subarray(row * units, (row + 1) * units),
          (2 * track + direction) * units));
    });
    return this._readTracks(embeddings, tracks.length);
  }

  /**
   * Runs one direction over the tokens of all tracks.
   * @param {{tokens: ArrayLike<number>, chords: ArrayLike<number>}[]} tracks the longest first
   * @param {boolean} isBackward
   */
  _readTokens(tracks, isBackward) {
    const {layer, rows} = this._trackLevel[Number(isBackward)];
    rows.clear(tracks.length);
    let live = tracks.length;
    for (let t = 0; live; t++) {
      while (live && tracks[live - 1].tokens.length <= t) live--;
      if (!live) break;
      for (let row = 0; row < live; row++) {
        const {tokens, chords} = tracks[row];
        const at = isBackward ? tokens.length - 1 - t : t;
        this._readToken(layer, rows.gates, row, tokens[at], chords[at]);
      }
      rows.step(live);
    }
  }

  /**
   * @param {Layer} layer
   * @param {Float32Array} gates
   * @param {number} row
   * @param {number} token
   * @param {number} chord
   */
  _readToken({kernel, bias}, gates, row, token, chord) {
    const columns = bias.length;
    const tokenRow = token * columns;
    const chordRow = (this.format.vocabularySize + chord) * columns;
    for (let i = 0; i < columns; i++) {
      let gate = kernel[tokenRow + i] + bias[i];
      if (this._hasChords) gate += kernel[chordRow + i];
      gates[row * columns + i] = gate;
    }
  }

  /**
   * Returns mu of the tracks' embeddings.
   * @param {Float32Array} embeddings
   * @param {number} count
   */
  _readTracks(embeddings, count) {
    const {_kernel: kernel, _units: units} = this;
    const joined = new Float32Array(2 * units);
    this._measureLevel.forEach(({bias, inputs, rows}, backward) => {
      kernel.view(this._embeddings, embeddings.length).set(embeddings);
      const columns = 4 * units;
      const all = kernel.view(this._gates, count * columns);
      for (let row = 0; row < count; row++) all.set(bias, row * columns);
      kernel.accumulate(this._embeddings, inputs, this._gates, count);
      rows.clear(1);
      for (let t = 0; t < count; t++) {
        const track = backward ? count - 1 - t : t;
        rows.gates.set(all.subarray(track * columns, (track + 1) * columns));
        rows.step(1);
      }
      rows.output(1, this._h);
      joined.set(kernel.view(this._h, units), backward * units);
    });
    const {matrix, bias} = this._mu;
    kernel.view(this._embeddings, 2 * units).set(joined);
    const out = kernel.view(this._out, matrix.n);
    out.set(bias);
    kernel.accumulate(this._embeddings, matrix, this._out, 1);
    return out.slice(0, bias.length);
  }
}

/**
 * Returns the chord id at the time of each token of a track. The program has no chord; the end has
 * the chord of the token before it (`gm_vae.music.measure.event_chords`).
 * @param {ArrayLike<number>} tokens
 * @param {ArrayLike<number>} chords
 * @param {Format} format
 */
export function eventChords(tokens, chords, format) {
  const heard = new Uint8Array(tokens.length).fill(NO_CHORD);
  let step = 0;
  let before = 0;
  for (let i = 0; i < tokens.length; i++) {
    const start = i === tokens.length - 1 ? before : step;
    const slot = Math.floor((start * chords.length) / format.stepsPerMeasure);
    if (i) heard[i] = chords[Math.min(slot, chords.length - 1)];
    before = step;
    step += format.shiftSteps(tokens[i]);
  }
  return heard;
}
