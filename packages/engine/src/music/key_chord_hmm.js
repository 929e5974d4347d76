/**
 * The hidden Markov model of keys and chords (`gm_vae.music.chord_inference`): probabilities of
 * chords in a key and of transitions. A state is key * CHORDS + chord; chord 0 is "no chord".
 */

import {CHORD_INFERENCE} from '../generated/tables.js';
import {unit} from './unit_vectors.js';

const {
  keyChange: KEY_CHANGE, chordChange: CHORD_CHANGE, outOfKey: OUT_OF_KEY, scale: SCALE,
} = CHORD_INFERENCE;
export const {concentration: CONCENTRATION, kinds: KINDS} = CHORD_INFERENCE;
export const KEYS = 12;
export const CHORDS = 1 + 12 * KINDS.length;
export const CLASSES = 25; // classes of chords with equal numbers of pitches in and out of the key

/**
 * Log-probabilities.
 * @typedef {object} Hmm
 * @property {Float64Array} logChord of each state's chord in its key
 * @property {Float64Array} logNew of transitions to a state from another key
 * @property {Float64Array} logSame [state to, chord from] of transitions within a key
 * @property {number} logStay of staying in a state
 * @property {Uint8Array} classOf the class of each state's chord
 * @property {Float64Array} classMoves [key, class to, class from] of transitions within a key
 * @property {Float64Array[]} chordVectors the pitch classes of each chord
 */

/** @type {Hmm | undefined} */
let made;

/** Returns the model, which is computed at the first call. */
export const hmm = () => (made ??= makeHmm());

/** @returns {Hmm} */
function makeHmm() {
  const members = chordMembers();
  const model = {
    logChord: new Float64Array(KEYS * CHORDS),
    logNew: new Float64Array(KEYS * CHORDS),
    logSame: new Float64Array(KEYS * CHORDS * CHORDS),
    logStay: Math.log((1 - KEY_CHANGE) * (1 - CHORD_CHANGE)),
    classOf: new Uint8Array(KEYS * CHORDS),
    classMoves: new Float64Array(KEYS * CLASSES * CLASSES).fill(-Infinity),
    chordVectors: members.map(pitchVector),
  };
  for (let key = 0; key < KEYS; key++) fillKey(model, key, members);
  return model;
}

/** The pitch classes of each chord. */
function chordMembers() {
  /** @type {number[][]} */
  const members = [[]];
  for (let root = 0; root < 12; root++) {
    for (const [, intervals] of KINDS) members.push(intervals.map((i) => (root + i) % 12));
  }
  return members;
}

/** @param {number[]} pitches */
function pitchVector(pitches) {
  const vector = new Float64Array(12);
  for (const pitch of pitches) vector[pitch] = 1;
  return unit(vector);
}

/** @param {Hmm} model @param {number} key @param {number[][]} members */
function fillKey(model, key, members) {
  const {logChord, logNew, logSame, classOf, classMoves} = model;
  const chord = chordChances(model, key, members);
  for (let to = 0; to < CHORDS; to++) {
    const state = key * CHORDS + to;
    logChord[state] = Math.log(chord[to]);
    logNew[state] = Math.log((KEY_CHANGE / 11) * chord[to]);
    for (let from = 0; from < CHORDS; from++) {
      const move = CHORD_CHANGE * (chord[to] + chord[from] / (CHORDS - 1));
      const logChance = Math.log(from === to
        ? (1 - KEY_CHANGE) * (1 - CHORD_CHANGE)
        : (1 - KEY_CHANGE) * move);
      logSame[state * CHORDS + from] = logChance;
      const [toClass, fromClass] = [classOf[state], classOf[key * CHORDS + from]];
      if (from !== to) classMoves[(key * CLASSES + toClass) * CLASSES + fromClass] = logChance;
    }
  }
}

/**
 * Returns the probability of each chord in a key, and sets `classOf`.
 * @param {Hmm} model
 * @param {number} key
 * @param {number[][]} members
 */
function chordChances({classOf}, key, members) {
  const scale = new Set(SCALE.map((i) => (key + i) % 12));
  const chances = members.map((pitches, chord) => {
    const inside = pitches.filter((pitch) => scale.has(pitch)).length;
    classOf[key * CHORDS + chord] = 5 * inside + pitches.length - inside;
    return (1 - OUT_OF_KEY) ** inside * OUT_OF_KEY ** (pitches.length - inside);
  });
  const sum = chances.reduce((a, b) => a + b, 0);
  return chances.map((chance) => chance / sum);
}
