/** z -> tokens: `decode_side_by_side` of the package. All tracks of all measures run together. */

import {NO_CHORD, NUM_CHORDS} from '../music/format.js';
import {TrackGrammar, NEVER} from './grammar.js';
import {paddedRows} from './kernel.js';
import {LstmRows, LstmWeights} from './lstm.js';
import {
  CONDUCTOR_STATE, DECODER_STATE, OUTPUT, conductorCell, decoderCell, loadLayers,
} from './names.js';
import {choose, uniform} from './sampling.js';

const CAPACITY = 128; // rows that run at once; bounds the memory, not the result
const NO_TOKEN = -1; // what is fed before a track's first token: zeros

/**
 * A track to decode.
 * @typedef {object} Row
 * @property {Float32Array} z [Z]
 * @property {number} track 0..T-1
 * @property {ArrayLike<number>} chords evenly spaced chord ids over the measure
 * @property {number} seed
 * @property {number} draw which random numbers of the seed to use
 * @property {number} [program] a program 0..128 that the track must have
 */

export class Decoder {
  /**
   * @param {import('./kernel.js').Kernel} kernel
   * @param {import('./tensors.js').TensorFolder} tensors
   * @param {import('../music/format.js').Format} format
   * @param {number} firstInput the token fed before each track's first; NO_TOKEN feeds zeros
   */
  static async load(kernel, tensors, format, firstInput = NO_TOKEN) {
    const {shapes} = tensors;
    let depth = 0;
    while (shapes.has(`${decoderCell(depth)}/bias`)) depth++;
    const layers = [...Array(depth).keys()];
    const [dense, conductor, decoder] = await Promise.all([
      loadLayers(tensors, [CONDUCTOR_STATE, DECODER_STATE, OUTPUT]),
      loadLayers(tensors, layers.map(conductorCell)),
      loadLayers(tensors, layers.map(decoderCell)),
    ]);
    return new Decoder(kernel, format, dense, conductor, decoder, firstInput);
  }

  constructor(kernel, format, [conductorState, decoderState, output], conductor, decoder, first) {
    this.format = format;
    this.latentSize = conductorState.kernel.length / conductorState.bias.length;
    this._kernel = kernel;
    this._firstInput = first;
    this._vocabulary = output.bias.length;
    this._conductorState = pack(kernel, conductorState);
    this._decoderState = pack(kernel, decoderState);
    this._output = pack(kernel, output);
    this._conductorBias = conductor[0].bias;
    // The published conductor reads a zero of width 1.
    this._conductor = new LstmWeights(kernel, conductor, 1);

    const [{kernel: inputs, bias}] = decoder;
    const columns = bias.length;
    const width = decoder[decoder.length - 1].bias.length / 4;
    const rows = inputs.length / columns;
    const units = columns / 4;
    this._width = width;
    this._hasChords = rows > this._vocabulary + width + units;
    this._decoder = new LstmWeights(kernel, decoder, rows - units);
    // What each one-hot adds to the first gates: tokens, then chords.
    this._columns = columns;
    this._tokenTable = inputs.slice(0, this._vocabulary * columns);
    const chords = (this._vocabulary + width) * columns;
    this._chordTable = inputs.slice(chords, chords + (this._hasChords ? NUM_CHORDS : 0) * columns);
    this._embedding = {
      matrix: kernel.pack(inputs, columns, this._vocabulary, this._vocabulary + width),
      bias,
    };
    this._rows = new LstmRows(kernel, this._decoder, CAPACITY);
    this._conducted = new LstmRows(kernel, this._conductor, CAPACITY);
    this._top = kernel.allocate(paddedRows(CAPACITY) * width);
    this._logits = kernel.allocate(paddedRows(CAPACITY) * this._output.matrix.n);
    const widest = Math.max(
      columns, this._conductorState.matrix.n, this._decoderState.matrix.n, this.latentSize);
    this._denseInput = kernel.allocate(paddedRows(CAPACITY) * widest);
    this._denseOutput = kernel.allocate(paddedRows(CAPACITY) * widest);
  }

  /**
   * Well-formed tokens of each row.
   *
   * @param {Row[]} rows
   * @param {number} temperature 0 is greedy
   * @param {?Float64Array} margins [rows], told how near each track's nearest choice was
   * @returns {Uint16Array[]} program, events and end of each; the end alone of an absent track
   */
  decode(rows, temperature, margins = null) {
    const embeddings = this._embed(rows.map(({z}) => z));
    const found = [];
    for (let start = 0; start < rows.length; start += CAPACITY) {
      const stop = Math.min(start + CAPACITY, rows.length);
      const part = rows.slice(start, stop);
      const vectors = part.map(({track}, i) =>
        embeddings[start + i].subarray(track * this._width, (track + 1) * this._width));
      found.push(...this._decodePart(part, vectors, temperature, margins?.subarray(start, stop)));
    }
    return found;
  }

