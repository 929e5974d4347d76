/** Composes the song of an arrangement; the engine decodes only tracks that are not cached. */

import {moved, readAttributes} from '../../../../packages/engine/src/engine/attributes.js';
import {fetchBytes} from '../../../../packages/engine/src/engine/fetching.js';
import {drumTemperatureAt} from '../../../../packages/engine/src/engine/grammar.js';
import {earlyPoint, priorPoint} from '../../../../packages/engine/src/engine/prior.js';
import {nameOf, playSong} from '../../../../packages/engine/src/engine/song.js';
import {DECODING} from '../../../../packages/engine/src/generated/tables.js';
import {Format} from '../../../../packages/engine/src/music/format.js';
import {makeSong, partKeys, presentTracks} from '../../../../packages/engine/src/music/song.js';
import {voiced} from '../../../../packages/engine/src/music/voicing.js';
import {stepsOf} from '../state/character.js';
import {unpackPoint} from '../state/point_text.js';
import {keepNotes} from './keep_notes.js';
import {nextTask} from '../../../../packages/engine/src/engine/next_task.js';
import {plannedLoop} from './planned_loop.js';
import {plannedSong} from './planned_song.js';

/** @import {Attributes} from '../../../../packages/engine/src/engine/attributes.js' */
/** @import {Engine} from '../../../../packages/engine/src/engine/client.js' */
/** @import {Row} from '../../../../packages/engine/src/engine/decoder.js' */
/** @import {Phrasing} from '../../../../packages/engine/src/engine/phrases.js' */
/** @import {Prior} from '../../../../packages/engine/src/engine/prior.js' */
/** @import {SectionMark} from '../../../../packages/engine/src/music/song.js' */
/** @import {Arrangement, Style} from '../state/arrangement.js' */

const MOST_KEPT = 4000; // cached tracks; a song of 64 bars has up to 1,000 different ones
const MOST_LOGITS = 300; // cached points
const ROLLED_TEMPERATURE = 40; // minimum for re-rolled parts, since nothing is random at 0

/**
 * The parts of an arrangement that determine the song.
 * @typedef {Omit<Arrangement, 'qpm' | 'loop'>} Wanted
 *
 * A bar to decode: its chords, its rows, the name of its point, and the index of its section.
 * @typedef {{symbols: string[], rows: SourcedRow[], point: string, section: number}} PlannedBar
 *
 * The plan of a song, before decoding.
 * @typedef {object} Plan
 * @property {PlannedBar[]} bars
 * @property {SectionMark[]} sections
 * @property {Phrasing} phrasing
 * @property {boolean} ending whether the last bar is the ending
 *
 * A row to decode; `source` identifies its point.
 * @typedef {Row & {source: string}} SourcedRow
 *
 * A track of a measure: its row and its tokens.
 * @typedef {{row: SourcedRow, tokens: Uint16Array}} DecodedTrack
 */

export class Composer {
  /** @param {Engine} engine */
  constructor(engine) {
    this._engine = engine;
    this.format = new Format(); // of the model after it is loaded
    this.latentSize = 0;
    this.fingerprint = '';
    /** The prior of styles. @type {Prior | null} */
    this._prior = null;
    /** The attributes of the character. @type {Attributes} */
    this.attributes = new Map();
    /** Cache: `keyOf` -> tokens, the last used last. @type {Map<string, Uint16Array>} */
    this._known = new Map();
    /** Point -> the logits of its tracks' first tokens. @type {Map<string, Float32Array>} */
    this._logits = new Map();
  }

  /**
   * @param {string} url of the model's folder
   * @param {string} attributesUrl of its attributes.json, or ''
   */
  async load(url, attributesUrl) {
    const attributes = attributesUrl ? fetchBytes(new URL(attributesUrl)).catch(() => null) : null;
    const {format, latentSize, fingerprint, prior} = await this._engine.load(url);
    const bytes = await attributes; // optional
    if (bytes) {
      this.attributes = readAttributes(JSON.parse(new TextDecoder().decode(bytes)), latentSize);
    }
    this.format = new Format(format);
    this.latentSize = latentSize;
    this.fingerprint = fingerprint;
    this._prior = prior;
  }

