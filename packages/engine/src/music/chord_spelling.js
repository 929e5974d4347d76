/** How people write a chord, as in `gm_vae.music.chord_spelling`, whose tables these are. */

import {CHORDS, SPELLING} from '../generated/tables.js';

/** @param {string} pattern */
const whole = (pattern) => new RegExp(`^(?:${pattern})$`);
/** @param {string} pattern */
const ahead = (pattern) => new RegExp(`^(?:${pattern})`);

const SIGNS = new RegExp(`[${Object.keys(SPELLING.signs).join('')}]`, 'gu');
const WORDS = new RegExp(SPELLING.words, 'gi');
const KINDS = SPELLING.kinds.map(([pattern, third, fifth]) =>
  ({pattern: ahead(pattern), third, fifth}));
const MODIFICATION = new RegExp(SPELLING.modification, 'y');
const HARTE_BASS = new RegExp(SPELLING.harteBass);
const [HARTE_DEGREE, NOTE] = [whole(SPELLING.harteDegree), whole(SPELLING.note)];
const ROOT = ahead(SPELLING.note);
const TRIAD = whole(':?(?:major|maj|ma|M|minor|min|mi|m|-|diminished|dim|o|augmented|aug|\\+|)');
const EXAMPLES = 'Write a root A–G and a kind: C, F#m, Bb7, G+, Bdim, or N.C. for no chord.';

/**
 * Semitones of a third and a fifth from the major third and the perfect fifth; null: there is none.
 * @typedef {[third: ?number, fifth: ?number]} ThirdAndFifth
 */

/** A chord symbol that cannot be read, or one that has no triad; a line of chords likewise. */
export class ChordError extends Error {
  /** @param {string} message @param {string} symbol what is wrong in the line, if that is known */
  constructor(message, symbol = '') {
    super(message);
    this.symbol = symbol;
  }
}

/** Text with one sign for each meaning. @param {string} text */
export function plain(text) {
  const replaced = (/** @type {string} */ part) => part.replace(SIGNS, (sign) => SPELLING.signs[sign]);
  return replaced(replaced(text).normalize('NFKC'));
}

/** A symbol in plain signs, without spaces or brackets around it. @param {string} symbol */
function bare(symbol) {
  const text = plain(symbol).replace(/^[ \n]+|[ \n]+$/g, '');
  return text.startsWith('(') && text.endsWith(')') ? text.slice(1, -1) : text;
}

/**
 * The third and the fifth that a symbol calls for, in semitones from the major third and the perfect
 * fifth, null for a chord without; the root '' for no chord.
 * @param {string} symbol
 * @returns {{root: string, third: ?number, fifth: ?number}}
 * @throws {ChordError} the symbol cannot be read
 */
export function readChord(symbol) {
  const text = bare(symbol);
  if (!text) throw new ChordError(`A chord is missing here. ${EXAMPLES}`);
  if (SPELLING.noChord.includes(text.toUpperCase().replace(/\.+$/, ''))) {
    return {root: '', third: null, fifth: null};
  }
  const match = ROOT.exec(text);
  if (!match) {
    const hint = /^h/i.test(text) ? ' The German H is B in English.' : '';
    throw new ChordError(`“${symbol}” is not a chord.${hint} ${EXAMPLES}`, symbol);
  }
  const rest = text.slice(match[0].length);
  const degrees = rest.startsWith(':') ? readHarte(rest.slice(1)) : readKind(withoutBass(rest));
  if (!degrees) {
    throw new ChordError(
      `“${symbol}” is not a chord (“${rest}” has no meaning). ${EXAMPLES}`, symbol);
  }
  return {root: match[1].toUpperCase() + match[2], third: degrees[0], fifth: degrees[1]};
}

/**
 * A symbol as it is shown: as it was typed, with its notes in upper case ("cmaj7/e" is Cmaj7/E), and
 * without brackets around it. It means the same chord, also in a line.
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
 * Whether a symbol says no more than its triad, such as "C", "Am", "Bdim".
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

/** 0..11 of a root that `readChord` gave. @param {string} root */
export function pitchClass(root) {
  const [letter, ...accidentals] = root;
  const semitones = accidentals.reduce((sum, sign) => sum + ACCIDENTALS[sign], 0);
  return (((SPELLING.naturals[letter] + semitones) % 12) + 12) % 12;
}

/** @param {string} text */
function withoutBass(text) {
  const slash = text.lastIndexOf('/');
  return slash >= 0 && NOTE.test(text.slice(slash + 1)) ? text.slice(0, slash) : text; // not in 6/9
}

/**
 * As `readKind`, of what follows a colon: a kind, or all degrees in brackets.
 * @param {string} bassed
 * @returns {?ThirdAndFifth}
 */
function readHarte(bassed) {
  const text = withoutBass(bassed).replace(HARTE_BASS, '');
  if (text.startsWith('(') && text.endsWith(')')) {
    /** @type {Record<string, ?number>} */
    const degrees = {3: null, 5: null};
    for (const part of text.slice(1, -1).split(',')) {
      const match = HARTE_DEGREE.exec(part.replace(/^ +| +$/g, ''));
      if (!match) return null;
      degrees[match[2]] = count(match[1], '#') - count(match[1], 'b');
    }
    return [degrees[3], degrees[5] ?? 0];
  }
  if (text === '1') return [null, null];
  return text ? readKind(text) : null;
}

/** @param {string} text @param {string} sign */
const count = (text, sign) => text.split(sign).length - 1;

/**
 * What stands between root and bass, or null.
 * @param {string} kind
 * @returns {?ThirdAndFifth}
 */
function readKind(kind) {
  const text = kind.replace(WORDS, (word) => word.toLowerCase());
  for (const {pattern, third, fifth} of KINDS) {
    const match = pattern.exec(text);
    const degrees = match && modified(text.slice(match[0].length), third, fifth);
    if (degrees) return degrees;
  }
  return null;
}

/**
 * Third and fifth after modifications such as "b5" and "(no3)"; null if the text has others.
 * @param {string} text
 * @param {?number} third
 * @param {?number} fifth
 * @returns {?ThirdAndFifth}
 */
function modified(text, third, fifth) {
  /** @type {Record<string, ?number>} */
  const degrees = {3: third, 5: fifth};
  for (let position = 0; position < text.length; position = MODIFICATION.lastIndex) {
    MODIFICATION.lastIndex = position;
    const match = MODIFICATION.exec(text);
    if (!match) return null;
    const [, change, degree, suspended, added] = match;
    if (suspended || added === '4') degrees[3] = null;
    if (suspended || added === '4' || !(degree in degrees)) continue;
    const shift = SPELLING.changes[change];
    degrees[degree] = shift === undefined ? null : (degrees[degree] ?? 0) + shift;
  }
  return [degrees[3], degrees[5] ?? 0]; // a missing fifth is heard as a perfect one
}
