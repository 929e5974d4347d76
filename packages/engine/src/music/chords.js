/** Converts between chord symbols and ids 0..48, as in `gm_vae.music.chords`. */

import {CHORDS} from '../generated/tables.js';
import {ChordError, pitchClass, readChord} from './chord_spelling.js';
import {NO_CHORD} from './format.js';

export const {noneSymbol: NO_CHORD_SYMBOL, roots: ROOTS, suffixes: SUFFIXES} = CHORDS;

/**
 * Third and fifth -> quality: major, minor, augmented, diminished.
 * @type {Record<string, number>}
 */
const QUALITY = {'0,0': 0, '-1,0': 1, '0,1': 2, '-1,-1': 3};

/** @param {?number} third @param {?number} fifth @returns {number | undefined} */
const triadQuality = (third, fifth) => QUALITY[`${third},${fifth}`];

/**
 * The id of the triad on a root 0..11 with a quality 0..3.
 * @param {number} root
 * @param {number} quality
 */
export const triadId = (root, quality) => 1 + 12 * quality + root;

/** The root 0..11 (C = 0) of a chord id; null for "no chord". @param {number} id */
export const rootOf = (id) => (id === NO_CHORD ? null : (id - 1) % 12);

/**
 * The quality 0..3 of a chord id, an index of `SUFFIXES`; null for "no chord".
 * @param {number} id
 */
export const qualityOf = (id) => (id === NO_CHORD ? null : Math.floor((id - 1) / 12));

/**
 * Returns the id of a symbol such as "C", "F#m7b5", "Bb/D", "Db°", "C+" or "N.C.".
 * @param {string} symbol
 * @throws {ChordError} the symbol is invalid, or the chord has no triad
 */
export function chordId(symbol) {
  const {root, third, fifth} = readChord(symbol);
  if (!root) return NO_CHORD;
  const quality = triadQuality(third, fifth);
  if (quality === undefined) {
    throw new ChordError(
      `“${symbol}” has no major, minor, augmented or diminished triad. ` +
        `Write ${root} or ${root}m instead.`);
  }
  return triadId(pitchClass(root), quality);
}

/**
 * Like `chordId`, but for a chord without a triad returns the nearest triad on its root.
 * @param {string} symbol
 * @throws {ChordError} the symbol cannot be read
 */
export function nearestChordId(symbol) {
  const {root, third, fifth} = readChord(symbol);
  if (!root) return NO_CHORD;
  const nearThird = third === -1 ? -1 : 0;
  const quality =
    triadQuality(third, fifth) ?? triadQuality(nearThird, fifth) ?? QUALITY[`${nearThird},0`];
  return triadId(pitchClass(root), quality);
}

/** Whether `chordId` and `nearestChordId` agree. @param {string} symbol */
export function hasTriad(symbol) {
  const {root, third, fifth} = readChord(symbol);
  return !root || triadQuality(third, fifth) !== undefined;
}

/** The symbol of an id: "N.C.", "C", "Cm", "C+", "Cdim". @param {number} id */
export function chordSymbol(id) {
  const [root, quality] = [rootOf(id), qualityOf(id)];
  return root === null || quality === null ? NO_CHORD_SYMBOL : ROOTS[root] + SUFFIXES[quality];
}

/**
 * The pitch classes (C = 0) of a chord id; none for "no chord".
 * @param {number} id
 * @returns {Set<number>}
 */
export function chordPitchClasses(id) {
  const [root, quality] = [rootOf(id), qualityOf(id)];
  if (root === null || quality === null) return new Set();
  return new Set(CHORDS.triads[quality].map((interval) => (root + interval) % 12));
}