  _decodePart(rows, embeddings, temperature, margins) {
    const {format, _kernel: kernel, _columns: columns} = this;
    const steps = format.maxTrackLength;
    const constant = this._dense(embeddings, this._embedding);
    const states = this._dense(embeddings, this._decoderState);
    const tracks = rows.map((row, i) => {
      this._rows.setState(i, states[i].map(Math.tanh));
      return {
        ...row,
        index: i,
        constant: constant[i],
        tokens: [],
        previous: this._firstInput,
        grammar: new TrackGrammar(format),
        margin: margins ? {least: Infinity} : null,
      };
    });
    const found = tracks.map(({tokens}) => tokens);
    const logits = new Float64Array(this._vocabulary);
    let live = [...tracks];
    for (let t = 0; t < steps && live.length; t++) {
      const gates = this._rows.gates;
      live.forEach((track, place) => {
        const chord = t ? track.chords[this._slot(track)] : NO_CHORD;
        this._inputGates(gates, place * columns, track.constant, track.previous, chord);
      });
      this._rows.step(live.length);
      this._rows.output(live.length, this._top);
      const {matrix, bias} = this._output;
      const scores = kernel.view(this._logits, live.length * matrix.n);
      for (let place = 0; place < live.length; place++) scores.set(bias, place * matrix.n);
      kernel.accumulate(this._top, matrix, this._logits, live.length);
      live.forEach((track, place) => {
        const begin = place * matrix.n;
        logits.set(scores.subarray(begin, begin + this._vocabulary));
        track.grammar.constrain(logits, steps - t);
        if (t === 0 && track.program !== undefined) onlyProgram(logits, track.program, format);
        const draw = temperature > 0 ? uniform(track.seed, track.draw, track.track, t) : 0;
        const token = choose(logits, temperature, draw, track.margin);
        track.tokens.push(token);
        track.previous = token;
        track.grammar.advance(token);
      });
      live = this._dropEnded(live);
    }
    if (margins) for (const {index, margin} of tracks) margins[index] = margin.least;
    return found.map((tokens) => Uint16Array.from(tokens));
  }

  /** Which of a track's chords sounds now. */
  _slot({chords, grammar}) {
    const slot = Math.floor((grammar.step * chords.length) / this.format.stepsPerMeasure);
    return Math.min(slot, chords.length - 1);
  }

  _inputGates(gates, begin, constant, token, chord) {
    const columns = this._columns;
    const tokenRow = token * columns;
    const chordRow = chord * columns;
    const {_tokenTable: tokens, _chordTable: chords} = this;
    for (let i = 0; i < columns; i++) {
      let gate = constant[i];
      if (token >= 0) gate += tokens[tokenRow + i];
      if (this._hasChords) gate += chords[chordRow + i];
      gates[begin + i] = gate;
    }
  }

  /** The tracks that go on, each at the place of its state; gaps are filled from the end. */
  _dropEnded(live) {
    const kept = [...live];
    for (let place = kept.length - 1; place >= 0; place--) {
      if (!kept[place].grammar.done) continue;
      const last = kept.length - 1;
      if (place < last) {
        this._rows.move(last, place);
        kept[place] = kept[last];
      }
      kept.pop();
    }
    return kept;
  }

  /** Float32Array [T * D] of each point; one that several rows share is computed once. */
  _embed(points) {
    const distinct = [...new Set(points)];
    const found = new Map();
    for (let start = 0; start < distinct.length; start += CAPACITY) {
      const part = distinct.slice(start, start + CAPACITY);
      this._conduct(part).forEach((vectors, i) => found.set(part[i], vectors));
    }
    return points.map((point) => found.get(point));
  }

  _conduct(points) {
    const {maxTracks: tracks} = this.format;
    const width = this._width;
    const states = this._dense(points, this._conductorState);
    states.forEach((state, row) => this._conducted.setState(row, state.map(Math.tanh)));
    const found = points.map(() => new Float32Array(tracks * width));
    for (let track = 0; track < tracks; track++) {
      const gates = this._conducted.gates;
      for (let row = 0; row < points.length; row++) {
        gates.set(this._conductorBias, row * this._conductorBias.length);
      }
      this._conducted.step(points.length);
      this._conducted.output(points.length, this._top);
      const top = this._kernel.view(this._top, points.length * width);
      found.forEach((vector, row) =>
        vector.set(top.subarray(row * width, (row + 1) * width), track * width));
    }
    return found;
  }

  /** x W + b of each vector. */
  _dense(vectors, {matrix, bias}) {
    const {k, n} = matrix;
    const inputs = this._kernel.view(this._denseInput, vectors.length * k);
    const outputs = this._kernel.view(this._denseOutput, vectors.length * n);
    vectors.forEach((vector, row) => {
      inputs.set(vector, row * k);
      outputs.set(bias, row * n);
    });
    this._kernel.accumulate(this._denseInput, matrix, this._denseOutput, vectors.length);
    return vectors.map((_, row) => outputs.slice(row * n, row * n + bias.length));
  }
}

const pack = (kernel, {kernel: weights, bias}) => ({
  matrix: kernel.pack(weights, bias.length),
  bias,
});

function onlyProgram(logits, program, format) {
  const wanted = logits[format.program + program];
  logits.fill(NEVER);
  logits[format.program + program] = wanted;
}
