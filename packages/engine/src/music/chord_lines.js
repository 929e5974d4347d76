/** Parses lines of chords; `gm_vae.music.chord_lines` documents the rules. */

import {SPELLING} from '../generated/tables.js';
import {ChordError, plain, readChord} from './chord_spelling.js';

const BAR_LINE = new RegExp(SPELLING.barLine, 'g');
const TOKEN = new RegExp(`(${SPELLING.barLine})|(\n)|(${SPELLING.word})`, 'g');
const LONE_DASH = new RegExp(SPELLING.loneDash, 'g');
const TIMES = new RegExp(`^(?:${SPELLING.times})$`);

/**
 * Parses a line to the chord symbols of each measure. All of them are valid. Empty text has none.
 * @param {string} line
 * @returns {string[][]}
 * @throws {ChordError} a chord is invalid, or the line is ambiguous
 */
export function chordLine(line) {
  const text = plain(line).replaceAll('->', ',');
  const spaced = text.replace(LONE_DASH, (dashes) =>
    dashes.replaceAll('-', ','));
  const bars = [...spaced.matchAll(BAR_LINE)];
  const inner = bars.filter((bar) => !endsLine(spaced, bar));
  const tight = inner.filter((bar) => isTight(spaced, bar));
  if (tight.length && tight.length < inner.length) {
    throw new ChordError(
      `“${around(text, tight[0].index)}” has a “|” without spaces beside bar lines with spaces. ` +
        'Write “| C | G |” for two measures, or “C|G” without any bar lines for two chords in one.');
  }
  const measures =
    tight.length < bars.length ? betweenBarLines(text) : withoutBarLines(spaced);
  requireOneCase(measures.flat());
  return measures;
}

/**
 * Rejects a lower-case root that may mean a minor chord if other roots are in upper case.
 * @param {string[]} symbols
 */
