/** Songs: a form of sections, each with a style and chords, as plain values for links. */

import {SONG} from '../../../../packages/engine/src/generated/tables.js';
import {endsOf, lettersOf, lineOf, repeated} from '../../../../packages/engine/src/music/form.js';
import {randomSeed} from './arrangement.js';
import {MOST_CHORDS} from './progression.js';

/** @import {Section} from '../../../../packages/engine/src/music/form.js' */
/** @import {Arrangement, Style} from './arrangement.js' */
/** @import {Progression} from './progression.js' */

export const BARS = [0, 2, 4, 8, 12, 16]; // of each section; 0 plays its chords once
const LETTERS = 'ABCDEFGH';
const NAME = /^[A-H](>[A-H])?$/;
const TURN = 2; // bars by which A's chords are rotated for a new B

/**
 * The settings of a song. Section A has the arrangement's chords and style a; B has style b.
 * @typedef {object} SongForm
 * @property {string[]} form names of the sections, "A" or "A>B", in their order
 * @property {Record<string, Progression>} chords of the sections that have their own, by name
 * @property {Record<string, Style>} styles of the letters from C on
 * @property {boolean} follow whether the styles of the other letters are derived from the first
 *   one's
 * @property {number} contrast distance of derived styles from the first, in hundredths
 * @property {number} vary share of instruments that change when a bar is repeated, in hundredths
 * @property {number} bars of each section; 0 plays its chords once
 * @property {boolean} fills
 * @property {boolean} ending
 *
 * A bar of a song for display: its chords, the index of its section, and its index in the section's
 * line of chords.
 * @typedef {{symbols: string[], section: number, index: number}} PlayedBar
 */

/**
 * Returns a song of the arrangement, with rotated chords for B. C and D get the pad's lower styles.
 * @param {Arrangement} arrangement
 * @returns {SongForm}
 */
export function newSong({chords, c, d}) {
  const form = ['A', 'A', 'B', 'A'];
  const turn = Math.min(TURN, Math.floor(chords.length / 2));
  return {
    form,
    chords: {B: [...chords.slice(turn), ...chords.slice(0, turn)]},
    styles: {...(c && {C: c}), ...(d && {D: d})},
    follow: true,
    contrast: Math.round(100 * SONG.contrast),
    vary: 50,
    bars: form.length * chords.length > MOST_CHORDS ? MOST_CHORDS / form.length : 0,
    fills: true,
    ending: true,
  };
}

/**
 * Parses a form such as "A A B A", "aaba" or "A A>B B" to names; null if it is invalid.
 * @param {string} text
 */
export function readFormText(text) {
  const plain = text.toUpperCase().replace(/\s*(?:→|-?>)\s*/g, '>').replace(/[\s,|-]+/g, '');
  const names = plain.match(/[A-H](?:>[A-H])?/g) ?? [];
  return names.length && names.length <= MOST_CHORDS && names.join('') === plain ? names : null;
}

/** @param {SongForm} song */
export const formText = ({form}) => form.join(' ');

/** Whether a text is a section name. @param {string} name */
export const isName = (name) => NAME.test(name);

/** The letters of a form's styles, in order of first appearance. @param {string[]} form */
export const lettersIn = (form) => lettersOf(form.map((name) => ({name})));

/**
 * Returns the line of chords that a section repeats.
 * @param {Arrangement} arrangement
 * @param {string} name
 * @returns {Progression}
 */
export const chordsOf = ({song, chords}, name) =>
  lineOf(name, (each) => song?.chords[each]) ?? chords;

/** Whether a section has chords of its own. @param {Arrangement} arrangement @param {string} name */
export const hasOwnChords = ({song}, name) => name === 'A' || song?.chords[name] !== undefined;

/**
 * Returns the own style of a letter, which is used unless it is derived.
 * @param {Arrangement} arrangement
 * @param {string} letter
 * @returns {Style}
 */
export function styleOf({a, b, song}, letter) {
  if (letter === 'A') return a;
  return letter === 'B' ? b : song?.styles[letter] ?? b;
}

/**
 * Changes the style of a letter. Styles are then no longer derived, unless it is the first
 * letter's.
 * @param {Arrangement} arrangement
 * @param {string} letter
 * @param {Style} style
 * @returns {Partial<Arrangement>}
 */
export function withStyle({song}, letter, style) {
  const follow = song && song.follow && lettersIn(song.form)[0] === letter;
  if (!song || letter === 'A' || letter === 'B') { // without a song, C and D are the pad's
    return {[letter.toLowerCase()]: style, ...(song && {song: {...song, follow: Boolean(follow)}})};
  }
  return song
    ? {song: {...song, follow: Boolean(follow), styles: {...song.styles, [letter]: style}}} : {};
}

/**
 * Returns the song with changes; new letters get random styles.
 * @param {SongForm} song
 * @param {Partial<SongForm>} changes
 * @returns {SongForm}
 */
export function withForm(song, changes, random = Math.random) {
  const changed = {...song, ...changes};
  const missing = lettersIn(changed.form).filter((letter) =>
    LETTERS.indexOf(letter) >= 2 && !changed.styles[letter]);
  const drawn = missing.map((letter) => [letter, {seed: randomSeed(random)}]);
  return {...changed, styles: {...changed.styles, ...Object.fromEntries(drawn)}};
}

/** The requested number of bars, without the ending. @param {Arrangement} arrangement */
export const barsAsked = (arrangement) => (arrangement.song?.form ?? []).reduce((sum, name) =>
  sum + (arrangement.song?.bars || chordsOf(arrangement, name).length), 0);

/**
 * Returns the sections of a song, limited to `MOST_CHORDS` bars.
 * @param {Arrangement} arrangement
 * @returns {Section[]}
 */
export function sectionsOf(arrangement) {
  let room = MOST_CHORDS;
  return (arrangement.song?.form ?? []).flatMap((name) => {
    const line = chordsOf(arrangement, name);
    const count = Math.min(arrangement.song?.bars || line.length, room);
    room -= count;
    return count ? [{name, chords: repeated(line, count)}] : [];
  });
}

/**
 * Returns the bars and sections of a song, including the ending.
 * @param {Arrangement} arrangement
 * @returns {{bars: PlayedBar[], sections: {name: string, bar: number, bars: number}[]}}
 */
export function playedBars(arrangement) {
  const sections = sectionsOf(arrangement);
  const bars = sections.flatMap(({name, chords}, section) => {
    const {length} = chordsOf(arrangement, name);
    return chords.map((symbols, i) => ({symbols, section, index: i % length}));
  });
  let bar = 0;
  const marks = sections.map(({name, chords}) => {
    bar += chords.length;
    return {name, bar: bar - chords.length, bars: chords.length};
  });
  if (arrangement.song?.ending) {
    bars.push({symbols: bars[0].symbols.slice(0, 1), section: marks.length, index: -1});
    marks.push({name: SONG.ending, bar, bars: 1});
  }
  return {bars, sections: marks};
}

/** Index of the letter whose colour a section has; -1 for the ending. @param {string} name */
export const hueOf = (name) => (isName(name) ? LETTERS.indexOf(endsOf(name)[0]) : -1);
