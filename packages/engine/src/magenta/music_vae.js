/** The `MusicVAE` class of magenta.js, implemented with this engine. */

import {moved, readAttributes} from '../engine/attributes.js';
import {bandsBetween, firstTokens} from '../engine/bands.js';
import {fetchBytes} from '../engine/fetching.js';
import {Model, parse} from '../engine/model.js';
import {priorPoint} from '../engine/prior.js';
import {requireVectors} from '../engine/support.js';
import {folderURL} from './address.js';
import {list, number} from './checks.js';
import {asObject, chordsOf, programsOf, withSeed} from './control_args.js';
import {MultitrackConverter} from './data_converter.js';
import {pointsBetween} from './grid.js';
import {songOf} from './play_song.js';
import {readSpec} from './spec.js';
import {Tensor, toArrays} from './tensor.js';

/** @import {Attributes} from '../engine/attributes.js' */
/** @import {Progress} from '../engine/fetching.js' */
/** @import {ReadFile} from '../engine/tensors.js' */
/** @import {ControlArgs} from './control_args.js' */
/** @import {MeasureSequence} from './data_converter.js' */
/** @import {NoteSequence} from './note_sequence.js' */
/** @import {SongArgs} from './play_song.js' */
/** @import {MusicVAESpec} from './spec.js' */
/** @import {SectionMark} from '../music/song.js' */
/** @import {TensorLike} from './tensor.js' */

const MEASURES = 16; // batch size; larger batches are not faster
const MOST_SAMPLES = 10000; // limits memory: all measures of a call are held at once
const WATCHED_MEASURES = 4; // batch size when a call reports progress or can be aborted

/**
 * A model of multitrack measures. Its asynchronous methods load the weights when needed. If one
 * rejects, the message suggests a remedy and the model remains usable.
 */
export class MusicVAE {
  /**
   * @param {string | URL | ReadFile} checkpointURL URL of the folder with config.json, or a
   *   function that reads a file of the folder by name
   * @param {MusicVAESpec} [spec] replaces config.json
   */
  constructor(checkpointURL, spec) {
    this.checkpointURL = checkpointURL;
    this.spec = spec;
    /** The size of z; 0 until the model is loaded. */
    this.zDims = 0;
    /** @type {MultitrackConverter | undefined} */
    this.dataConverter = undefined;
    this.initialized = false;
    /** @type {Promise<Model> | undefined} */
    this._model = undefined;
    /** @type {Promise<Attributes> | undefined} */
    this._attributes = undefined;
  }

  isInitialized() {
    return this.initialized;
  }

  /**
   * Loads the model. The encoder's weights, half of the total, are fetched when first needed.
   * @param {{onProgress?: (progress: Progress) => void, signal?: AbortSignal}} [options]
   *   `onProgress` receives bytes, also for weights that are fetched later
   */
  async initialize({onProgress, signal} = {}) {
    await this._load(onProgress, signal);
  }

  /** Releases the model; the next use loads it again. */
  dispose() {
    this._model = this._attributes = undefined;
    this.initialized = false;
  }

  /**
   * Generates random measures.
   * @param {number} numSamples
   * @param {number} [temperature] default 0.5; 0 takes the likeliest tokens
   * @param {ControlArgs | string[]} [controlArgs]
   * @param {number} [stepsPerQuarter] written to the results; default: the model's resolution
   * @param {number} [qpm] written to the results
   * @returns {Promise<MeasureSequence[]>}
   */
  async sample(numSamples, temperature = 0.5, controlArgs, stepsPerQuarter, qpm) {
    const model = await this._load();
    const args = withSeed(controlArgs);
    return this._decode(priorPoints(args.seed, numSamples, model), temperature, args,
      stepsPerQuarter, qpm);
  }

  /**
   * Decodes points of the latent space to measures.
   * @param {TensorLike | ArrayLike<number>[]} z [n, zDims]
   * @param {number} [temperature] 0, the default, takes the likeliest tokens
   * @param {ControlArgs | string[]} [controlArgs]
   * @param {number} [stepsPerQuarter] written to the results; default: the model's resolution
   * @param {number} [qpm] written to the results
   * @returns {Promise<MeasureSequence[]>}
   */
  async decode(z, temperature, controlArgs, stepsPerQuarter, qpm) {
    return this._decode(await this._points(z), temperature, withSeed(controlArgs), stepsPerQuarter, qpm);
  }