function requireOneCase(symbols) {
  const chords = symbols
    .map((symbol) => ({symbol: symbol.replace(/^[ (]+/, ''), ...readChord(symbol)}))
    .filter(({root}) => root);
  if (!chords.some(({symbol}) => /^[A-Z]/.test(symbol))) return;
  for (const {symbol, root, third} of chords) {
    if (/^[a-z]/.test(symbol) && third !== -1) {
      throw new ChordError(
        `“${symbol}” in lower case may mean ${root} or ${root}m beside chords in upper case. ` +
          `Write ${symbol[0].toUpperCase()}${symbol.slice(1)} or ${root}m.`, symbol);
    }
  }
}

/**
 * Whether a bar line is at the start or end of a line.
 * @param {string} text
 * @param {RegExpMatchArray} bar
 */
function endsLine(text, bar) {
  const position = bar.index ?? 0;
  const before = text.slice(0, position).replace(/[ ,]+$/, '');
  const after = text.slice(position + bar[0].length).replace(/^[ ,]+/, '');
  return !before || before.endsWith('\n') || !after || after.startsWith('\n');
}

/**
 * Whether a bar line has no spaces around it.
 * @param {string} text
 * @param {RegExpMatchArray} bar
 */
function isTight(text, bar) {
  const position = bar.index ?? 0;
  return bar[0] === '|' && !/[ ,\n]/.test(text[position - 1] + text[position + 1]);
}

/**
 * Returns the word at a position of a text.
 * @param {string} text
 * @param {number} position
 */
function around(text, position) {
  return text.slice(0, position).split(/[ \n]/).at(-1) + text.slice(position).split(/[ \n]/)[0];
}

/** Parses measures separated by spaces, with chords separated by bar lines. @param {string} text */
function withoutBarLines(text) {
  /** @type {string[][]} */
  const groups = [];
  let isJoined = false;
  for (const [, bar, , word] of text.matchAll(TOKEN)) {
    for (const part of atDashes(word ?? '')) {
      if (part === '/' || part === '.') {
        throw new ChordError(
          `“${part}” is a beat between bar lines, as in “| C / G / |”. Without them write spaces ` +
            'between measures.');
      }
      if (isJoined && groups.length) groups[groups.length - 1].push(part);
      else groups.push([part]);
      isJoined = false;
    }
    isJoined = Boolean(bar) || (isJoined && !word);
  }
  /** @type {string[][]} */
  const measures = [];
  for (const group of groups) add(measures, group);
  return measures;
}

/** Parses measures separated by bar lines, with repeats. @param {string} text */
function betweenBarLines(text) {
  /** @type {string[][]} */
  const measures = [];
  /** @type {string[]} */
  let words = [];
  /** The section repeated last. @type {string[][]} */
  let section = [];
  let start = 0; // first measure that the next ":|" repeats
  let before = ''; // the previous bar line on the same line
  for (const [, bar = '', , word = ''] of [...text.matchAll(TOKEN), ['\n', '', '\n', '']]) {
    if (word) {
      const times = section.length ? TIMES.exec(word) : null;
      if (times) {
        for (let i = countOf(word, times); i > 2; i--) measures.push(...section);
        start = measures.length;
      } else {
        words.push(...atDashes(word));
      }
      section = [];
      continue;
    }
    if (words.length) {
      add(measures, held(words));
    } else if (before === '|' && bar === '|') {
      throw new ChordError(
        'There is no chord between two bar lines. Write N.C., or % for the measure before.');
    }
    words = [];
    before = bar;
    section = bar.startsWith(':') ? measures.slice(start) : [];
    measures.push(...section);
    if (bar.includes(':')) start = measures.length;
  }
  return measures;
}

/** Number of times that a section is played. @param {string} word @param {RegExpExecArray} times */
function countOf(word, times) {
  const count = Number(times[1] ?? times[2]);
  if (!(count >= 2 && count <= SPELLING.mostTimes)) {
    throw new ChordError(
      `“${word}” is not supported. A repeat is played 2 to ${SPELLING.mostTimes} times.`);
  }
  return count;
}

/**
 * Appends a measure, or the measures that "%" or "%%" repeats.
 * @param {string[][]} measures
 * @param {string[]} words
 */
function add(measures, words) {
  const [first] = words;
  if (words.length === 1 && (first === '%' || first === '%%')) {
    if (measures.length < first.length) {
      throw new ChordError(
        `“${first}” repeats ${first === '%' ? 'a measure' : 'two measures'} before it, which the ` +
          'line lacks. Write the chords instead.');
    }
    measures.push(...measures.slice(-first.length));
    return;
  }
  if (words.includes('%') || words.includes('%%')) {
    throw new ChordError(`“${words.join(' ')}” is unclear. “%” stands for a whole measure.`);
  }
  words.forEach((word) => readChord(word));
  measures.push(words);
}

/**
 * Converts the chords, beats and dashes between two bar lines to chords of equal lengths.
 * @param {string[]} words
 */
function held(words) {
  /** @type {string[]} */
  const chords = [];
  words.forEach((word, i) => {
    if (word === '/' || word === '.') {
      if (!chords.length) {
        throw new ChordError(`A measure begins with “${word}”. Write the chord that it holds.`);
      }
      chords.push(chords[chords.length - 1]);
    } else if (word !== '-') {
      chords.push(word);
    } else if (!chords.length || (words[i + 1] ?? '-') === '-') {
      throw new ChordError(
        '“-” stands between two chords. Write “/” for a beat, as in “| C / G / |”.');
    }
  });
  if (!words.includes('/') && !words.includes('.')) return chords;
  for (let length = chords.length; length > 1; length--) { // as few chords as possible
    if (chords.length % length) continue;
    if (chords.every((chord, i) => chord === chords[i - (i % length)])) {
      return chords.filter((_, i) => i % length === 0);
    }
  }
  return chords;
}

/**
 * Splits a word at dashes that are not part of a chord: "C-7-F7" is C-7 and F7.
 * @param {string} word
 */
function atDashes(word) {
  if (/^-+$/.test(word)) return ['-'];
  /** @type {string[]} */
  const chords = [];
  for (const part of word.split(/--+/).filter(Boolean)) {
    let rest = part.startsWith('-') ? part.replace(/^-+|-+$/g, '') : part;
    while (rest) {
      let end = rest.split('-', SPELLING.mostDashes).join('-').length;
      while (end > 0 && !isReadable(rest.slice(0, end))) end = rest.lastIndexOf('-', end - 1);
      if (end <= 0) return [word];
      chords.push(rest.slice(0, end));
      rest = rest.slice(end).replace(/^-+/, '');
    }
  }
  return chords;
}

/** @param {string} word */
function isReadable(word) {
  try {
    readChord(word);
  } catch {
    return word === '%' || word === '%%';
  }
  return true;
}
