/** Plans the bars of one line of chords, between two styles or in the square between four. */

import {bandsBetween, firstTokens} from '../../../../packages/engine/src/engine/bands.js';
import {between, inSquare} from '../../../../packages/engine/src/engine/points.js';
import {chordIds} from '../../../../packages/engine/src/engine/song.js';
import {PHRASES} from '../../../../packages/engine/src/generated/tables.js';
import {characterText} from '../state/character.js';
import {placeOf} from '../state/pad.js';
import {styleText} from '../state/style_text.js';

/** @import {Style} from '../state/arrangement.js' */
/** @import {Place} from '../state/pad.js' */
/** @import {Composer, Plan, Wanted} from './composer.js' */

// Instruments change as on a path of this many bars: mostly one per tenth of the blend.
const WAY = 11;

/**
 * @param {Wanted} wanted
 * @param {Composer} composer
 * @returns {Promise<Plan>}
 */
export async function plannedLoop(wanted, composer) {
  const {chords, blend, down, a, b, c, d, character, seed, temperature} = wanted;
  const {format} = composer;
  const corners = [a, b, c ?? a, d ?? b];
  const points = corners.map((style) => composer.movedPoint(style, wanted));
  const moves = characterText(character);
  const isMixed = blend.some((share, i) => share > 0 && share < 100 && !down[i]);
  const [pointA, pointB] = points;
  const bands = isMixed ? await bandsOnWay(pointA, pointB, temperature / 100, seed, composer) : [];
  const bars = chords.map((symbols, i) => {
    const place = placeOf(wanted, i);
    const z = inSquare(points, place.x / 100, place.y / 100);
    const style = placeText(corners, place);
    const source = moves ? `${style} ${moves}` : style;
    const ids = chordIds(symbols, format);
    // below the line from a to b the model chooses the instruments at each position
    const band = place.y ? undefined : bands[Math.floor((place.x / 100) * (WAY - 1))];
    const rows = Array.from({length: format.maxTracks}, (_, track) =>
      ({z, track, chords: ids, seed, draw: 0, program: band?.[track], source}));
    return {symbols, rows, point: source, section: 0};
  });
  return {bars, sections: [], phrasing: {vary: PHRASES.vary, fills: true}, ending: false};
}

/** A text that identifies a mix of styles. @param {Style[]} corners @param {Place} place */
function placeText([a, b, c, d], {x, y}) {
  const left = mixText(styleText(a), styleText(c), y);
  return mixText(left, mixText(styleText(b), styleText(d), y), x);
}

/** @param {string} one @param {string} other @param {number} share of the other */
const mixText = (one, other, share) =>
  (share === 0 ? one : share === 100 ? other : `(${one} ${share} ${other})`);

/**
 * Returns the bands on the path from one point to another.
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
