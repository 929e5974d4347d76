/**
 * Chords from notes: Viterbi's path through the model of `gm_vae.music.chord_inference`, with its
 * parameters and the same choice among equals.
 */

import {CHORD_INFERENCE} from '../generated/tables.js';
import {NO_CHORD_SYMBOL, ROOTS} from './chords.js';
import {NO_CHORD} from './format.js';

const {
  keyChange: KEY_CHANGE, chordChange: CHORD_CHANGE, outOfKey: OUT_OF_KEY,
  concentration: CONCENTRATION, scale: SCALE,
  kinds: KINDS, // suffix, pitch classes above the root, quality of the triad that it folds into
} = CHORD_INFERENCE;
const KEYS = 12;
const CHORDS = 1 + 12 * KINDS.length;
const CLASSES = 25; // of chords: how many of their pitches the key has, and how many it lacks

/**
 * @param {{start: number, end: number, pitch: number}[]} notes in any unit of time; no drums
 * @param {number} total length of the piece
 * @param {number} frame length of a frame, a whole number
 * @returns {{id: number, symbol: string}[]} the chord of each of ceil(total / frame) frames
 */
export function inferChords(notes, total, frame) {
  const frames = Math.ceil(total / frame);
  if (!frames) return [];
  const path = mostLikely(likelihoods(pitchVectors(notes, frames, frame)));
  return path.map((state) => {
    const chord = state % CHORDS;
    if (!chord) return {id: NO_CHORD, symbol: NO_CHORD_SYMBOL};
    const root = Math.floor((chord - 1) / KINDS.length);
    const [suffix, , quality] = KINDS[(chord - 1) % KINDS.length];
    return {id: 1 + 12 * quality + root, symbol: ROOTS[root] + suffix};
  });
}

/**
 * How long each pitch class sounds in each frame, as unit vectors or zeros. Frames that a note fills
 * are summed as a running count of such notes, since a damaged file may hold very many.
 */
function pitchVectors(notes, frames, frame) {
  const vectors = Array.from({length: frames}, () => new Float64Array(12));
  const changes = Array.from({length: frames + 1}, () => new Float64Array(12));
  for (const {start, end, pitch} of notes) {
    const first = Math.floor(start / frame);
    const last = Math.floor((end - 1) / frame);
    vectors[first][pitch % 12] += Math.min(end, (first + 1) * frame) - start;
    if (last > first) {
      changes[first + 1][pitch % 12] += frame;
      changes[last][pitch % 12] -= frame;
      vectors[last][pitch % 12] += end - last * frame;
    }
  }
  const filled = new Float64Array(12);
  vectors.forEach((vector, f) => {
    for (let i = 0; i < 12; i++) vector[i] += filled[i] += changes[f][i];
  });
  return vectors.map(normalise);
}

function normalise(vector) {
  const norm = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
  return norm ? vector.map((x) => x / norm) : vector;
}

function likelihoods(vectors) {
  const {chordVectors} = tables();
  return vectors.map((vector) =>
    chordVectors.map((chord) => CONCENTRATION * chord.reduce((sum, x, i) => sum + x * vector[i], 0)));
}

/**
 * Viterbi's path. Within a key, a move depends on the chances of both chords only, of which there
 * are few: the best predecessor is looked for in each class of equal chance. A class may hold the
 * chord itself, which would be no move; then staying weighs more anyway.
 */