  /**
   * Encodes measures to points of the latent space.
   * @param {NoteSequence[]} inputSequences one measure each
   * @param {ControlArgs | string[]} [controlArgs] with the chords of the input measures
   * @returns {Promise<Tensor>} mu [n, zDims]
   */
  async encode(inputSequences, controlArgs) {
    const model = await this._load();
    return matrix(await this._encode(inputSequences, asObject(controlArgs)), model.latentSize);
  }

  /**
   * Interpolates between two measures, or in the rectangle between four. Between two, if the
   * grammar is applied and no instruments are requested, the first measure's instruments change one
   * by one to the last measure's, and all measures use the same random numbers.
   * @param {NoteSequence[]} inputSequences 2, or 4: top left, bottom left, top right, bottom right
   * @param {number | number[]} numInterps number of results, including both ends; or [columns,
   *   rows]
   * @param {number} [temperature]
   * @param {ControlArgs | string[]} [controlArgs]
   * @returns {Promise<MeasureSequence[]>} row by row
   */
  async interpolate(inputSequences, numInterps, temperature, controlArgs) {
    const {decoder} = await this._load();
    const {chordProgressions, ...args} = withSeed(controlArgs);
    const ends = await this._encode(inputSequences, {...args, onProgress: undefined});
    const points = pointsBetween(ends, numInterps);
    const carriesBand = ends.length === 2 && points.length > 1 && !args.instruments &&
      (args.grammar ?? (temperature ?? 0) > 0);
    const bands = carriesBand
      ? bandsOf(decoder.programLogits(points), temperature ?? 0, args.seed) : undefined;
    return this._decode(points, temperature, {...args, chordProgressions}, undefined, undefined, bands);
  }

  /**
   * Generates a song of sections, each with a style and chords, like `gm-vae song`.
   * @param {string} form the sections in order, such as "A A B A"; A>B is a transition from style A
   *   to style B
   * @param {string} chords chords of each section, such as "A: C G Am F; B: F G Em Am"; chords
   *   without a section name apply to all sections without chords of their own
   * @param {SongArgs} [songArgs]
   * @returns {Promise<{measures: MeasureSequence[], sections: SectionMark[]}>} the measures, and
   *   the first measure and name of each section
   */
  async song(form, chords, songArgs = {}) {
    const model = await this._load();
    const args = withSeed(songArgs);
    const points = args.styles
      ? await this._points(args.styles) : priorPoints(args.seed, 1, model);
    const {measures, sections} = await songOf(model, form, chords, points, args);
    const converter = new MultitrackConverter(model.format);
    return {
      measures: measures.map((tracks) => converter.toSequence(tracks, undefined, args.qpm)), sections,
    };
  }

  /**
   * Generates measures similar to a given one.
   * @param {NoteSequence} inputSequence
   * @param {number} numSamples
   * @param {number} similarity 1 decodes the measure's own point, 0 gives random measures
   * @param {number} [temperature]
   * @param {ControlArgs | string[]} [controlArgs]
   * @returns {Promise<MeasureSequence[]>}
   */
  async similar(inputSequence, numSamples, similarity, temperature, controlArgs) {
    if (!(similarity >= 0 && similarity <= 1)) {
      throw new Error('Similarity must be between 0 and 1.');
    }
    const model = await this._load();
    const {chordProgressions, ...args} = withSeed(controlArgs);
    const [mu] = await this._encode([inputSequence], {...args, onProgress: undefined});
    const points = priorPoints(args.seed, numSamples, model)
      .map((point) => point.map((x, i) => similarity * mu[i] + (1 - similarity) * x));
    return this._decode(points, temperature, {...args, chordProgressions});
  }

  /**
   * Returns the names of the attributes along which `move` can move points, such as "density" and
   * "pitch"; empty if the checkpoint has no attributes.json, or one of another model.
   */
  async attributes() {
    return [...(await this._loadAttributes()).keys()];
  }

