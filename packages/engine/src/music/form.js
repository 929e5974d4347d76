/** Parses forms of songs, such as "A A B A", and their chords (`gm_vae.generate.song`). */

import {SONG} from '../generated/tables.js';
import {chordLine} from './chord_lines.js';
import {tidySymbol} from './chord_spelling.js';

/**
 * A section of a form: its name, "A" or "A>B", and the chord symbols of each of its bars.
 * @typedef {{name: string, chords: string[][]}} Section
 */

const NAME = `${SONG.letter}(?:>${SONG.letter})?`;
const IS_NAME = new RegExp(`^${NAME}$`);
const NAMED_LINE = new RegExp(`^\\s*(${NAME})\\s*:(?![\\p{L}\\p{N}_])(.*)$`, 'su');

/**
 * The letters of a section's first and last bar.
 * @param {string} name
 * @returns {[first: string, last: string]}
 */
export function endsOf(name) {
  const [first, last = first] = name.split('>');
  return [first, last];
}

/** The letters of the styles, in order of first appearance. @param {{name: string}[]} sections */
export const lettersOf = (sections) => [...new Set(sections.flatMap(({name}) => endsOf(name)))];

/**
 * Returns the section names in a form.
 * @param {string} form
 * @throws {Error}
 */
export function namesIn(form) {
  const names = form.split(/\s+/).filter(Boolean);
  const wrong = names.find((name) => !IS_NAME.test(name));
  if (wrong !== undefined) {
    throw new Error(`The form has a section “${wrong.slice(0, 40)}”. Write letters such as A A B A, ` +
      'or A>B for a section from one to the other.');
  }
  if (!names.length || names.length > SONG.mostSections) {
    throw new Error(`A form has 1 to ${SONG.mostSections} sections, not ${names.length}.`);
  }
  return names;
}

/**
 * Returns the sections of a song.
 * @param {string} form section names, separated by spaces
 * @param {string} chords chords of each section, such as "A: C G Am F; B: F G Em Am"; chords
 *   without a section name apply to all sections without chords of their own
 * @param {number} [bars] total number of bars, divided evenly; if absent, each section plays its
 *   chords once
 * @returns {Section[]}
 * @throws {Error}
 */
export function readForm(form, chords, bars) {
  const names = namesIn(form);
  const lines = linesOf(chords);
  const known = new Set(['', ...names, ...names.flatMap(endsOf)]);
  const unknown = [...lines.keys()].find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new Error(`There are chords for ${unknown}, which the form does not have.`);
  }
  if (bars !== undefined && (bars < names.length || bars % names.length)) {
    throw new Error(`${bars} bars cannot be shared among ${names.length} sections. Give a multiple ` +
      `of ${names.length}.`);
  }
  return names.map((name) => {
    const line = lineOf(name, (each) => lines.get(each));
    if (!line) throw new Error(`Section ${name} has no chords. Write them as ${name}: C G Am F.`);
    return {name, chords: repeated(line, bars ? bars / names.length : line.length)};
  });
}

/**
 * Returns the chords of a section: its own, else those of its first letter, else those without a
 * name.
 * @template Line
 * @param {string} name
 * @param {(name: string) => Line[] | undefined} find returns the chords of a name, or of '' for all
 */
export const lineOf = (name, find) =>
  [name, endsOf(name)[0], ''].map(find).find((line) => line?.length);

/**
 * Repeats a line to `count` items.
 * @template Item
 * @param {Item[]} line
 * @param {number} count
 */
export const repeated = (line, count) => Array.from({length: count}, (_, i) => line[i % line.length]);

/** Name -> its chords; '' for chords without a name. @param {string} text */
function linesOf(text) {
  /** @type {Map<string, string[][]>} */
  const lines = new Map();
  for (const part of text.split(/[;\n]/).filter((each) => each.trim())) {
    const [, name, line] = NAMED_LINE.exec(part) ?? ['', '', part];
    if (lines.has(name)) {
      throw new Error(`There are chords for ${name || 'all sections'} twice. Leave one out.`);
    }
    lines.set(name, chordLine(line).map((bar) => bar.map(tidySymbol)));
  }
  return lines;
}