function mostLikely(likelihood) {
  const {logChord, logNew, logSame, logStay, classOf, classMoves} = tables();
  const best = []; // [frame][key * CHORDS + chord]
  const bestOf = new Float64Array(CLASSES);
  likelihood.forEach((seen, f) => {
    const now = new Float64Array(KEYS * CHORDS);
    const last = best[f - 1];
    const anywhere = last && last[argmax(last)];
    for (let key = 0; key < KEYS; key++) {
      const base = key * CHORDS;
      bestOf.fill(-Infinity);
      for (let chord = 0; last && chord < CHORDS; chord++) {
        const own = classOf[base + chord];
        bestOf[own] = Math.max(bestOf[own], last[base + chord]);
      }
      for (let chord = 0; chord < CHORDS; chord++) {
        let score = logChord[base + chord] - Math.log(12);
        if (last) {
          score = Math.max(anywhere + logNew[base + chord], last[base + chord] + logStay);
          const moves = (key * CLASSES + classOf[base + chord]) * CLASSES;
          for (let from = 0; from < CLASSES; from++) {
            score = Math.max(score, bestOf[from] + classMoves[moves + from]);
          }
        }
        now[base + chord] = score + seen[chord];
      }
    }
    best.push(now);
  });
  const cameFrom = new Float64Array(KEYS * CHORDS);
  const path = new Array(best.length);
  let state = argmax(best[best.length - 1]);
  path[best.length - 1] = state;
  for (let f = best.length - 1; f > 0; f--) {
    const key = Math.floor(state / CHORDS);
    const before = best[f - 1];
    for (let from = 0; from < KEYS * CHORDS; from++) {
      const isSame = Math.floor(from / CHORDS) === key;
      cameFrom[from] =
        before[from] + (isSame ? logSame[state * CHORDS + (from % CHORDS)] : logNew[state]);
    }
    state = argmax(cameFrom);
    path[f - 1] = state;
  }
  return path;
}

function argmax(values) {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

let cached;

function tables() {
  return (cached ??= makeTables());
}

function makeTables() {
  const members = [[]];
  for (let root = 0; root < 12; root++) {
    for (const [, intervals] of KINDS) members.push(intervals.map((i) => (root + i) % 12));
  }
  const logChord = new Float64Array(KEYS * CHORDS);
  const logNew = new Float64Array(KEYS * CHORDS);
  const logSame = new Float64Array(KEYS * CHORDS * CHORDS); // [key, to, from]
  const classOf = new Uint8Array(KEYS * CHORDS);
  const classMoves = new Float64Array(KEYS * CLASSES * CLASSES).fill(-Infinity); // [key, to, from]
  for (let key = 0; key < KEYS; key++) {
    const scale = new Set(SCALE.map((i) => (key + i) % 12));
    const chances = members.map((pitches, chord) => {
      const inside = pitches.filter((pitch) => scale.has(pitch)).length;
      classOf[key * CHORDS + chord] = 5 * inside + pitches.length - inside;
      return (1 - OUT_OF_KEY) ** inside * OUT_OF_KEY ** (pitches.length - inside);
    });
    const sum = chances.reduce((a, b) => a + b, 0);
    const chord = chances.map((chance) => chance / sum);
    for (let to = 0; to < CHORDS; to++) {
      logChord[key * CHORDS + to] = Math.log(chord[to]);
      logNew[key * CHORDS + to] = Math.log((KEY_CHANGE / 11) * chord[to]);
      for (let from = 0; from < CHORDS; from++) {
        const move = CHORD_CHANGE * (chord[to] + chord[from] / (CHORDS - 1));
        const chance = from === to
          ? (1 - KEY_CHANGE) * (1 - CHORD_CHANGE)
          : (1 - KEY_CHANGE) * move;
        const logChance = Math.log(chance);
        logSame[(key * CHORDS + to) * CHORDS + from] = logChance;
        const [toClass, fromClass] = [to, from].map((i) => classOf[key * CHORDS + i]);
        if (from !== to) classMoves[(key * CLASSES + toClass) * CLASSES + fromClass] = logChance;
      }
    }
  }
  const chordVectors = members.map((pitches) => {
    const vector = new Float64Array(12);
    for (const pitch of pitches) vector[pitch] = 1;
    return normalise(vector);
  });
  const logStay = Math.log((1 - KEY_CHANGE) * (1 - CHORD_CHANGE));
  return {logChord, logNew, logSame, logStay, classOf, classMoves, chordVectors};
}
