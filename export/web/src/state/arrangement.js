/** The user's settings as plain values, which links store. */

import {DECODING} from '../../../../packages/engine/src/generated/tables.js';
import {NOTHING_KEPT, isPartKept, reordered} from './kept.js';
import {parseChords} from './progression.js';

/** @import {PartSound} from '../../../../packages/engine/src/music/midi_writer.js' */
/** @import {Part} from '../../../../packages/engine/src/music/song.js' */
/** @import {Character} from './character.js' */
/** @import {Kept} from './kept.js' */
/** @import {Progression} from './progression.js' */
/** @import {SongForm} from './song_form.js' */

export const TEMPOS = /** @type {const} */ ([40, 240]);
export const TEMPERATURES = /** @type {const} */ ([0, 150]); // in hundredths
export const FULL_VOLUME = 100; // of MIDI's 127
const SEEDS = 1e6;

/**
 * A point of the latent space drawn from a seed; isEarly: drawn as in earlier versions of the page.
 * @typedef {{seed: number, isEarly?: boolean, point?: undefined, name?: undefined}} SeedStyle
 *
 * A point read from a measure, as `packPoint` writes it.
 * @typedef {{point: string, name: string, seed?: undefined, isEarly?: undefined}} PointStyle
 *
 * @typedef {SeedStyle | PointStyle} Style
 *
 * The user's changes of a part.
 * @typedef {{program?: number, volume?: number, mute?: boolean, solo?: boolean, roll?: number}}
 *   PartChoice
 *
 * @typedef {object} Arrangement
 * @property {Progression} chords
 * @property {boolean} voice whether to move notes to the chords beyond their triads
 * @property {number[]} blend of each bar, 0 (style a) to 100 (style b)
 * @property {Style} a
 * @property {Style} b
 * @property {?Style} c the pad's lower left corner; null until the pad is opened; a and b are on
 *   top
 * @property {?Style} d
 * @property {number[]} down of each bar, 0 (the line from a to b) to 100 (the line from c to d)
 * @property {Kept} kept
 * @property {Character} character
 * @property {number} temperature in hundredths
 * @property {number} seed of the sampling of tokens
 * @property {number} qpm
 * @property {boolean} loop
 * @property {Record<string, PartChoice>} parts by the part's key
 * @property {?SongForm} song null for a loop of one line of chords
 */

export const randomSeed = (random = Math.random) => Math.floor(random() * SEEDS);

/** @returns {Arrangement} */
export function newArrangement(random = Math.random) {
  const chords = parseChords('C G Am F C G F C');
  return {
    chords,
    voice: true,
    blend: chords.map(() => 0),
    a: {seed: randomSeed(random)},
    b: {seed: randomSeed(random)},
    c: null,
    d: null,
    down: chords.map(() => 0),
    kept: NOTHING_KEPT,
    character: {},
    temperature: Math.round(100 * DECODING.temperature),
    seed: randomSeed(random),
    qpm: 110,
    loop: true,
    parts: {},
    song: null,
  };
}

/**
 * Returns the arrangement with other chords. Bars keep their blend of styles; new bars get the last
 * bar's. Locked bars keep their chords.
 * @param {Arrangement} arrangement
 * @param {Progression} chords
 * @returns {Arrangement}
 */
export function withChords(arrangement, chords) {
  const {blend, down, kept, song} = arrangement;
  const last = blend.length - 1;
  const isKept = (/** @type {number} */ bar) => !song && kept.bars.includes(bar);
  return {
    ...arrangement,
    chords: chords.map((bar, i) => (isKept(i) ? arrangement.chords[i] : bar)),
    blend: chords.map((_, i) => blend[Math.min(i, last)] ?? 0),
    down: chords.map((_, i) => down[Math.min(i, last)] ?? 0),
    kept: song ? kept : reordered(kept, [...chords.keys()]), // a song has other bars
  };
}

/**
 * Returns the arrangement with reordered bars; bars may be removed or duplicated.
 * @param {Arrangement} arrangement
 * @param {number[]} order the previous index of each bar
 * @returns {Arrangement}
 */
export function withOrder(arrangement, order) {
  const {chords, blend, down, kept} = arrangement;
  return {
    ...arrangement,
    chords: order.map((bar) => chords[bar]),
    blend: order.map((bar) => blend[bar]),
    down: order.map((bar) => down[bar]),
    kept: reordered(kept, order),
  };
}

/**
 * Returns the arrangement with a part changed.
 * @param {Arrangement} arrangement
 * @param {string} key
 * @param {PartChoice} choice
 * @returns {Arrangement}
 */
export function withPart(arrangement, key, choice) {
  const {parts} = arrangement;
  return {...arrangement, parts: {...parts, [key]: {...parts[key], ...choice}}};
}

/**
 * Returns the arrangement with the left and right styles swapped and the same sound.
 * @param {Arrangement} arrangement
 * @returns {Arrangement}
 */
export function swapped(arrangement) {
  const {a, b, c, d, blend} = arrangement;
  return {...arrangement, a: b, b: a, c: d, d: c, blend: blend.map((share) => 100 - share)};
}

/** The user's changes of parts that have locked notes. @param {Arrangement} arrangement */
export const keptChoices = ({parts, kept}) => Object.fromEntries(
  Object.entries(parts).filter(([key]) => isPartKept(kept, key)));

/** Whether the user changed any part. @param {Arrangement} arrangement */
export const hasPartChoices = ({parts}) => Object.values(parts).some((choice) =>
  Object.values(choice).some((value) => value !== undefined && value !== false));

/**
 * Returns the sound of a part.
 * @param {Arrangement} arrangement
 * @param {Part} part
 * @param {Part[]} all parts of the song
 * @returns {PartSound}
 */
export function partSound(arrangement, part, all) {
  const choice = arrangement.parts[part.key] ?? {};
  const hasSolo = all.some(({key}) => arrangement.parts[key]?.solo);
  return {
    heard: hasSolo ? Boolean(choice.solo) : !choice.mute,
    program: choice.program ?? part.program,
    volume: choice.volume ?? FULL_VOLUME,
  };
}
