/** Arrangement -> song: asks the engine for the measures that it has not made before. */

import {moved, readAttributes} from '../../../../packages/engine/src/engine/attributes.js';
import {fetchBytes} from '../../../../packages/engine/src/engine/fetching.js';
import {drumTemperatureAt} from '../../../../packages/engine/src/engine/grammar.js';
import {phrase} from '../../../../packages/engine/src/engine/phrases.js';
import {inSquare} from '../../../../packages/engine/src/engine/points.js';
import {earlyPoint, priorPoint} from '../../../../packages/engine/src/engine/prior.js';
import {DECODING, PHRASES} from '../../../../packages/engine/src/generated/tables.js';
import {nearestChordId} from '../../../../packages/engine/src/music/chords.js';
import {Format} from '../../../../packages/engine/src/music/format.js';
import {makeSong, partKeys, presentTracks} from '../../../../packages/engine/src/music/song.js';
import {voiced} from '../../../../packages/engine/src/music/voicing.js';
import {characterText, stepsOf} from '../state/character.js';
import {placeOf} from '../state/pad.js';
import {unpackPoint} from '../state/point_text.js';
import {styleText} from '../state/style_text.js';
import {keepNotes} from './keep_notes.js';

/** @import {Attributes} from '../../../../packages/engine/src/engine/attributes.js' */
/** @import {Engine} from '../../../../packages/engine/src/engine/client.js' */
/** @import {Row} from '../../../../packages/engine/src/engine/decoder.js' */
/** @import {Arrangement, Style} from '../state/arrangement.js' */
/** @import {Place} from '../state/pad.js' */

const MOST_KEPT = 4000; // tracks; a song of 64 bars has up to 1,000 that differ
const ROLLED_TEMPERATURE = 40; // at the least, since nothing is random at 0

/**
 * What makes a song of an arrangement.
 * @typedef {Omit<Arrangement, 'qpm' | 'loop'>} Wanted
 *
 * A row to decode; `source` says in words which point it is of.
 * @typedef {Row & {source: string}} SourcedRow
 *
 * A track of a measure: the row that asked for it, and its tokens.
 * @typedef {{row: SourcedRow, tokens: Uint16Array}} DecodedTrack
 */

export class Composer {
  /** @param {Engine} engine */
  constructor(engine) {
    this._engine = engine;
    this.format = new Format(); // of the model, once it is loaded
    this.latentSize = 0;
    this.fingerprint = '';
    /** What styles can be moved along. @type {Attributes} */
    this.attributes = new Map();
    /** What a track follows from -> its tokens, the last used last. @type {Map<string, Uint16Array>} */
    this._known = new Map();
  }

  /**
   * @param {string} url of the model's folder
   * @param {string} attributesUrl of its attributes.json, or ''
   */
  async load(url, attributesUrl) {
    const attributes = attributesUrl ? fetchBytes(new URL(attributesUrl)).catch(() => null) : null;
    const {format, latentSize, fingerprint} = await this._engine.load(url);
    const bytes = await attributes; // music can do without
    if (bytes) {
      this.attributes = readAttributes(JSON.parse(new TextDecoder().decode(bytes)), latentSize);
    }
    this.format = new Format(format);
    this.latentSize = latentSize;
    this.fingerprint = fingerprint;
  }

  /** The point of a style. @param {Style} style */
  point(style) {
    if (style.point !== undefined) return unpackPoint(style.point);
    return style.isEarly
      ? earlyPoint(style.seed, this.latentSize)
      : priorPoint(style.seed, 0, this.latentSize);
  }

  /** @param {Wanted} wanted */
  async compose(wanted) {
    const {format} = this;
    const {temperature} = wanted;
    const bars = this._bars(wanted);
    const tokens = await this._decode(bars.flat(), temperature);
    const decoded = bars.map((rows, i) => rows.map((row, track) =>
      ({row, tokens: tokens[i * format.maxTracks + track]})));
    await this._roll(decoded, wanted);
    const tracks = await phrase(
      bars.map(([{source}], i) => ({
        point: source,
        rows: decoded[i].map(({row}) => row),
        tokens: decoded[i].map((track) => track.tokens),
      })),
      {vary: PHRASES.vary, fills: true}, temperature / 100, format,
      (rows) => this._decode(/** @type {SourcedRow[]} */ (rows), temperature));
    const song = makeSong(wanted.chords.map((symbols, i) => {
      const present = presentTracks(tracks[i].map((own) => ({tokens: own})));
      return {symbols, tracks: wanted.voice ? voiced(present, symbols, format) : present};
    }), format);
    return keepNotes(song, wanted.kept);
  }

