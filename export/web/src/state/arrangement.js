/** What a person has chosen: plain values, which a link holds. */

import {DECODING} from '../../../../packages/engine/src/generated/tables.js';
import {parseChords} from './progression.js';

/** @import {PartSound} from '../../../../packages/engine/src/music/midi_writer.js' */
/** @import {Part} from '../../../../packages/engine/src/music/song.js' */
/** @import {Character} from './character.js' */
/** @import {Progression} from './progression.js' */
/** @import {SongForm} from './song_form.js' */

export const TEMPOS = /** @type {const} */ ([40, 240]);
export const TEMPERATURES = /** @type {const} */ ([0, 150]); // in hundredths
export const FULL_VOLUME = 100; // of MIDI's 127
const SEEDS = 1e6;

/**
 * A point of the latent space drawn from a seed; isEarly: it means what it meant to earlier pages.
 * @typedef {{seed: number, isEarly?: boolean, point?: undefined, name?: undefined}} SeedStyle
 *
 * A point read from a measure, as `packPoint` writes it.
 * @typedef {{point: string, name: string, seed?: undefined, isEarly?: undefined}} PointStyle
 *
 * @typedef {SeedStyle | PointStyle} Style
 *
 * What was changed of a part.
 * @typedef {{program?: number, volume?: number, mute?: boolean, solo?: boolean, roll?: number}}
 *   PartChoice
 *
 * @typedef {object} Arrangement
 * @property {Progression} chords
 * @property {boolean} voice whether notes move to what chords have beyond their triads
 * @property {number[]} blend of each bar, 0 (style a) to 100 (style b)
 * @property {Style} a
 * @property {Style} b
 * @property {Character} character
 * @property {number} temperature in hundredths
 * @property {number} seed of the choice of tokens
 * @property {number} qpm
 * @property {boolean} loop
 * @property {Record<string, PartChoice>} parts by the part's key
 * @property {?SongForm} song null while one line of chords is played
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
 * The arrangement with other chords; bars keep their blends, new ones take the last one's.
 * @param {Arrangement} arrangement
 * @param {Progression} chords
 * @returns {Arrangement}
 */
export function withChords(arrangement, chords) {
  const {blend} = arrangement;
  return {
    ...arrangement,
    chords,
    blend: chords.map((_, i) => blend[Math.min(i, blend.length - 1)] ?? 0),
  };
}

/**
 * The arrangement with a part changed.
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
 * The arrangement that sounds the same with its styles in each other's place.
 * @param {Arrangement} arrangement
 * @returns {Arrangement}
 */
export function swapped(arrangement) {
  const {a, b, blend} = arrangement;
  return {...arrangement, a: b, b: a, blend: blend.map((share) => 100 - share)};
}

/** Whether anything was changed of a part. @param {Arrangement} arrangement */
export const hasPartChoices = ({parts}) => Object.values(parts).some((choice) =>
  Object.values(choice).some((value) => value !== undefined && value !== false));

/**
 * How a part sounds.
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