  /** The point of a style. @param {Style} style */
  point(style) {
    if (style.point !== undefined) return unpackPoint(style.point);
    return style.isEarly
      ? earlyPoint(style.seed, this.latentSize)
      : priorPoint(style.seed, 0, this.latentSize, this._prior);
  }

  /** The point of a style, moved along the character. @param {Style} style @param {Wanted} wanted */
  movedPoint(style, {character}) {
    return moved(this.point(style), stepsOf(character), this.attributes);
  }

  /** @param {Wanted} wanted */
  async compose(wanted) {
    const {format} = this;
    const {temperature} = wanted;
    const {bars, sections, phrasing, ending} = await (wanted.song
      ? plannedSong(wanted, this) : plannedLoop(wanted, this));
    const tokens = await this._decode(bars.flatMap(({rows}) => rows), temperature);
    const decoded = bars.map(({rows}, i) => rows.map((row, track) =>
      ({row, tokens: tokens[i * format.maxTracks + track]})));
    await this._roll(decoded, wanted);
    const tracks = await playSong(
      bars.map(({point, section}, i) => ({
        point,
        section,
        rows: decoded[i].map(({row}) => row),
        tokens: decoded[i].map((track) => track.tokens),
      })),
      phrasing, ending, temperature / 100, format,
      (rows) => this._decode(/** @type {SourcedRow[]} */ (rows), temperature));
    await nextTask();
    const song = makeSong(bars.map(({symbols}, i) => {
      const present = presentTracks(tracks[i].map((own) => ({tokens: own})));
      return {symbols, tracks: wanted.voice ? voiced(present, symbols, format) : present};
    }), format, sections);
    return keepNotes(song, wanted.kept);
  }

  /**
   * Returns the logits of the tracks' first tokens at points.
   * @param {Float32Array[]} points
   * @returns {Promise<Float32Array[]>}
   */
  async programs(points) {
    const names = points.map(nameOf);
    const missing = points.filter((_, i) => !this._logits.has(names[i]));
    const found = missing.length ? await this._engine.programs(missing) : [];
    missing.forEach((point, i) => this._logits.set(nameOf(point), found[i]));
    const logits = names.map((name) => /** @type {Float32Array} */ (this._logits.get(name)));
    forgetFirst(this._logits, MOST_LOGITS);
    return logits;
  }

  /**
   * Returns the tokens of each row.
   * @param {SourcedRow[]} rows
   * @param {number} temperature in hundredths
   * @returns {Promise<Uint16Array[]>}
   */
  async _decode(rows, temperature) {
    const keys = rows.map((row) => keyOf(row, temperature));
    /** Tokens of these rows by key. @type {Map<string, Uint16Array>} */
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

  /** Caches tracks and evicts the least recently used. @param {Map<string, Uint16Array>} found */
  _keep(found) {
    for (const [key, tokens] of found) {
      this._known.delete(key);
      this._known.set(key, tokens);
    }
    forgetFirst(this._known, MOST_KEPT);
  }

  /**
   * Decodes re-rolled parts again: other random numbers, the same instrument.
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

/**
 * Deletes the first entries until at most `most` are left.
 * @param {Map<string, unknown>} map
 * @param {number} most
 */
function forgetFirst(map, most) {
  for (const key of map.keys()) {
    if (map.size <= most) break;
    map.delete(key);
  }
}

/**
 * Returns a cache key from all inputs of a row's tokens.
 * @param {SourcedRow} row
 * @param {number} temperature
 */
const keyOf = ({source, track, chords, seed, draw, program, stream, beginning, ...own}, temperature) => [
  source, track, chords, seed, draw, program ?? '', stream ?? '', beginning ?? '',
  own.temperature ?? temperature,
].join(';');
