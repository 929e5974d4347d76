/** A line of chords as people write it, as in `gm_vae.music.chord_lines`, which has the rules. */

import {SPELLING} from '../generated/tables.js';
import {ChordError, plain, readChord} from './chord_spelling.js';

const BAR_LINE = new RegExp(SPELLING.barLine, 'g');
const TOKEN = new RegExp(`(${SPELLING.barLine})|(\n)|(${SPELLING.word})`, 'g');
const LONE_DASH = new RegExp(SPELLING.loneDash, 'g');
const TIMES = new RegExp(`^(?:${SPELLING.times})$`);

/**
 * The chord symbols of each measure, all of which can be read; none if the text is empty.
 * @returns {string[][]}
 * @throws {ChordError} a chord cannot be read, or the line can be understood in two ways
 */
export function chordLine(line) {
  const text = plain(line).replaceAll('->', ',');
  const spaced = text.replace(LONE_DASH, (_, before, dash) => before + ','.repeat(dash.length));
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

/** Refuses a lower-case root that may mean a minor chord, if upper-case roots stand beside it. */
function requireOneCase(symbols) {
  const chords = symbols
    .map((symbol) => ({symbol: symbol.replace(/^[ (]+/, ''), ...readChord(symbol)}))
    .filter(({root}) => root);
  if (!chords.some(({symbol}) => /^[A-Z]/.test(symbol))) return;
  for (const {symbol, root, third} of chords) {
    if (/^[a-z]/.test(symbol) && third !== -1) {
      throw new ChordError(
        `“${symbol}” in lower case may mean ${root} or ${root}m beside chords in upper case. ` +
          `Write ${symbol[0].toUpperCase()}${symbol.slice(1)} or ${root}m.`);
    }
  }
}

function endsLine(text, bar) {
  const before = text.slice(0, bar.index).replace(/[ ,]+$/, '');
  const after = text.slice(bar.index + bar[0].length).replace(/^[ ,]+/, '');
  return !before || before.endsWith('\n') || !after || after.startsWith('\n');
}

function isTight(text, bar) {
  return bar[0] === '|' && !/[ ,\n]/.test(text[bar.index - 1] + text[bar.index + 1]);
}

/** The word of a text that a position is in. */
function around(text, position) {
  return text.slice(0, position).split(/[ \n]/).pop() + text.slice(position).split(/[ \n]/)[0];
}

function withoutBarLines(text) {
  const groups = [];
  let isJoined = false;
  for (const [, bar, , word] of text.matchAll(TOKEN)) {
    for (const part of atDashes(word ?? '')) {
      if (part === '/' || part === '.') {
        throw new ChordError(
          `“${part}” is a beat between bar lines, as in “| C / G / |”. Without them write spaces ` +
            'between measures.');
      }
      if (isJoined) groups.at(-1).push(part);
      else groups.push([part]);
      isJoined = false;
    }
    isJoined = Boolean(bar) || (isJoined && !word);
  }
  const measures = [];
  for (const group of groups) add(measures, group);
  return measures;
}

function betweenBarLines(text) {
  const measures = [];
  let words = [];
  let section = []; // what was repeated just now
  let start = 0; // of what the next ":|" repeats
  let before = ''; // the bar line before, if it is of the same line
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

function countOf(word, times) {
  const count = Number(times[1] ?? times[2]);
  if (!(count >= 2 && count <= SPELLING.mostTimes)) {
    throw new ChordError(
      `“${word}” is not supported. A repeat is played 2 to ${SPELLING.mostTimes} times.`);
  }
  return count;
}

/** Appends a measure, or what its "%" stands for. */
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
  words.forEach(readChord);
  measures.push(words);
}

/** The chords between two bar lines, of equal lengths, from chords, beats and dashes. */
function held(words) {
  const chords = [];
  words.forEach((word, i) => {
    if (word === '/' || word === '.') {
      if (!chords.length) {
        throw new ChordError(`A measure begins with “${word}”. Write the chord that it holds.`);
      }
      chords.push(chords.at(-1));
    } else if (word !== '-') {
      chords.push(word);
    } else if (!chords.length || [undefined, '-'].includes(words[i + 1])) {
      throw new ChordError(
        '“-” stands between two chords. Write “/” for a beat, as in “| C / G / |”.');
    }
  });
  if (!words.includes('/') && !words.includes('.')) return chords;
  for (let length = chords.length; length > 1; length--) { // as few chords as there can be
    if (chords.length % length) continue;
    if (chords.every((chord, i) => chord === chords[i - (i % length)])) {
      return chords.filter((_, i) => i % length === 0);
    }
  }
  return chords;
}

/** A word divided at the dashes that belong to no chord: "C-7-F7" is C-7 and F7. */
function atDashes(word) {
  if (/^-+$/.test(word)) return ['-'];
  const found = [];
  for (const part of word.split(/--+/).filter(Boolean)) {
    let rest = part.startsWith('-') ? part.replace(/^-+|-+$/g, '') : part;
    while (rest) {
      let end = rest.split('-', SPELLING.mostDashes).join('-').length;
      while (end > 0 && !isReadable(rest.slice(0, end))) end = rest.lastIndexOf('-', end - 1);
      if (end <= 0) return [word];
      found.push(rest.slice(0, end));
      rest = rest.slice(end).replace(/^-+/, '');
    }
  }
  return found;
}

function isReadable(word) {
  try {
    readChord(word);
  } catch {
    return word === '%' || word === '%%';
  }
  return true;
}
