/** Implementation of `MusicVAE.song`. */

import {drumTemperatureAt} from '../engine/grammar.js';
import {planSong, playSong, rowsOf} from '../engine/song.js';
import {DECODING, PHRASES} from '../generated/tables.js';
import {lettersOf, readForm} from '../music/form.js';

/** @import {Row} from '../engine/decoder.js' */
/** @import {Progress} from '../engine/fetching.js' */
/** @import {Model} from '../engine/model.js' */
/** @import {SectionMark} from '../music/song.js' */
/** @import {TensorLike} from './tensor.js' */

/**
 * Options of a song; the defaults are the defaults of `gm-vae song`.
 * @typedef {object} SongArgs
 * @property {number} [seed] the same seed gives the same music; random if absent
 * @property {number} [bars] total number of bars, divided evenly among the sections; if absent,
 *   each section plays its chords once
 * @property {TensorLike | ArrayLike<number>[]} [styles] one point for each letter of the form, in
 *   the order of first appearance, or one point from which the other styles are derived; random if
 *   absent
 * @property {number} [contrast] distance of the derived styles from the first one, 0..1
 * @property {number} [vary] share of pitched tracks that change when a bar is repeated, 0..1
 * @property {boolean} [fills] whether to add drum fills, in every fourth bar and the last bar of a
 *   section of at least four bars
 * @property {boolean} [ending] whether to add a final bar in which all tracks strike the first
 *   chord
 * @property {number} [temperature]
 * @property {number} [drumTemperature]
 * @property {number} [repeatPenalty] penalty in nats for repeating a track's last onset
 * @property {number} [qpm] tempo written to the measures
 * @property {(done: Progress) => void} [onProgress] called with the number of finished tracks and
 *   the total, which increases once
 * @property {AbortSignal} [signal] aborts the work between batches of tracks
 *
 * @typedef {object} PlayedSong
 * @property {ArrayLike<number>[][]} measures tokens of each track
 * @property {SectionMark[]} sections
 */

const TOGETHER = 128; // batch size in tracks

/**
 * Generates a song.
 * @param {Model} model
 * @param {string} form
 * @param {string} chords
 * @param {Float32Array[]} points
 * @param {SongArgs & {seed: number}} args
 * @returns {Promise<PlayedSong>}
 */
export async function songOf({decoder, format}, form, chords, points, args) {
  const {seed, temperature = DECODING.temperature, ending = true} = args;
  const {vary = PHRASES.vary, fills = true, contrast, signal, onProgress} = args;
  for (const [name, value] of Object.entries({contrast, vary})) {
    if (value !== undefined && !(value >= 0 && value <= 1)) {
      throw new Error(`${name} is ${value}; give a number from 0 to 1.`);
    }
  }
  const sections = readForm(form, chords, args.bars);
  const letters = lettersOf(sections);
  if (points.length !== 1 && points.length !== letters.length) {
    throw new Error(`There are ${points.length} styles for the letters ${letters.join(', ')}. ` +
      'Give one for each, or one alone.');
  }
  const styles = points.length === 1 ? points[0]
    : new Map(letters.map((letter, i) => /** @type {const} */ ([letter, points[i]])));
  const decoding = {
    temperature,
    drumTemperature: args.drumTemperature ?? drumTemperatureAt(temperature),
    repeatPenalty: args.repeatPenalty ?? DECODING.repeatPenalty,
  };
  const progress = {loaded: 0, total: 0};
  const decode = async (/** @type {Row[]} */ rows) => {
    progress.total += rows.length;
    /** @type {Uint16Array[]} */
    const tokens = [];
    for (let start = 0; start < rows.length; start += TOGETHER) {
      if (progress.loaded) await new Promise((resolve) => setTimeout(resolve)); // event loop's turn
      signal?.throwIfAborted();
      const some = decoder.decode(rows.slice(start, start + TOGETHER), decoding);
      tokens.push(...some);
      progress.loaded += some.length;
      onProgress?.({...progress});
    }
    return tokens;
  };
  const {bars, marks} = await planSong(
    {sections, styles, contrast, ending, temperature, seed},
    async (some) => decoder.programLogits(some));
  const rows = rowsOf(bars, seed, format);
  const decoded = await decode(rows.flat());
  const measures = await playSong(bars.map(({point, section}, i) => ({
    point,
    section,
    rows: rows[i],
    tokens: decoded.slice(i * format.maxTracks, (i + 1) * format.maxTracks),
  })), {vary, fills}, ending, temperature, format, decode);
  return {measures, sections: marks};
}
