/** The bars of one line of chords, between two styles. */

import {bandsBetween, firstTokens} from '../../../../packages/engine/src/engine/bands.js';
import {between} from '../../../../packages/engine/src/engine/points.js';
import {chordIds} from '../../../../packages/engine/src/engine/song.js';
import {PHRASES} from '../../../../packages/engine/src/generated/tables.js';
import {characterText} from '../state/character.js';
import {styleText} from '../state/style_text.js';

/** @import {Composer, Plan, Wanted} from './composer.js' */

// Instruments are exchanged as on a way of so many bars: one at a tenth of the blend, on most ways.
const WAY = 11;

/**
 * @param {Wanted} wanted
 * @param {Composer} composer
 * @returns {Promise<Plan>}
 */
export async function plannedLoop(wanted, composer) {
  const {chords, blend, a, b, character, seed, temperature} = wanted;
  const {format} = composer;
  const [pointA, pointB] = [a, b].map((style) => composer.movedPoint(style, wanted));
  const moves = characterText(character);
  const isMixed = blend.some((share) => share > 0 && share < 100);
  const bands = isMixed ? await bandsOnWay(pointA, pointB, temperature / 100, seed, composer) : [];
  const bars = chords.map((symbols, i) => {
    const share = blend[i];
    const z = between(pointA, pointB, share / 100);
    const style = share === 0 ? styleText(a)
      : share === 100 ? styleText(b) : `${styleText(a)} ${share} ${styleText(b)}`;
    const source = moves ? `${style} ${moves}` : style;
    const ids = chordIds(symbols, format);
    const band = bands[Math.floor((share / 100) * (WAY - 1))];
    const rows = Array.from({length: format.maxTracks}, (_, track) =>
      ({z, track, chords: ids, seed, draw: 0, program: band?.[track], source}));
    return {symbols, rows, point: source, section: 0};
  });
  return {bars, sections: [], phrasing: {vary: PHRASES.vary, fills: true}, ending: false};
}

/**
 * The bands on the way from one point to another.
 * @param {Float32Array} a
 * @param {Float32Array} b
 * @param {number} temperature
 * @param {number} seed
 * @param {Composer} composer
 */
async function bandsOnWay(a, b, temperature, seed, composer) {
  const logits = await composer.programs(
    Array.from({length: WAY}, (_, i) => between(a, b, i / (WAY - 1))));
  const [start, end] = [logits[0], logits[WAY - 1]]
    .map((own) => firstTokens(own, temperature, seed));
  return bandsBetween(logits, start, end);
}
