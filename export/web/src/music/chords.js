/** Chord symbol <-> id 0..48, as in `gm_vae.music.chords`. */

import {CHORDS} from '../generated/tables.js';
import {ChordError, pitchClass, readChord} from './chord_spelling.js';
import {NO_CHORD} from './format.js';

export const {noneSymbol: NO_CHORD_SYMBOL, roots: ROOTS, suffixes: SUFFIXES} = CHORDS;

const QUALITY = {'0,0': 0, '-1,0': 1, '0,1': 2, '-1,-1': 3};

/**
 * The id of a symbol such as "C", "F#m7b5", "Bb/D", "Db°", "C+" or "N.C.".
 * @throws {ChordError}
 */
export function chordId(symbol) {
  const {root, third, fifth} = readChord(symbol);
  if (!root) return NO_CHORD;
  const quality = QUALITY[[third, fifth]];
  if (quality === undefined) {
    throw new ChordError(
      `“${symbol}” has no major, minor, augmented or diminished triad. ` +
        `Write ${root} or ${root}m instead.`);
  }
  return 1 + 12 * quality + pitchClass(root);
}

/**
 * As `chordId`, but a chord without a triad gets the nearest one on its root.
 * @throws {ChordError} the symbol cannot be read
 */
export function nearestChordId(symbol) {
  const {root, third, fifth} = readChord(symbol);
  if (!root) return NO_CHORD;
  const nearThird = third === -1 ? -1 : 0;
  const quality = QUALITY[[third, fifth]] ?? QUALITY[[nearThird, fifth]] ?? QUALITY[[nearThird, 0]];
  return 1 + 12 * quality + pitchClass(root);
}

/** Whether `chordId` and `nearestChordId` agree. */
export function hasTriad(symbol) {
  const {root, third, fifth} = readChord(symbol);
  return !root || [third, fifth] in QUALITY;
}

/** The symbol of an id: "N.C.", "C", "Cm", "C+", "Cdim". */
export function chordSymbol(id) {
  if (id === NO_CHORD) return NO_CHORD_SYMBOL;
  return ROOTS[(id - 1) % 12] + SUFFIXES[Math.floor((id - 1) / 12)];
}

/** The pitch classes (C = 0) of a chord id; none for "no chord". @returns {Set<number>} */
export function chordPitchClasses(id) {
  if (id === NO_CHORD) return new Set();
  const triad = CHORDS.triads[Math.floor((id - 1) / 12)];
  return new Set(triad.map((interval) => (((id - 1) % 12) + interval) % 12));
}
