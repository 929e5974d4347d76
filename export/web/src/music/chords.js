/** Chord symbol <-> id 0..48, as in `gm_vae.music.chords`. */

import {NO_CHORD} from './format.js';

export const ROOTS = ['C', 'C#', 'D', 'Eb', 'E', 'F', 'F#', 'G', 'Ab', 'A', 'Bb', 'B'];
export const QUALITIES = ['major', 'minor', 'augmented', 'diminished'];
export const SUFFIXES = ['', 'm', '+', 'dim'];
export const NO_CHORD_SYMBOL = 'N.C.';

const NATURALS = {C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11};
const NOTE = /^([A-G])(#+|b+|)/;
const SPELLINGS = {'♯': '#', '♭': 'b', '°': 'o', 'º': 'o', '△': 'Δ', '−': '-', '–': '-'};

// What may follow the root, with the third and the fifth that it calls for, in semitones from the
// major third and the perfect fifth; null for a chord without. The first kind wins that leaves
// nothing but modifications.
const NUMBER = '(?:6/9|69|6|7|9|11|13)?';
const MAJOR = '(?:Δ|[Mm]ajor|[Mm]aj|ma|M)';
const MINOR = '(?:minor|min|mi|m|-(?!5))';
const KINDS = [
  [`${MINOR}\\(?${MAJOR}${NUMBER}\\)?`, -1, 0],
  [`${MINOR}${NUMBER}`, -1, 0],
  [`(?:dim|o)${NUMBER}`, -1, -1],
  ['/?ø7?|/o7?', -1, -1],
  [`(?:aug|\\+)${NUMBER}`, 0, 1],
  [`${MAJOR}?${NUMBER}sus(?:24|2|4|b2)?${NUMBER}`, null, 0],
  ['7?alt', 0, 0],
  [`${MAJOR}?${NUMBER}`, 0, 0],
  ['7\\+', 0, 1],
  ['2', 0, 0],
  ['4', null, 0],
  ['5', null, 0],
  ['ped', null, null],
].map(([pattern, third, fifth]) => [new RegExp(`^(?:${pattern})`), third, fifth]);
const MODIFICATION = /[(\s,]*(add#|addb|add|no|omit|#|b|\+|-)(\d+)[)\s]*/y;
const ALTERATION = {'add#': 1, '#': 1, '+': 1, addb: -1, b: -1, '-': -1, add: 0};
const QUALITY = {'0,0': 0, '-1,0': 1, '0,1': 2, '-1,-1': 3};

/** A chord symbol that cannot be read, or one that has no triad. */
export class ChordError extends Error {}

/**
 * The id of a symbol such as "C", "F#m7b5", "Bb/D", "Db°", "C+" or "N.C.".
 * @throws {ChordError}
 */
export function chordId(symbol) {
  const text = symbol.trim().replace(/[♯♭°º△−–]/g, (sign) => SPELLINGS[sign]);
  if (['N.C', 'NC', 'N', 'NO_CHORD'].includes(text.toUpperCase().replace(/\.+$/, ''))) {
    return NO_CHORD;
  }
  const match = NOTE.exec(text);
  if (!match) {
    throw new ChordError(
      `“${symbol}” is not a chord. Write a root A–G and a kind: C, F#m, Bb7, G+, Bdim, or N.C.`);
  }
  const rest = text.slice(match[0].length);
  const slash = rest.lastIndexOf('/');
  const bass = rest.slice(slash + 1);
  const hasBass = slash >= 0 && NOTE.exec(bass)?.[0] === bass; // unlike in 6/9
  const triad = thirdAndFifth(symbol, hasBass ? rest.slice(0, slash) : rest);
  const quality = QUALITY[triad.join(',')];
  if (quality === undefined) {
    throw new ChordError(
      `“${symbol}” has no major, minor, augmented or diminished triad. ` +
        `Write ${match[0]} or ${match[0]}m instead.`);
  }
  const accidental = match[2].includes('#') ? match[2].length : -match[2].length;
  return 1 + 12 * quality + ((((NATURALS[match[1]] + accidental) % 12) + 12) % 12);
}

/** The symbol of an id: "N.C.", "C", "Cm", "C+", "Cdim". */
export function chordSymbol(id) {
  if (id === NO_CHORD) return NO_CHORD_SYMBOL;
  return ROOTS[(id - 1) % 12] + SUFFIXES[Math.floor((id - 1) / 12)];
}

function thirdAndFifth(symbol, kind) {
  for (const [pattern, third, fifth] of KINDS) {
    const match = pattern.exec(kind);
    const found = match && modified(kind.slice(match[0].length), third, fifth);
    if (found) return found;
  }
  throw new ChordError(
    `“${symbol}” is not a chord (“${kind}” has no meaning). Write C, F#m, Bb7, G+, Bdim or N.C.`);
}

/** Third and fifth after modifications such as "b5" and "(no3)"; null if the text has others. */
function modified(text, third, fifth) {
  const degrees = {3: third, 5: fifth};
  for (let position = 0; position < text.length; position = MODIFICATION.lastIndex) {
    MODIFICATION.lastIndex = position;
    const match = MODIFICATION.exec(text);
    if (!match) return null;
    const [, change, degree] = match;
    if (!(degree in degrees)) continue;
    if (change === 'no' || change === 'omit') degrees[degree] = null;
    else degrees[degree] = (degrees[degree] ?? 0) + ALTERATION[change];
  }
  return [degrees[3], degrees[5] ?? 0]; // a missing fifth is heard as a perfect one
}

const TRIADS = [[0, 4, 7], [0, 3, 7], [0, 4, 8], [0, 3, 6]];

/** The pitch classes (C = 0) of a chord id; none for "no chord". @returns {Set<number>} */
export function chordPitchClasses(id) {
  if (id === NO_CHORD) return new Set();
  const triad = TRIADS[Math.floor((id - 1) / 12)];
  return new Set(triad.map((interval) => (((id - 1) % 12) + interval) % 12));
}
