/** The decoder (`decode_side_by_side`): tokens from z, all tracks of all measures in parallel. */

import {NO_CHORD} from '../music/format.js';
import {Conductor} from './conductor.js';
import {DecoderInput} from './decoder_input.js';
import {Dense, DenseRoom} from './dense.js';
import {fingerprint} from './fingerprint.js';
import {NEVER, TrackGrammar, repeatPenaltyAt} from './grammar.js';
import {paddedRows} from './kernel.js';
import {
  CONDUCTOR_STATE, DECODER_STATE, OUTPUT, conductorCell, decoderCell, loadLayers,
} from './layers.js';
import {LstmRows, LstmWeights} from './lstm.js';
import {loadPrior} from './prior.js';
import {choose, uniform} from './sampling.js';

/** @import {Format} from '../music/format.js' */
/** @import {Kernel} from './kernel.js' */
/** @import {Layer} from './layers.js' */
/** @import {Prior} from './prior.js' */
/** @import {TensorFolder} from './tensors.js' */

const CAPACITY = 128; // maximum batch size in rows; affects memory, not results
const NO_TOKEN = -1; // a first input of zeros
const SAME_SCORE = 1e-4; // greater differences of logits are not rounding errors

/**
 * A track to decode.
 * @typedef {object} Row
 * @property {Float32Array} z [Z]
 * @property {number} track 0..T-1
 * @property {ArrayLike<number>} chords evenly spaced chord ids over the measure
 * @property {number} seed
 * @property {number} draw index of a sequence of random numbers of the seed
 * @property {number} [program] forces the first token: a program 0..127, 128 for drums, 129 for an
 *   absent track
 * @property {number} [stream] index of random numbers within the draw; `track` if absent
 * @property {number} [temperature] overrides the temperature of `Decoding`
 * @property {ArrayLike<number>} [beginning] its given first tokens, which must obey the grammar
 *
 * How tokens are chosen.
 * @typedef {object} Decoding
 * @property {number} temperature 0 is greedy
 * @property {number} [drumTemperature] of drum tracks; `temperature` if absent
 * @property {number} [repeatPenalty] penalty for repeating a track's last onset
 *   (`repeatPenaltyAt`); 0 if absent
 * @property {boolean} [isFree] whether to decode without the grammar
 *
 * A row while it is decoded.
 * @typedef {object} LiveTrack
 * @property {Row} row
 * @property {Float32Array} constant contribution of its embedding to the first layer's gates
 * @property {number[]} tokens
 * @property {number} previous the last token
 * @property {TrackGrammar} grammar
 * @property {?{least: number}} margin
 */

export class Decoder {
  /**
   * @param {Kernel} kernel
   * @param {TensorFolder} tensors
   * @param {Format} format
   * @param {number} firstInput the token fed before each track's first; NO_TOKEN feeds zeros
   */
  static async load(kernel, tensors, format, firstInput = NO_TOKEN) {
    const {shapes} = tensors;
    let depth = 0;
    while (shapes.has(`${decoderCell(depth)}/bias`)) depth++;
    const layers = [...Array(depth).keys()];
    const [dense, conductor, decoder, prior] = await Promise.all([
      loadLayers(tensors, [CONDUCTOR_STATE, DECODER_STATE, OUTPUT]),
      loadLayers(tensors, layers.map(conductorCell)),
      loadLayers(tensors, layers.map(decoderCell)),
      loadPrior(tensors),
    ]);
    return new Decoder(kernel, format, dense, conductor, decoder, firstInput, prior);
  }

