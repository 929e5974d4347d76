/**
 * Changes a band one instrument at a time on a path from one style to another
 * (`gm_vae.generate.bands`, with equal instruments).
 *
 * A band is the list of the tracks' first tokens: a program 0..127, 128 for drums, 129 (`ABSENT`)
 * for an absent track.
 */

import {SONG} from '../generated/tables.js';
import {DRUMS, PROGRAMS} from '../music/format.js';
import {choose, uniform} from './sampling.js';

export const ABSENT = DRUMS + 1;
const FIRSTS = ABSENT + 1; // number of possible first tokens of a track
const NOBODY = -1; // stands for the missing counterpart of an added or removed instrument
const EVEN = Math.log(0.5); // assumed log-probability in its place

/**
 * The logits of the tracks' first tokens at a point: [T * 130] of `Decoder.programLogits`.
 * @typedef {Float32Array} Logits
 *
 * The replacement of one instrument by another.
 * @typedef {{old: number, next: number}} Change
 *
 * The greatest logit of a track, and the log-sum-exp of the logits after it is subtracted.
 * @typedef {{most: number, log: number}} Normaliser
 */

/** @param {Logits} logits @param {number} track */
const ofTrack = (logits, track) => logits.subarray(track * FIRSTS, (track + 1) * FIRSTS);

/** @param {Logits} logits */
const tracksOf = (logits) => [...Array(logits.length / FIRSTS).keys()];

/**
 * Returns the band of a point that is decoded with draw 0.
 * @param {Logits} logits
 * @param {number} temperature
 * @param {number} seed
 */
export const firstTokens = (logits, temperature, seed) => tracksOf(logits).map((track) =>
  choose(Float64Array.from(ofTrack(logits, track)), temperature,
    temperature > 0 ? uniform(seed, 0, track, 0) : 0));

/**
 * Returns the bands of points on a path between two given bands.
 * @param {Logits[]} logits of each point, two or more
 * @param {number[]} start
 * @param {number[]} end
 * @returns {number[][]}
 */
export function bandsBetween(logits, start, end) {
  const changes = exchanges(programsOf(start), programsOf(end));
  const times = changeTimes(changes.map((change) => gains(logits, change)), logits.length);
  return logits.map((own, step) => {
    if (step === 0) return start;
    if (step === logits.length - 1) return end;
    return seated(own, changed(start, changes.filter((_, i) => times[i] <= step)));
  });
}

/**
 * Applies to a band up to `most` changes towards another band: the changes that increase the
 * likelihood at one point the most. Drums do not change.
 * @param {Logits} logits
 * @param {number[]} start
 * @param {number[]} end
 * @param {number} most
 */
export function exchanged(logits, start, end, most) {
  const ranked = exchanges(programsOf(start), programsOf(end))
    .filter(({old, next}) => old !== DRUMS && next !== DRUMS)
    .map((change) => ({change, gain: gains([logits], change)[0]}))
    .sort((a, b) => b.gain - a.gain);
  return seated(logits, changed(start, ranked.slice(0, most).map(({change}) => change)));
}

/** The programs 0..128 of a band, sorted. @param {number[]} firsts */
const programsOf = (firsts) => firsts.filter((first) => first <= DRUMS).sort((a, b) => a - b);

/** Returns the sorted programs after changes. @param {number[]} start @param {Change[]} changes */
function changed(start, changes) {
  const band = programsOf(start);
  for (const {old, next} of changes) {
    if (old !== NOBODY) band.splice(band.indexOf(old), 1);
    if (next !== NOBODY) band.push(next);
  }
  return band.sort((a, b) => a - b);
}

/**
 * Assigns each program to a track, greedily in the order of their probabilities.
 * @param {Logits} logits
 * @param {number[]} programs sorted
 */
function seated(logits, programs) {
  const tracks = tracksOf(logits);
  const chances = tracks.map((track) => chancesOf(ofTrack(logits, track)));
  const band = tracks.map(() => ABSENT);
  const free = new Set(tracks);
  // Drums are never exchanged for a program, so there may temporarily be too many instruments.
  const excess = Math.max(programs.length - tracks.length, 0);
  const drums = programs.filter((program) => program === DRUMS);
  const pitched = programs.slice(0, programs.length - drums.length);
  const fitting = [...pitched.slice(0, pitched.length - excess), ...drums];
  const waiting = new Set(fitting.keys());
  while (waiting.size) {
    let best = {chance: -1, number: -1, track: -1};
    for (const number of waiting) {
      for (const track of free) {
        const chance = chances[track][fitting[number]];
        if (chance > best.chance) best = {chance, number, track};
      }
    }
    band[best.track] = fitting[best.number];
    waiting.delete(best.number);
    free.delete(best.track);
  }
  return band;
}

