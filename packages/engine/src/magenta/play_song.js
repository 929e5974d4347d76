/** A whole song for `MusicVAE.song`. */

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
 * What can be asked of a song; what is absent is as in `gm-vae song`.
 * @typedef {object} SongArgs
 * @property {number} [seed] the same seed gives the same music; any if absent
 * @property {number} [bars] how many there are in all, shared out evenly among the sections; each
 *   plays its chords once if absent
 * @property {TensorLike | ArrayLike<number>[]} [styles] points: one for each letter of the form in the
 *   order in which they are heard, or one alone that the others follow; drawn if absent
 * @property {number} [contrast] how far the styles that follow are from the first, 0..1
 * @property {number} [vary] the share of pitched tracks that change when a bar comes back, 0..1
 * @property {boolean} [fills] whether the last bar of four ends in a drum fill
 * @property {boolean} [ending] whether a last bar follows in which all strike the first chord
 * @property {number} [temperature]
 * @property {number} [drumTemperature]
 * @property {number} [repeatPenalty] how much less a track repeats its last onset, in nats
 * @property {number} [qpm] as which measures are labelled
 * @property {(done: Progress) => void} [onProgress] called with tracks done and their total, which
 *   grows once
 * @property {AbortSignal} [signal] ends the work between tracks
 *
 * @typedef {object} PlayedSong
 * @property {ArrayLike<number>[][]} measures tokens of each track
 * @property {SectionMark[]} sections
 */

const TOGETHER = 128; // tracks that are decoded at once

/**
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
      if (progress.loaded) await new Promise((resolve) => setTimeout(resolve)); // others' turn
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