  /**
   * @param {Kernel} kernel
   * @param {Format} format
   * @param {Layer[]} dense of the conductor's state, the decoder's state, and the output
   * @param {Layer[]} conductor
   * @param {Layer[]} decoder
   * @param {number} firstInput
   * @param {Prior | null} prior null for a standard normal
   */
  constructor(
    kernel, format, [conductorState, decoderState, output], conductor, decoder, firstInput,
    prior = null,
  ) {
    this.prior = prior;
    this.format = format;
    this.latentSize = conductorState.kernel.length / conductorState.bias.length;
    this.fingerprint = fingerprint(
      [...[conductorState, decoderState, output, ...conductor, ...decoder].map(({bias}) => bias),
        ...(prior ? [prior.share, prior.mean, prior.scale] : [])]);
    this._kernel = kernel;
    this._firstInput = firstInput;
    /** @type {boolean | undefined} */
    this._ignoresFirstInput = undefined;
    this._vocabulary = output.bias.length;
    if (this._vocabulary !== format.vocabularySize) {
      throw new Error(
        `the weights have ${this._vocabulary} tokens and config.json has ${format.vocabularySize}: ` +
        'they are of different checkpoints');
    }
    this._conductor = new Conductor(
      kernel, conductorState, conductor, format.maxTracks, CAPACITY);
    this._decoderState = new Dense(kernel, decoderState);
    this._output = new Dense(kernel, output);
    const width = decoder[decoder.length - 1].bias.length / 4;
    this._input = new DecoderInput(kernel, decoder[0], this._vocabulary, width);
    this._rows = new LstmRows(
      kernel, new LstmWeights(kernel, decoder, this._input.rows), CAPACITY);
    this._top = kernel.allocate(paddedRows(CAPACITY) * width);
    this._logits = kernel.allocate(paddedRows(CAPACITY) * this._output.matrix.n);
    this._room = new DenseRoom(kernel, CAPACITY, Math.max(
      this._input.columns, this._conductor.state.matrix.n, this._decoderState.matrix.n,
      this.latentSize));
  }

  /**
   * Decodes each row to tokens, which are well-formed unless `decoding.isFree`.
   *
   * @param {Row[]} rows
   * @param {Decoding} decoding
   * @param {?Float64Array} margins [rows], set to the least margin of each track's choices
   *   (`choose`)
   * @returns {Uint16Array[]} program, events and end of each; only the end for an absent track
   */
  decode(rows, decoding, margins = null) {
    const embeddings = this._conductor.embed(rows.map(({z}) => z), this._room);
    const {width} = this._conductor;
    const tracks = rows.flatMap((_, start) => {
      if (start % CAPACITY) return [];
      const some = rows.slice(start, start + CAPACITY);
      const vectors = some.map(({track}, i) =>
        embeddings[start + i].subarray(track * width, (track + 1) * width));
      return this._decodeTogether(some, vectors, decoding, margins !== null);
    });
    tracks.forEach(({margin}, i) => {
      if (margin && margins) margins[i] = margin.least;
    });
    return tracks.map(({tokens}) => Uint16Array.from(tokens));
  }

  /**
   * The published procedure (`decode_in_sequence` of the package): decodes the tracks in order, E
   * tokens each, without the grammar. A track's first input is the previous track's last token.
   *
   * @param {Omit<Row, 'track'>[]} measures
   * @param {number} temperature 0 is greedy
   * @returns {Uint16Array[][]} [B][T], E tokens of each track
   */
  decodeInSequence(measures, temperature) {
    const {width} = this._conductor;
    const embeddings = this._conductor.embed(measures.map(({z}) => z), this._room);
    return measures.flatMap((_, start) => {
      if (start % CAPACITY) return [];
      const some = measures.slice(start, start + CAPACITY);
      /** @type {Uint16Array[][]} */
      const tokens = some.map(() => []);
      let firsts = some.map(() => this._firstInput);
      for (let track = 0; track < this.format.maxTracks; track++) {
        const live = this._begin(
          some.map((measure) => ({...measure, track})),
          some.map((_, i) => embeddings[start + i].subarray(track * width, (track + 1) * width)),
          firsts, false);
        for (let t = 0; t < this.format.maxTrackLength; t++) {
          this._step(live, {temperature, isFree: true}, t);
        }
        live.forEach((own, i) => tokens[i].push(Uint16Array.from(own.tokens)));
        firsts = live.map(({previous}) => previous);
      }
      return tokens;
    });
  }