  /**
   * Moves points along attributes.
   * @param {TensorLike | ArrayLike<number>[]} z [n, zDims]
   * @param {Record<string, number>} steps attribute -> steps; 1 is one standard deviation
   * @returns {Promise<Tensor>} [n, zDims]
   */
  async move(z, steps) {
    const attributes = await this._loadAttributes();
    for (const [name, count] of Object.entries(steps)) number(name, count, {least: -100, most: 100});
    const unknown = Object.keys(steps).find((name) => !attributes.has(name));
    if (unknown !== undefined) {
      throw new Error(
        `The model has no attribute ${unknown}; it has ${[...attributes.keys()].join(', ') || 'none'}.`);
    }
    const points = await this._points(z);
    return matrix(points.map((point) => moved(point, Object.entries(steps), attributes)), this.zDims);
  }

  /**
   * The model, loaded once; a failed load is tried again.
   * @param {(progress: Progress) => void} [report]
   * @param {AbortSignal} [signal]
   * @returns {Promise<Model>}
   */
  _load(report, signal) {
    const model = this._model ?? this._read(report, signal);
    if (model !== this._model) {
      this._model = model;
      model.catch(() => {
        if (this._model === model) this._model = undefined;
      });
    }
    return model;
  }

  /**
   * @param {(progress: Progress) => void} [report]
   * @param {AbortSignal} [signal]
   */
  async _read(report, signal) {
    requireVectors();
    const files = readerOf(this.checkpointURL, signal);
    const spec = readSpec(this.spec ?? parse(await files('config.json', () => {}), 'config.json'));
    const model = await Model.load(
      async (name, tell) => (name === 'config.json' ? bytesOf(spec) : files(name, tell)), report);
    this.spec = spec;
    this.zDims = model.latentSize;
    this.dataConverter = new MultitrackConverter(model.format);
    this.initialized = true;
    return model;
  }

  /** @param {NoteSequence[]} sequences @param {ControlArgs} args */
  async _encode(sequences, args) {
    const model = await this._load();
    const converter = new MultitrackConverter(model.format);
    const chords = chordsOf(args, list('inputSequences', sequences).length, this._hasChords);
    const measures = sequences.map((sequence) => converter.toTokens(sequence));
    const encoder = await model.encoder();
    return inTurns(measures, WATCHED_MEASURES, args, (some, start) =>
      some.map((tracks, i) => encoder.encode(tracks, chords[start + i])));
  }

  /**
   * @param {Float32Array[]} points
   * @param {number | undefined} temperature
   * @param {ControlArgs & {seed: number}} args
   * @param {number} [stepsPerQuarter]
   * @param {number} [qpm]
   * @param {number[][]} [bands] first tokens of each measure's tracks; if given, all measures use
   *   the same random numbers
   */
  async _decode(points, temperature = 0, args, stepsPerQuarter, qpm, bands) {
    const {decoder, format} = await this._load();
    number('temperature', temperature);
    for (const [name, value] of Object.entries({stepsPerQuarter, qpm})) number(name, value ?? 1, {least: 1});
    const chords = chordsOf(args, points.length, this._hasChords);
    const converter = new MultitrackConverter(format);
    const {seed} = args;
    const measures = points.map((z, i) =>
      ({z, draw: bands ? 0 : i, chords: chords[i], seed, band: bands?.[i]}));
    const programs = programsOf(args, format);
    const batch = args.signal || args.onProgress ? WATCHED_MEASURES : MEASURES;
    return inTurns(measures, batch, args, (some) =>
      decodeMeasures(decoder, some, temperature, args, programs)
        .map((tracks) => converter.toSequence(tracks, stepsPerQuarter, qpm)));
  }

  /**
   * Returns the rows of z, checked.
   * @param {TensorLike | ArrayLike<number>[]} z
   */
  async _points(z) {
    const {latentSize} = await this._load();
    const points = await toArrays(z);
    const wrong = points.find((point) => point.length !== latentSize);
    if (wrong) {
      throw new Error(`z has rows of ${wrong.length} numbers; this model needs [n, ${latentSize}].`);
    }
    points.forEach((point, row) => {
      const column = point.findIndex((x) => !Number.isFinite(x));
      if (column >= 0) throw new Error(`z[${row}, ${column}] is ${point[column]}; give numbers.`);
    });
    return points;
  }