  /** The rows of each bar. @param {Wanted} wanted */
  _bars({chords, blend, down, a, b, c, d, character, seed}) {
    const corners = [a, b, c ?? a, d ?? b];
    const points = corners.map((style) =>
      moved(this.point(style), stepsOf(character), this.attributes));
    const moves = characterText(character);
    return chords.map((bar, i) => {
      const place = placeOf({blend, down}, i);
      const z = inSquare(points, place.x / 100, place.y / 100);
      const style = placeText(corners, place);
      const source = moves ? `${style} ${moves}` : style;
      const labels = this._labels(bar);
      return Array.from({length: this.format.maxTracks}, (_, track) => ({
        z, track, chords: labels, seed, draw: 0, source,
      }));
    });
  }

  /** Triads of a bar's symbols, as many as the format has or a multiple. @param {string[]} bar */
  _labels(bar) {
    const {chordsPerMeasure} = this.format;
    const times = bar.length % chordsPerMeasure ? chordsPerMeasure : 1;
    return bar.flatMap((symbol) =>
      /** @type {number[]} */ (Array(times).fill(nearestChordId(symbol))));
  }

  /**
   * Tokens of each row.
   * @param {SourcedRow[]} rows
   * @param {number} temperature in hundredths
   * @returns {Promise<Uint16Array[]>}
   */
  async _decode(rows, temperature) {
    const keys = rows.map((row) => keyOf(row, temperature));
    /** Of these rows. @type {Map<string, Uint16Array>} */
    const found = new Map();
    /** @type {Map<string, Row>} */
    const missing = new Map();
    keys.forEach((key, i) => {
      const {source: _, ...row} = rows[i];
      const known = this._known.get(key);
      if (known) found.set(key, known);
      else missing.set(key, row);
    });
    if (missing.size) {
      const decoded = await this._engine.decode([...missing.values()], {
        temperature: temperature / 100,
        drumTemperature: drumTemperatureAt(temperature / 100),
        repeatPenalty: DECODING.repeatPenalty,
      });
      [...missing.keys()].forEach((key, i) => found.set(key, decoded[i]));
    }
    this._keep(found);
    return keys.map((key) => /** @type {Uint16Array} */ (found.get(key)));
  }

  /** Remembers tracks, and forgets those not used for the longest. @param {Map<string, Uint16Array>} found */
  _keep(found) {
    for (const [key, tokens] of found) {
      this._known.delete(key);
      this._known.set(key, tokens);
    }
    for (const key of this._known.keys()) {
      if (this._known.size <= MOST_KEPT) break;
      this._known.delete(key);
    }
  }

  /**
   * Plays the parts that were rolled again anew: other random numbers, the same instrument.
   * @param {DecodedTrack[][]} measures changed in place
   * @param {Wanted} wanted
   */
  async _roll(measures, {parts, temperature}) {
    const rolled = measures.flatMap((tracks) => {
      const present = presentTracks(tracks);
      return partKeys(present, this.format).flatMap((key, i) => {
        const roll = parts[key]?.roll;
        return roll ? [{track: present[i], roll, program: Number(key.split('.')[0])}] : [];
      });
    });
    if (!rolled.length) return;
    const rows = rolled.map(({track, roll, program}) => ({
      ...track.row, program, seed: (track.row.seed + Math.imul(roll, 0x9e3779b1)) >>> 0,
    }));
    const tokens = await this._decode(rows, Math.max(temperature, ROLLED_TEMPERATURE));
    rolled.forEach(({track}, i) => {
      track.row = rows[i];
      track.tokens = tokens[i];
    });
  }
}

/** A place in words: what of the corners' styles is there. @param {Style[]} corners @param {Place} place */
function placeText([a, b, c, d], {x, y}) {
  const left = mixText(styleText(a), styleText(c), y);
  return mixText(left, mixText(styleText(b), styleText(d), y), x);
}

/** @param {string} one @param {string} other @param {number} share of the other */
const mixText = (one, other, share) =>
  (share === 0 ? one : share === 100 ? other : `(${one} ${share} ${other})`);

/**
 * All that a row's tokens follow from.
 * @param {SourcedRow} row
 * @param {number} temperature
 */
const keyOf = ({source, track, chords, seed, draw, program, stream, beginning, ...own}, temperature) => [
  source, track, chords, seed, draw, program ?? '', stream ?? '', beginning ?? '',
  own.temperature ?? temperature,
].join(';');