  /**
   * Returns for each point the logits [T * 130] of its tracks' first tokens: program 0..127, drums,
   * end (`NumpyVAE.program_logits`).
   * @param {Float32Array[]} points
   * @returns {Float32Array[]}
   */
  programLogits(points) {
    const {format, _conductor: {width}, _output: {matrix}} = this;
    const {maxTracks, program, vocabularySize} = format;
    const firsts = vocabularySize - program;
    const together = Math.floor(CAPACITY / maxTracks); // points
    return points.flatMap((_, start) => {
      if (start % together) return [];
      const some = points.slice(start, start + together);
      const vectors = this._conductor.embed(some, this._room).flatMap((embedding) =>
        Array.from({length: maxTracks}, (_, track) =>
          embedding.subarray(track * width, (track + 1) * width)));
      const rows = vectors.map((_, i) => ({
        z: some[Math.floor(i / maxTracks)], track: i % maxTracks, chords: [NO_CHORD], seed: 0, draw: 0,
      }));
      const scores = this._scores(
        this._begin(rows, vectors, rows.map(() => this._firstInput), false), 0);
      return some.map((_, point) => {
        const logits = new Float32Array(maxTracks * firsts);
        for (let track = 0; track < maxTracks; track++) {
          const row = (point * maxTracks + track) * matrix.n;
          logits.set(scores.subarray(row + program, row + vocabularySize), track * firsts);
        }
        return logits;
      });
    });
  }

  /**
   * Whether a track's first input has no effect on its tokens, as in models with start units
   * (`gm_vae.model.start_units`). Then tracks can be decoded in parallel instead of in order.
   */
  get ignoresFirstInput() {
    this._ignoresFirstInput ??= this._compareFirstInputs();
    return this._ignoresFirstInput;
  }

  _compareFirstInputs() {
    const row = {z: new Float32Array(this.latentSize), track: 0, chords: [NO_CHORD], seed: 0, draw: 0};
    const {format, _conductor: {width}, _output: {matrix}, _vocabulary: size} = this;
    const firsts = [NO_TOKEN, format.end, format.drums, format.velocity, format.timeShift, 60];
    const [embedding] = this._conductor.embed([row.z], this._room);
    const vectors = firsts.map(() => embedding.subarray(0, width));
    const scores = this._scores(this._begin(firsts.map(() => row), vectors, firsts, false), 0);
    const of = (/** @type {number} */ i) => scores.subarray(i * matrix.n, i * matrix.n + size);
    return firsts.every((_, i) => of(i).every((score, token) =>
      Math.abs(score - of(0)[token]) <= SAME_SCORE));
  }

  /**
   * @param {Row[]} rows no more than CAPACITY
   * @param {Float32Array[]} embeddings of their tracks
   * @param {Decoding} decoding
   * @param {boolean} withMargins
   */
  _decodeTogether(rows, embeddings, decoding, withMargins) {
    const steps = this.format.maxTrackLength;
    const tracks = this._begin(rows, embeddings, rows.map(() => this._firstInput), withMargins);
    let live = [...tracks];
    for (let t = 0; t < steps && live.length; t++) {
      this._step(live, decoding, t);
      live = this._dropEnded(live);
    }
    return tracks;
  }

  /**
   * Appends a token to each track.
   * @param {LiveTrack[]} live
   * @param {Decoding} decoding
   * @param {number} t
   */
  _step(live, decoding, t) {
    const {_output: {matrix}, _vocabulary: size} = this;
    const scores = this._scores(live, t);
    const logits = new Float64Array(size);
    live.forEach((track, index) => {
      logits.set(scores.subarray(index * matrix.n, index * matrix.n + size));
      this._chooseToken(track, logits, decoding, t);
    });
  }

