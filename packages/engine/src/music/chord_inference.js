/**
 * Infers chords from notes: the Viterbi path through the model of `gm_vae.music.chord_inference`,
 * with the same parameters and tie-breaking.
 */

import {NO_CHORD_SYMBOL, ROOTS, triadId} from './chords.js';
import {NO_CHORD} from './format.js';
import {CHORDS, CLASSES, CONCENTRATION, KEYS, KINDS, hmm} from './key_chord_hmm.js';
import {unit} from './unit_vectors.js';

/**
 * A pitched note in any unit of time.
 * @typedef {{start: number, end: number, pitch: number}} TimedPitch
 */

/**
 * @param {TimedPitch[]} notes no drums
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
    return {id: triadId(root, quality), symbol: ROOTS[root] + suffix};
  });
}

/**
 * Returns the durations of pitch classes in each frame, as unit vectors or zeros. Frames that notes
 * fill completely are counted with a running sum, since damaged files may have very many of them.
 * @param {TimedPitch[]} notes
 * @param {number} frames
 * @param {number} frame
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
  return vectors.map(unit);
}

/** Log-likelihoods of each chord in each frame. @param {Float64Array[]} vectors */
function likelihoods(vectors) {
  const {chordVectors} = hmm();
  return vectors.map((vector) =>
    chordVectors.map((chord) => CONCENTRATION * chord.reduce((sum, x, i) => sum + x * vector[i], 0)));
}

/**
 * Returns the Viterbi path, as key * CHORDS + chord of each frame.
 * @param {number[][]} likelihood of each chord in each frame
 */
function mostLikely(likelihood) {
  /** @type {Float64Array[]} */
  const best = []; // [frame][key * CHORDS + chord]
  likelihood.forEach((seen, f) => best.push(f ? bestAfter(best[f - 1], seen) : bestAtFirst(seen)));
  const path = /** @type {number[]} */ (new Array(best.length));
  let state = argmax(best[best.length - 1]);
  path[best.length - 1] = state;
  for (let f = best.length - 1; f > 0; f--) {
    state = argmax(chancesBefore(best[f - 1], state));
    path[f - 1] = state;
  }
  return path;
}

/** @param {number[]} seen likelihoods of the first frame */
function bestAtFirst(seen) {
  return hmm().logChord.map((chance, state) => chance - Math.log(12) + seen[state % CHORDS]);
}

/**
 * Returns the log-probability of the best path to each state. Within a key, the probability of a
 * move depends only on the classes of both chords, so only the best predecessor of each class is
 * tried. This may be the chord itself, which is not a move; but then staying has the higher
 * probability.
 * @param {Float64Array} last the values of the previous frame
 * @param {number[]} seen likelihoods of this frame
 */
function bestAfter(last, seen) {
  const {logNew, logStay, classOf, classMoves} = hmm();
  const now = new Float64Array(KEYS * CHORDS);
  const anywhere = last[argmax(last)];
  for (let key = 0; key < KEYS; key++) {
    const base = key * CHORDS;
    const bestOf = new Float64Array(CLASSES).fill(-Infinity);
    for (let state = base; state < base + CHORDS; state++) {
      bestOf[classOf[state]] = Math.max(bestOf[classOf[state]], last[state]);
    }
    for (let state = base; state < base + CHORDS; state++) {
      let score = Math.max(anywhere + logNew[state], last[state] + logStay);
      const moves = (key * CLASSES + classOf[state]) * CLASSES;
      for (let from = 0; from < CLASSES; from++) {
        score = Math.max(score, bestOf[from] + classMoves[moves + from]);
      }
      now[state] = score + seen[state - base];
    }
  }
  return now;
}

/**
 * Returns for each previous state the log-probability of the path that continues to a state.
 * @param {Float64Array} before
 * @param {number} state
 */
function chancesBefore(before, state) {
  const {logNew, logSame} = hmm();
  const key = Math.floor(state / CHORDS);
  return before.map((chance, from) => {
    const isSame = Math.floor(from / CHORDS) === key;
    return chance + (isSame ? logSame[state * CHORDS + (from % CHORDS)] : logNew[state]);
  });
}

/** @param {Float64Array} values */
function argmax(values) {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}
