/**
 * Songs: a form of sections, each with a style and chords, and an ending
 * (`gm_vae.generate.song`, with equal tokens).
 */

import {SONG} from '../generated/tables.js';
import {nearestChordId} from '../music/chords.js';
import {NOTE_ON, TIME_SHIFT, VELOCITY} from '../music/format.js';
import {endsOf, lettersOf} from '../music/form.js';
import {bandsBetween, exchanged, firstTokens} from './bands.js';
import {firstsOf, phrase} from './phrases.js';
import {between, near} from './points.js';

/** @import {Format} from '../music/format.js' */
/** @import {Section} from '../music/form.js' */
/** @import {SectionMark} from '../music/song.js' */
/** @import {Row} from './decoder.js' */
/** @import {Decode, PhraseBar, Phrasing} from './phrases.js' */

/**
 * Inputs of a song.
 * @typedef {object} SongPlan
 * @property {Section[]} sections
 * @property {Map<string, Float32Array> | Float32Array} styles a point for each letter, or one point
 *   for the first letter from which the others are derived
 * @property {number} [contrast] distance of derived points from the first one, 0..1
 * @property {boolean} [ending] whether to add a final bar in which all tracks strike the first
 *   chord
 * @property {number} temperature
 * @property {number} seed
 *
 * A bar of a song: the index of its section, its chords, its point and the point's name, and its
 * band (see bands.js).
 * @typedef {{section: number, symbols: string[], z: Float32Array, point: string, band: number[]}}
 *   SongBar
 *
 * A point and its band.
 * @typedef {{z: Float32Array, band: number[]}} Place
 */

/**
 * Returns the points of a song's letters: the given points, or neighbours of the given point.
 * @param {SongPlan} plan
 * @returns {Map<string, Float32Array>}
 */
export function pointsOf({sections, styles, contrast = SONG.contrast, seed}) {
  if (styles instanceof Map) return styles;
  const [first, ...others] = lettersOf(sections);
  const points = near(styles, 1 - contrast, others.length, seed);
  return new Map([[first, styles], ...others.map((letter, i) =>
    /** @type {[string, Float32Array]} */ ([letter, points[i]]))]);
}

/**
 * Plans the bars of a song, before decoding.
 * @param {SongPlan} plan
 * @param {(points: Float32Array[]) => Promise<Float32Array[]>} logitsOf points (`programLogits`)
 * @returns {Promise<{bars: SongBar[], marks: SectionMark[]}>}
 */
export async function planSong(plan, logitsOf) {
  const {sections, styles, ending = true, temperature, seed} = plan;
  const letters = lettersOf(sections);
  const points = pointsOf(plan);
  const ends = letters.map((letter) => {
    const z = points.get(letter);
    if (!z) throw new Error(`Style ${letter} has no point. Give one for each letter of the form.`);
    return z;
  });
  const logits = await logitsOf(ends);
  const bands = logits.map((own) => firstTokens(own, temperature, seed));
  /** @type {Map<string, Place>} */
  const places = new Map(letters.map((letter, i) => [letter, {
    z: ends[i],
    band: i && !(styles instanceof Map)
      ? exchanged(logits[i], bands[0], bands[i], SONG.exchanged) : bands[i],
  }]));
  const played = [...sections];
  if (ending) {
    const [home] = sections[0].chords[0];
    const [, last] = endsOf(sections[sections.length - 1].name);
    played.push({name: last, chords: [[home]]});
  }
  /** @type {SongBar[]} */
  const bars = [];
  /** @type {SectionMark[]} */
  const marks = [];
  for (const [section, {name, chords}] of played.entries()) {
    const isEnding = section === sections.length;
    marks.push({bar: bars.length, name: isEnding ? SONG.ending : name});
    const [start, end] = endsOf(name).map((letter) => /** @type {Place} */ (places.get(letter)));
    const way = await wayOf(chords.length, start, end, logitsOf);
    bars.push(...way.map(({z, band}, i) =>
      ({section, symbols: chords[i], z, band, point: nameOf(z)})));
  }
  return {bars, marks};
}

/**
 * Returns the point and band of each bar of a section.
 * @param {number} count
 * @param {Place} start
 * @param {Place} end
 * @param {(points: Float32Array[]) => Promise<Float32Array[]>} logitsOf
 * @returns {Promise<Place[]>}
 */
async function wayOf(count, start, end, logitsOf) {
  if (count === 1 || nameOf(start.z) === nameOf(end.z)) return Array(count).fill(start);
  const points = Array.from({length: count}, (_, i) => between(start.z, end.z, i / (count - 1)));
  const bands = bandsBetween(await logitsOf(points), start.band, end.band);
  return points.map((z, i) => ({z, band: bands[i]}));
}

/** A string that is equal only for equal points. @param {Float32Array} z */
export const nameOf = (z) =>
  String.fromCharCode(...new Uint16Array(z.buffer, z.byteOffset, 2 * z.length));

/**
 * Returns the rows of each bar; equal bars have the rows of the first of them.
 * @param {SongBar[]} bars
 * @param {number} seed
 * @param {Format} format
 * @returns {Row[][]}
 */
export function rowsOf(bars, seed, format) {
  const chords = bars.map(({symbols}) => chordIds(symbols, format));
  const first = firstsOf(bars.map(({point}, i) => ({point, chords: chords[i]})));
  return first.map((i) => bars[i].band.map((program, track) =>
    ({z: bars[i].z, track, chords: chords[i], seed, draw: 0, program})));
}

/**
 * Returns the ids of a bar's triads; their number is a multiple of `chordsPerMeasure`.
 * @param {string[]} symbols
 * @param {Format} format
 */
export function chordIds(symbols, {chordsPerMeasure}) {
  const times = symbols.length % chordsPerMeasure ? chordsPerMeasure : 1;
  return symbols.flatMap((symbol) =>
    /** @type {number[]} */ (Array(times).fill(nearestChordId(symbol))));
}

/**
 * Returns the final tokens of each bar.
 * @param {PhraseBar[]} bars decoded
 * @param {Phrasing} phrasing
 * @param {boolean} ending whether the last bar is the ending
 * @param {number} temperature of the rows
 * @param {Format} format
 * @param {Decode} decode decodes additional rows
 */
export async function playSong(bars, phrasing, ending, temperature, format, decode) {
  const tracks = await phrase(bars, phrasing, temperature, format, decode);
  if (ending) tracks.push((tracks.pop() ?? []).map((own) => together(own, format)));
  return tracks;
}

/**
 * Returns a track of the final bar: its first onset, moved to the first beat and held to the end.
 * @param {ArrayLike<number>} track
 * @param {Format} format
 * @returns {ArrayLike<number>}
 */
export function together(track, format) {
  const tokens = Array.from(track);
  if (tokens[0] === format.end) return [format.end];
  const kinds = tokens.map((token) => format.kind(token));
  const onset = kinds.indexOf(NOTE_ON);
  const stop = kinds.indexOf(TIME_SHIFT, onset);
  const velocity = tokens[kinds.lastIndexOf(VELOCITY, onset)];
  let pitches = tokens.slice(onset, stop).filter((token) => format.kind(token) === NOTE_ON);
  if (tokens[0] === format.drums) {
    const hits = [...new Set([...pitches, ...SONG.lastHits])].sort((a, b) => a - b);
    if (2 * hits.length + 4 <= format.maxTrackLength) pitches = hits;
  }
  return [
    tokens[0], velocity, ...pitches, format.timeShift + format.stepsPerMeasure - 1,
    ...pitches.map((pitch) => format.noteOff + pitch), format.end,
  ];
}
