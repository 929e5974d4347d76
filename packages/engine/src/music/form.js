/** Forms of songs, as text: "A A B A", and the chords of each section (`gm_vae.generate.song`). */

import {SONG} from '../generated/tables.js';
import {chordLine} from './chord_lines.js';
import {tidySymbol} from './chord_spelling.js';

/**
 * A part of a form: its name, "A" or "A>B", and the chord symbols of each of its bars.
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

/** The letters of the styles, in the order in which they are heard. @param {{name: string}[]} sections */
export const lettersOf = (sections) => [...new Set(sections.flatMap(({name}) => endsOf(name)))];

/**
 * The names in a form.
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
 * The sections of a song.
 * @param {string} form names with spaces between
 * @param {string} chords of each section, such as "A: C G Am F; B: F G Em Am"; some without a name are
 *   for all sections that have none of their own
 * @param {number} [bars] how many there are in all, shared out evenly; each section plays its chords
 *   once if absent
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
 * The chords of a section: its own, the chords of the letter where it begins, or the chords for all.
 * @template Line
 * @param {string} name
 * @param {(name: string) => Line[] | undefined} find '' for those for all
 */
export const lineOf = (name, find) =>
  [name, endsOf(name)[0], ''].map(find).find((line) => line?.length);

/**
 * A line again and again until there are `count`.
 * @template Item
 * @param {Item[]} line
 * @param {number} count
 */
export const repeated = (line, count) => Array.from({length: count}, (_, i) => line[i % line.length]);

/** The chords that each name stands for; '' for those without a name. @param {string} text */
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
