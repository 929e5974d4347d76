/** Parses chord symbols, with the tables of `gm_vae.music.chord_spelling`. */

import {CHORDS, SPELLING} from '../generated/tables.js';

/** @param {string} pattern */
const whole = (pattern) => new RegExp(`^(?:${pattern})$`);
/** @param {string} pattern */
const ahead = (pattern) => new RegExp(`^(?:${pattern})`);

const SIGNS = new RegExp(`[${Object.keys(SPELLING.signs).join('')}]`, 'gu');
const WORDS = new RegExp(SPELLING.words, 'gi');
const KINDS = SPELLING.kinds.map(([pattern, third, fifth, seventh, numbered]) =>
  ({pattern: ahead(pattern), third, fifth, seventh, numbered}));
const MODIFICATION = new RegExp(SPELLING.modification, 'y');
const HARTE_BASS = new RegExp(SPELLING.harteBass);
const [HARTE_DEGREE, NOTE] = [whole(SPELLING.harteDegree), whole(SPELLING.note)];
const ROOT = ahead(SPELLING.note);
const TRIAD = whole(':?(?:major|maj|ma|M|minor|min|mi|m|-|diminished|dim|o|augmented|aug|\\+|)');
const EXAMPLES = 'Write a root A–G and a kind: C, F#m, Bb7, G+, Bdim, or N.C. for no chord.';

const SIXTHS = new Set(SPELLING.sixths);
const {scale: SCALE} = SPELLING;
const [MAJOR_THIRD, FIFTH, SIXTH, MAJOR_SEVENTH] = [SCALE[2], SCALE[4], SCALE[5], SCALE[6]];
const MINOR_SEVENTH = MAJOR_SEVENTH - 1;

/**
 * A parsed symbol: the root, '' for "no chord"; the third and the fifth in semitones from the major
 * third and the perfect fifth, with third null for a chord without a third; the seventh or sixth,
 * if any, and the bass in semitones above the root.
 * @typedef {{root: string, third: ?number, fifth: number, seventh: ?number, bass: number}} Chord
 *
 * @typedef {Omit<Chord, 'root'>} Degrees
 */

/** @type {Degrees} */
const UNISON = {third: null, fifth: 0, seventh: null, bass: 0};

/** Thrown if a chord symbol or a line of chords is invalid, or a chord has no triad. */
export class ChordError extends Error {
  /** @override */ name = 'ChordError';

  /** @param {string} message @param {string} symbol the invalid part of the line, if known */
  constructor(message, symbol = '') {
    super(message);
    this.symbol = symbol;
  }
}

/** Normalises equivalent signs in a text. @param {string} text */
export function plain(text) {
  const replaced = (/** @type {string} */ part) => part.replace(SIGNS, (sign) => SPELLING.signs[sign]);
  return replaced(replaced(text).normalize('NFKC'));
}

/** A normalised symbol without surrounding spaces or brackets. @param {string} symbol */
function bare(symbol) {
  const text = plain(symbol).replace(/^[ \n]+|[ \n]+$/g, '');
  return text.startsWith('(') && text.endsWith(')') ? text.slice(1, -1) : text;
}

/**
 * Parses a chord symbol.
 * @param {string} symbol
 * @returns {Chord}
 * @throws {ChordError} the symbol cannot be read
 */
export function readChord(symbol) {
  const text = bare(symbol);
  if (!text) throw new ChordError(`A chord is missing here. ${EXAMPLES}`);
  if (SPELLING.noChord.includes(text.toUpperCase().replace(/\.+$/, ''))) {
    return {root: '', ...UNISON};
  }
  const match = ROOT.exec(text);
  if (!match) {
    const hint = /^h/i.test(text) ? ' The German H is B in English.' : '';
    throw new ChordError(`“${symbol}” is not a chord.${hint} ${EXAMPLES}`, symbol);
  }
  const rest = text.slice(match[0].length);
  const kind = withoutBass(rest);
  const degrees = rest.startsWith(':') ? readHarte(kind.slice(1)) : readKind(kind);
  if (!degrees) {
    throw new ChordError(
      `“${symbol}” is not a chord (“${rest}” has no meaning). ${EXAMPLES}`, symbol);
  }
  const root = match[1].toUpperCase() + match[2];
  const note = rest.slice(kind.length + 1);
  const bass = note ? (pitchClass(note) - pitchClass(root) + 12) % 12 : degrees.bass;
  return {root, ...degrees, bass};
}

/**
 * Returns a symbol for display: as typed, but with its notes in upper case ("cmaj7/e" is Cmaj7/E)
 * and without surrounding brackets. It means the same chord, also in a line.
 * @param {string} symbol
 * @throws {ChordError} the symbol cannot be read
 */
export function tidySymbol(symbol) {
  if (!readChord(symbol).root) return CHORDS.noneSymbol;
  const text = bare(symbol);
  const kind = withoutBass(text);
  const bass = text.slice(kind.length); // with its slash
  return kind[0].toUpperCase() + kind.slice(1) + bass.slice(0, 2).toUpperCase() + bass.slice(2);
}

/**
 * Whether a symbol is only a triad, such as "C", "Am", "Bdim".
 * @param {string} symbol
 * @throws {ChordError} the symbol cannot be read
 */
export function isTriadAlone(symbol) {
  const {root} = readChord(symbol);
  const kind = bare(symbol).slice(root.length).replace(WORDS, (word) => word.toLowerCase());
  return !root || TRIAD.test(kind);
}