  /**
   * @param {Row[]} rows
   * @param {Float32Array[]} embeddings
   * @param {number[]} firsts first input of each
   * @param {boolean} withMargins
   * @returns {LiveTrack[]}
   */
  _begin(rows, embeddings, firsts, withMargins) {
    const constants = this._input.constants(embeddings, this._room);
    this._decoderState.apply(embeddings, this._room)
      .forEach((state, i) => this._rows.setState(i, state.map(Math.tanh)));
    return rows.map((row, i) => ({
      row,
      constant: constants[i],
      tokens: [],
      previous: firsts[i],
      grammar: new TrackGrammar(this.format),
      margin: withMargins ? {least: Infinity} : null,
    }));
  }

  /**
   * Runs one step of the network and returns logits [index, n] of the live tracks.
   * @param {LiveTrack[]} live
   * @param {number} t
   */
  _scores(live, t) {
    const {_kernel: kernel, _rows: rows} = this;
    const {gates} = rows;
    live.forEach((track, index) => {
      const chord = t ? track.row.chords[this._slot(track)] : NO_CHORD;
      this._input.set(gates, index, track.constant, track.previous, chord);
    });
    rows.step(live.length);
    rows.output(live.length, this._top);
    const {matrix, bias} = this._output;
    const scores = kernel.view(this._logits, live.length * matrix.n);
    for (let index = 0; index < live.length; index++) scores.set(bias, index * matrix.n);
    kernel.accumulate(this._top, matrix, this._logits, live.length);
    return scores;
  }

  /**
   * @param {LiveTrack} track
   * @param {Float64Array} logits
   * @param {Decoding} decoding
   * @param {number} t
   */
  _chooseToken(track, logits, decoding, t) {
    const {beginning} = track.row;
    const token = beginning && t < beginning.length
      ? beginning[t] : this._drawToken(track, logits, decoding, t);
    track.tokens.push(token);
    track.previous = token;
    track.grammar.advance(token);
  }

  /**
   * @param {LiveTrack} track
   * @param {Float64Array} logits changed in place
   * @param {Decoding} decoding
   * @param {number} t
   */
  _drawToken({row, grammar, margin}, logits, decoding, t) {
    const {format} = this;
    const pitched = row.temperature ?? decoding.temperature;
    if (!decoding.isFree) grammar.constrain(logits, format.maxTrackLength - t);
    grammar.vary(logits, repeatPenaltyAt(decoding.repeatPenalty ?? 0, pitched));
    if (t === 0 && row.program !== undefined) onlyProgram(logits, row.program, format);
    const temperature = grammar.isDrum
      ? row.temperature ?? decoding.drumTemperature ?? pitched : pitched;
    const draw = temperature > 0 ? uniform(row.seed, row.draw, row.stream ?? row.track, t) : 0;
    return choose(logits, temperature, draw, margin);
  }

  /** Index of the chord at a track's current step. @param {LiveTrack} track */
  _slot({row, grammar}) {
    const slot = Math.floor((grammar.step * row.chords.length) / this.format.stepsPerMeasure);
    return Math.min(slot, row.chords.length - 1);
  }

  /**
   * Returns the unfinished tracks, each at the index of its state; gaps are filled from the end.
   * @param {LiveTrack[]} live
   */
  _dropEnded(live) {
    const kept = [...live];
    for (let index = kept.length - 1; index >= 0; index--) {
      if (!kept[index].grammar.done) continue;
      const last = kept.length - 1;
      if (index < last) {
        this._rows.move(last, index);
        kept[index] = kept[last];
      }
      kept.pop();
    }
    return kept;
  }
}

/** @param {Float64Array} logits @param {number} program @param {Format} format */
function onlyProgram(logits, program, format) {
  const wanted = logits[format.program + program];
  logits.fill(NEVER);
  logits[format.program + program] = wanted;
}