  async _loadAttributes() {
    const {latentSize} = await this._load();
    this._attributes ??= readerOf(this.checkpointURL)('attributes.json', () => {}).then(
      (bytes) => readAttributes(parse(bytes, 'attributes.json'), latentSize),
      () => new Map()); // the file is optional
    return this._attributes;
  }

  get _hasChords() {
    return Boolean(this.spec?.chordEncoder);
  }
}

/**
 * Returns the tokens of each track of each measure.
 * @param {import('../engine/decoder.js').Decoder} decoder
 * @param {{z: Float32Array, draw: number, chords: number[], seed: number, band?: number[]}[]} measures
 * @param {number} temperature
 * @param {ControlArgs} args
 * @param {number[]} [programs]
 */
function decodeMeasures(decoder, measures, temperature, args, programs) {
  const {grammar = temperature > 0 || programs !== undefined, repeatPenalty, drumTemperature} = args;
  if (!grammar && !programs && !decoder.ignoresFirstInput) {
    return decoder.decodeInSequence(measures, temperature);
  }
  const {maxTracks, end} = decoder.format;
  const count = programs?.length ?? maxTracks;
  const rows = measures.flatMap(({band, ...measure}) => Array.from({length: count}, (_, track) =>
    ({...measure, track, program: (band ?? programs)?.[track]})));
  const tokens = decoder.decode(
    rows, {temperature, drumTemperature, repeatPenalty, isFree: !grammar});
  const absent = Array.from({length: maxTracks - count}, () => Uint16Array.of(end));
  return measures.map((_, i) => [...tokens.slice(i * count, (i + 1) * count), ...absent]);
}

/** @param {number} seed @param {number} count @param {Model} model */
function priorPoints(seed, count, {latentSize, prior}) {
  number('numSamples', count, {most: MOST_SAMPLES, isWhole: true});
  return Array.from({length: count}, (_, draw) => priorPoint(seed, draw, latentSize, prior));
}

/**
 * Returns the bands of points on a path.
 * @param {Float32Array[]} logits
 * @param {number} temperature
 * @param {number} seed
 */
function bandsOf(logits, temperature, seed) {
  const [start, end] = [logits[0], logits[logits.length - 1]]
    .map((own) => firstTokens(own, temperature, seed));
  return bandsBetween(logits, start, end);
}

/**
 * Runs `work` on measures in batches and yields to the event loop between them.
 * @template Measure, Made
 * @param {Measure[]} measures
 * @param {number} batch
 * @param {Pick<ControlArgs, 'onProgress' | 'signal'>} watch
 * @param {(some: Measure[], start: number) => Made[]} work
 */
async function inTurns(measures, batch, {onProgress, signal}, work) {
  /** @type {Made[]} */
  const made = [];
  for (let start = 0; start < measures.length; start += batch) {
    if (start) await new Promise((resolve) => setTimeout(resolve));
    signal?.throwIfAborted();
    made.push(...work(measures.slice(start, start + batch), start));
    onProgress?.({loaded: made.length, total: measures.length});
  }
  return made;
}

/** @param {Float32Array[]} rows @param {number} columns */
function matrix(rows, columns) {
  const values = new Float32Array(rows.length * columns);
  rows.forEach((row, i) => values.set(row, i * columns));
  return new Tensor(values, [rows.length, columns]);
}

/**
 * Returns a function that reads the files of a checkpoint.
 * @param {string | URL | ReadFile} source
 * @param {AbortSignal} [signal]
 * @returns {ReadFile}
 */
function readerOf(source, signal) {
  if (typeof source === 'function') return source;
  const folder = folderURL(source);
  return (name, report) => fetchBytes(new URL(name, folder), report, signal);
}

/** @param {unknown} value */
const bytesOf = (value) => Uint8Array.from(new TextEncoder().encode(JSON.stringify(value))).buffer;
