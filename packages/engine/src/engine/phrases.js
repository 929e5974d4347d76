/**
 * Turns bars into phrases: a shared groove, drum fills, and variations of repeated bars
 * (`gm_vae.generate.phrases`, with equal tokens).
 */

import {PHRASES} from '../generated/tables.js';
import {NOTE_ON, TIME_SHIFT, gcd} from '../music/format.js';
import {uniform} from './sampling.js';

/** @import {Format} from '../music/format.js' */
/** @import {Row} from './decoder.js' */

/**
 * A bar whose tracks are decoded with draw 0.
 * @typedef {object} PhraseBar
 * @property {string} point name of its point; bars with the same point share a groove
 * @property {Row[]} rows a row for each track
 * @property {ArrayLike<number>[]} tokens of each row
 * @property {number} [section] index of its section; all bars are one section if absent
 *
 * Options of phrases.
 * @typedef {object} Phrasing
 * @property {number} vary share of pitched tracks that change when a bar is repeated, 0..1
 * @property {boolean} fills whether to add drum fills (`fillBars`)
 *
 * @typedef {(rows: Row[]) => Promise<ArrayLike<number>[]>} Decode
 */

/**
 * Returns the tokens of each bar. At temperature 0 there are no variations and fills.
 * @param {PhraseBar[]} bars
 * @param {Phrasing} phrasing
 * @param {number} temperature of the rows
 * @param {Format} format
 * @param {Decode} decode decodes additional rows
 */
export async function phrase(bars, {vary, fills}, temperature, format, decode) {
  /** Point -> the tracks of its first bar. @type {Map<string, ArrayLike<number>[]>} */
  const grooves = new Map();
  for (const {point, tokens} of bars) if (!grooves.has(point)) grooves.set(point, tokens);
  const tracks = bars.map(({point, tokens}) =>
    tokens.map((own, track) => (isDrums(own, format) ? grooves.get(point)?.[track] ?? own : own)));
  if (!(temperature > 0)) return tracks;
  const changes = vary > 0 ? variations(bars, tracks, vary, format) : [];
  const candidates = fills ? fillCandidates(bars, tracks, format) : [];
  const decoded = await decode([...changes, ...candidates].map(({row}) => row));
  changes.forEach(({bar, track}, i) => {
    tracks[bar][track] = decoded[i];
  });
  chooseFills(tracks, candidates, decoded.slice(changes.length), format);
  return tracks;
}

/** @param {ArrayLike<number>} tokens @param {Format} format */
const isDrums = (tokens, format) => tokens[0] === format.drums;

/**
 * Returns for each bar the index of the first bar with the same point and chords.
 * @param {{point: string, chords: ArrayLike<number>}[]} bars
 */
export function firstsOf(bars) {
  const slots = bars.map(({chords}) => chords.length).reduce((a, b) => (a * b) / gcd(a, b), 1);
  /** @type {Map<string, number>} */
  const seen = new Map();
  return bars.map(({point, chords}, bar) => {
    const spread = Array.from({length: slots}, (_, i) => chords[Math.floor((i * chords.length) / slots)]);
    const pattern = `${point}: ${spread}`;
    if (!seen.has(pattern)) seen.set(pattern, bar);
    return /** @type {number} */ (seen.get(pattern));
  });
}

/**
 * Chooses the pitched tracks of repeated bars that are to be resampled from a random beat on.
 * @param {PhraseBar[]} bars
 * @param {ArrayLike<number>[][]} tracks
 * @param {number} share
 * @param {Format} format
 */
function variations(bars, tracks, share, format) {
  const {changes, cut} = PHRASES.places;
  const beat = Math.floor(format.stepsPerMeasure / format.beatsPerBar);
  const first = firstsOf(bars.map(({point, rows}) => ({point, chords: rows[0].chords})));
  return bars.flatMap(({rows}, bar) => {
    if (first[bar] === bar) return [];
    return rows.flatMap((row, track) => {
      const tokens = tracks[bar][track];
      const chance = uniform(row.seed, 1 + bar, track, changes);
      if (!(chance < share) || isDrums(tokens, format)) return [];
      const where = uniform(row.seed, 1 + bar, track, cut);
      const step = (1 + Math.floor(where * (format.beatsPerBar - 1))) * beat;
      const beginning = tokensBefore(tokens, step, format);
      return [{bar, track, row: {...row, draw: 1 + bar, beginning}}];
    });
  });
}

