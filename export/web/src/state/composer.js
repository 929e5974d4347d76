/** Arrangement -> song: asks the engine for the measures that it has not made before. */

import {between} from '../engine/points.js';
import {earlyPoint, priorPoint} from '../engine/sampling.js';
import {makeSong, partKeys, presentTracks} from '../music/song.js';
import {styleText} from './link.js';
import {unpackPoint} from './point_text.js';

const MOST_KEPT = 2000; // tracks
const ROLLED_TEMPERATURE = 40; // at the least, since nothing is random at 0

export class Composer {
  /**
   * @param {import('../engine/client.js').Engine} engine
   * @param {import('../music/format.js').Format} format
   * @param {number} latentSize
   */
  constructor(engine, format, latentSize) {
    this._engine = engine;
    this._format = format;
    this._latentSize = latentSize;
    this._known = new Map(); // what a track follows from -> its tokens
  }

  /** The point of a style. */
  point(style) {
    if (style.point !== undefined) return unpackPoint(style.point);
    return style.isEarly
      ? earlyPoint(style.seed, this._latentSize)
      : priorPoint(style.seed, 0, this._latentSize);
  }

  /** @param {import('./arrangement.js').Arrangement} arrangement */
  async compose(arrangement) {
    const bars = this._bars(arrangement);
    const rows = bars.flatMap((bar) => bar.rows);
    const tokens = await this._decode(rows, arrangement.temperature);
    const measures = bars.map((bar, i) => ({
      chords: bar.chords,
      tracks: presentTracks(bar.rows.map((row, track) =>
        ({row, tokens: tokens[i * this._format.maxTracks + track]}))),
    }));
    await this._roll(measures, arrangement);
    return makeSong(measures, this._format);
  }

  _bars({chords, blend, a, b, seed}) {
    const ends = [a, b].map((style) => this.point(style));
    return chords.map((bar, i) => {
      const share = blend[i];
      const z = between(...ends, share / 100);
      const source = share === 0 ? styleText(a)
        : share === 100 ? styleText(b) : `${styleText(a)} ${share} ${styleText(b)}`;
      const labels = this._labels(bar);
      const rows = Array.from({length: this._format.maxTracks}, (_, track) => ({
        z, track, chords: labels, seed, draw: 0, source,
      }));
      return {chords: labels, rows};
    });
  }

  /** A bar's chords, as many as the format has or a multiple. */
  _labels(bar) {
    const {chordsPerMeasure} = this._format;
    const times = bar.length % chordsPerMeasure ? chordsPerMeasure : 1;
    return bar.flatMap((id) => Array(times).fill(id));
  }

  async _decode(rows, temperature) {
    const keyOf = ({source, track, chords, seed, program = ''}) =>
      [source, track, chords, seed, program, temperature].join(';');
    const keys = rows.map(keyOf);
    const missing = new Map();
    keys.forEach((key, i) => {
      if (!this._known.has(key)) missing.set(key, rows[i]);
    });
    if (missing.size) {
      const wanted = [...missing.values()].map(({source, ...row}) => row);
      const found = await this._engine.decode(wanted, temperature / 100);
      if (this._known.size > MOST_KEPT) this._known.clear();
      [...missing.keys()].forEach((key, i) => this._known.set(key, found[i]));
      if (keys.some((key) => !this._known.has(key))) return this._decode(rows, temperature);
    }
    return keys.map((key) => this._known.get(key));
  }

  /** Plays the parts that were rolled again anew: other random numbers, the same instrument. */
  async _roll(measures, {parts, temperature}) {
    const places = [];
    for (const {tracks} of measures) {
      partKeys(tracks, this._format).forEach((key, i) => {
        const roll = parts[key]?.roll;
        if (roll) places.push({track: tracks[i], roll, program: Number(key.split('.')[0])});
      });
    }
    if (!places.length) return;
    const rows = places.map(({track, roll, program}) => ({
      ...track.row, program, seed: (track.row.seed + Math.imul(roll, 0x9e3779b1)) >>> 0,
    }));
    const tokens = await this._decode(rows, Math.max(temperature, ROLLED_TEMPERATURE));
    places.forEach(({track}, i) => {
      track.tokens = tokens[i];
    });
  }
}