/** @type {Record<string, number>} */
const ACCIDENTALS = {'#': 1, x: 2, b: -1};

/** The pitch class 0..11 of a note name. @param {string} note */
export function pitchClass(note) {
  const [letter, ...accidentals] = note;
  const semitones = accidentals.reduce((sum, sign) => sum + ACCIDENTALS[sign], 0);
  return (((SPELLING.naturals[letter.toUpperCase()] + semitones) % 12) + 12) % 12;
}

/** @param {string} text */
function withoutBass(text) {
  const slash = text.lastIndexOf('/');
  return slash >= 0 && NOTE.test(text.slice(slash + 1)) ? text.slice(0, slash) : text; // not in 6/9
}

/**
 * Like `readKind`, for Harte's notation after a colon: a kind, or all degrees in brackets.
 * @param {string} text
 * @returns {?Degrees}
 */
function readHarte(text) {
  const bass = HARTE_BASS.exec(text);
  const kind = text.replace(HARTE_BASS, '');
  const degrees = kind.startsWith('(') && kind.endsWith(')') ? ofDegrees(kind.slice(1, -1))
    : kind === '1' ? UNISON
      : kind ? readKind(kind) : null;
  return degrees && bass ? {...degrees, bass: (semitones(bass) + 12) % 12} : degrees;
}

/**
 * Parses Harte's degrees such as "1,b3,5"; null if they are invalid.
 * @param {string} text
 * @returns {?Degrees}
 */
function ofDegrees(text) {
  /** @type {Map<string, number>} */
  const found = new Map();
  for (const degree of text.split(',')) {
    const match = HARTE_DEGREE.exec(degree.replace(/^ +| +$/g, ''));
    if (!match) return null;
    found.set(match[2], semitones(match));
  }
  const third = found.get('3') ?? found.get('4') ?? found.get('2') ?? null;
  return {
    third: third === null ? null : third - MAJOR_THIRD,
    fifth: (found.get('5') ?? FIFTH) - FIFTH,
    seventh: found.get('7') ?? found.get('6') ?? null,
    bass: 0,
  };
}

/**
 * Returns the semitones of a degree (accidentals and number) above the root.
 * @param {RegExpExecArray} degree
 */
function semitones([, accidentals, number]) {
  const step = Number(number) - 1;
  return 12 * Math.floor(step / SCALE.length) + SCALE[((step % 7) + 7) % 7] +
    count(accidentals, '#') - count(accidentals, 'b');
}

/** @param {string} text @param {string} sign */
const count = (text, sign) => text.split(sign).length - 1;

/**
 * Parses the kind between root and bass; null if it is invalid.
 * @param {string} kind
 * @returns {?Degrees}
 */
function readKind(kind) {
  const text = kind.replace(WORDS, (word) => word.toLowerCase());
  for (const {pattern, third, fifth, seventh, numbered} of KINDS) {
    const match = pattern.exec(text);
    if (!match) continue;
    const [whole, number, major] = match;
    const ownSeventh = major ? MAJOR_SEVENTH
      : SIXTHS.has(number) ? SIXTH
        : number ? numbered : seventh;
    const degrees = modified(text.slice(whole.length), third, fifth, ownSeventh);
    if (degrees) return degrees;
  }
  return null;
}

/**
 * Applies modifications such as "b5" and "(no3)" to a chord; null if the text has unknown ones.
 * @param {string} text
 * @param {?number} third
 * @param {?number} fifth
 * @param {?number} kindSeventh
 * @returns {?Degrees}
 */
function modified(text, third, fifth, kindSeventh) {
  /** @type {Record<string, ?number>} */
  const degrees = {3: third, 5: fifth};
  let suspension = null;
  let seventh = kindSeventh;
  for (let position = 0; position < text.length; position = MODIFICATION.lastIndex) {
    MODIFICATION.lastIndex = position;
    const match = MODIFICATION.exec(text);
    if (!match) return null;
    const [, change, degree, sus, suspended, , , added] = match;
    const shift = SPELLING.changes[change];
    if (sus || added === '4') {
      degrees[3] = null;
      suspension = SPELLING.suspensions[suspended] ?? 1;
    } else if (degree === '3') {
      suspension = null;
    }
    if (degree in degrees) {
      degrees[degree] = shift === undefined ? null : (degrees[degree] ?? 0) + shift;
    }
    seventh = modifiedSeventh(seventh, match);
  }
  // a missing fifth counts as perfect
  return {third: suspension ?? degrees[3], fifth: degrees[5] ?? 0, seventh, bass: 0};
}

/**
 * @param {?number} seventh
 * @param {RegExpExecArray} modification
 */
function modifiedSeventh(seventh, [, change, degree, , , number, altered, added, major]) {
  const shift = SPELLING.changes[change];
  if (major) return MAJOR_SEVENTH;
  if (degree === '7') {
    return shift === undefined ? null : shift > 0 ? MAJOR_SEVENTH : MINOR_SEVENTH;
  }
  if (added === '7' || (number && !SIXTHS.has(number))) return MINOR_SEVENTH;
  if (seventh === null && altered) return MINOR_SEVENTH;
  if (seventh === null && (number || added === '6' || (degree === '6' && shift === 0))) return SIXTH;
  return seventh;
}