/**
 * Returns the bars that get fills: every fourth bar and the last bar of each section of at least
 * four bars. Sections whose bars have different points get no fills, as their bars share no groove.
 * @param {PhraseBar[]} bars
 */
function fillBars(bars) {
  const {phraseBars} = PHRASES;
  const starts = [...bars.keys()]
    .filter((bar) => bar === 0 || bars[bar].section !== bars[bar - 1].section);
  return starts.flatMap((start, i) => {
    const own = bars.slice(start, starts[i + 1]);
    if (own.length < phraseBars || own.some(({point}) => point !== own[0].point)) return [];
    return [...own.keys()]
      .filter((bar) => bar % phraseBars === phraseBars - 1 || bar === own.length - 1)
      .map((bar) => start + bar);
  });
}

/**
 * @param {PhraseBar[]} bars
 * @param {ArrayLike<number>[][]} tracks
 * @param {Format} format
 */
function fillCandidates(bars, tracks, format) {
  const half = halfOf(format);
  return fillBars(bars).flatMap((bar) =>
    Array.from({length: PHRASES.fills}, (_, candidate) =>
      bars[bar].rows.flatMap((row, track) => {
        const tokens = tracks[bar][track];
        if (!isDrums(tokens, format)) return [];
        const fill = {
          draw: 1 + bar,
          stream: track + format.maxTracks * candidate,
          temperature: PHRASES.fillTemperature,
          beginning: tokensBefore(tokens, half, format),
        };
        return [{bar, track, candidate, row: {...row, ...fill}}];
      })).flat());
}

/**
 * Writes the busiest fill of each bar to `tracks`.
 * @param {ArrayLike<number>[][]} tracks
 * @param {{bar: number, track: number, candidate: number}[]} candidates
 * @param {ArrayLike<number>[]} decoded
 * @param {Format} format
 */
function chooseFills(tracks, candidates, decoded, format) {
  const half = halfOf(format);
  /** Bar -> the busyness of each candidate. @type {Map<number, number[]>} */
  const scores = new Map();
  candidates.forEach(({bar, candidate}, i) => {
    const own = scores.get(bar) ?? Array(PHRASES.fills).fill(0);
    own[candidate] += busyness(decoded[i], half, format);
    scores.set(bar, own);
  });
  candidates.forEach(({bar, track, candidate}, i) => {
    const own = scores.get(bar) ?? [];
    if (candidate === own.indexOf(Math.max(...own))) tracks[bar][track] = decoded[i];
  });
}

/** The step of the beat in the middle of a bar. @param {Format} format */
const halfOf = (format) =>
  Math.floor(format.beatsPerBar / 2) * Math.floor(format.stepsPerMeasure / format.beatsPerBar);

/**
 * Counts the hits of a drum track from a step on; snares and toms count twice.
 * @param {ArrayLike<number>} tokens
 * @param {number} start
 * @param {Format} format
 */
function busyness(tokens, start, format) {
  let [hits, step] = [0, 0];
  for (const token of Array.from(tokens)) {
    step += shiftOf(token, format);
    if (format.kind(token) === NOTE_ON && step >= start) {
      hits += PHRASES.snaresAndToms.includes(token) ? 2 : 1;
    }
  }
  return hits;
}

/**
 * Returns the tokens of a track before a step, without the time shift that reaches or crosses it.
 * An absent track is returned unchanged.
 * @param {ArrayLike<number>} tokens
 * @param {number} step
 * @param {Format} format
 */
export function tokensBefore(tokens, step, format) {
  let [now, count] = [0, 0];
  Array.from(tokens).forEach((token, i) => {
    if (now < step && format.kind(token) !== TIME_SHIFT) count = i + 1;
    now += shiftOf(token, format);
  });
  return Array.from(tokens).slice(0, count);
}

/** @param {number} token @param {Format} format */
const shiftOf = (token, format) =>
  (format.kind(token) === TIME_SHIFT ? format.shiftSteps(token) : 0);