/** Probabilities in single precision; very small ones become 0. @param {Float32Array} logits */
function chancesOf(logits) {
  const most = Math.max(...logits);
  const weights = Float32Array.from(logits, (x) => Math.exp(x - most));
  const sum = weights.reduce((total, x) => total + x, 0);
  return weights.map((x) => x / sum);
}

/**
 * Returns the fewest changes that turn one band into another, preferably within families.
 * @param {number[]} start programs, sorted
 * @param {number[]} end
 * @returns {Change[]}
 */
export function exchanges(start, end) {
  const next = [...end];
  const old = start.filter((program) => {
    const at = next.indexOf(program);
    if (at >= 0) next.splice(at, 1);
    return at < 0;
  });
  /** @type {Change[]} */
  const changes = [];
  for (const size of [SONG.family, PROGRAMS]) { // drums match neither a family nor the programs
    for (const program of [...old]) {
      const at = next.findIndex((other) =>
        Math.floor(other / size) === Math.floor(program / size));
      if (at < 0) continue;
      changes.push({old: program, next: next[at]});
      old.splice(old.indexOf(program), 1);
      next.splice(at, 1);
    }
  }
  return [
    ...changes,
    ...old.map((program) => ({old: program, next: NOBODY})),
    ...next.map((program) => ({old: NOBODY, next: program})),
  ];
}

/**
 * Returns by how many nats each point prefers the new instrument to the old one, each on the track
 * that is most likely to play it.
 * @param {Logits[]} logits of each point
 * @param {Change} change
 */
const gains = (logits, {old, next}) =>
  logits.map((own) => bestShare(own, next) - bestShare(own, old));

/** @param {Logits} logits @param {number} program */
function bestShare(logits, program) {
  if (program === NOBODY) return EVEN;
  return Math.max(...normalisers(logits).map(({most, log}, track) =>
    ofTrack(logits, track)[program] - most - log));
}

/** Cache of `normalisers`, which each change needs. @type {WeakMap<Logits, Normaliser[]>} */
const known = new WeakMap();

/**
 * Returns for each track the terms to subtract from a logit to get its log-probability.
 * @param {Logits} logits
 * @returns {Normaliser[]}
 */
function normalisers(logits) {
  const found = known.get(logits) ?? tracksOf(logits).map((track) => {
    const own = ofTrack(logits, track);
    const most = Math.max(...own);
    return {most, log: Math.log(own.reduce((sum, x) => sum + Math.exp(x - most), 0))};
  });
  known.set(logits, found);
  return found;
}

/**
 * Returns the step 1..count - 1 at which each change takes effect: as close as possible to the step
 * with the greatest gain, with at most ceil(changes / (count - 1)) changes per step.
 * @param {number[][]} gained by each change, at each point
 * @param {number} count of points
 */
export function changeTimes(gained, count) {
  const most = Math.ceil(gained.length / (count - 1));
  const wanted = gained.map(bestTime);
  const order = [...wanted.keys()].sort((a, b) => wanted[a] - wanted[b]);
  const times = order.map((change) => wanted[change]);
  for (let i = most; i < times.length; i++) times[i] = Math.max(times[i], times[i - most] + 1);
  for (let i = times.length - 1; i >= 0; i--) {
    const room = i + most < times.length ? times[i + most] - 1 : count - 1;
    times[i] = Math.min(times[i], room);
  }
  /** @type {number[]} */
  const result = [];
  order.forEach((change, i) => {
    result[change] = times[i];
  });
  return result;
}

/** The step >= 1 from which a change has the greatest total gain. @param {number[]} gain */
function bestTime(gain) {
  let [sum, best, time] = [0, -Infinity, 1];
  for (let step = gain.length - 1; step >= 1; step--) {
    sum += gain[step];
    if (sum >= best) [best, time] = [sum, step]; // the earliest if equal
  }
  return time;
}
