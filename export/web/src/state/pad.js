/** The pad: a square between four styles, and the positions of bars in it. */

/** @import {Arrangement} from './arrangement.js' */

export const CORNERS = /** @type {const} */ (['a', 'b', 'c', 'd']);

/**
 * From left to right and from top to bottom, 0 to 100.
 * @typedef {{x: number, y: number}} Place
 */

/** @param {Pick<Arrangement, 'blend' | 'down'>} arrangement @param {number} bar @returns {Place} */
export const placeOf = ({blend, down}, bar) => ({x: blend[bar], y: down[bar]});

/** @param {Place[]} places of each bar @returns {Pick<Arrangement, 'blend' | 'down'>} */
export const atPlaces = (places) =>
  ({blend: places.map(({x}) => x), down: places.map(({y}) => y)});

/**
 * Returns the arrangement's positions with one bar's changed.
 * @param {Pick<Arrangement, 'blend' | 'down'>} arrangement
 * @param {number} bar
 * @param {Place} place
 */
export const withPlace = ({blend, down}, bar, {x, y}) => ({
  blend: blend.map((old, i) => (i === bar ? x : old)),
  down: down.map((old, i) => (i === bar ? y : old)),
});

/** The mean position of the bars. @param {Pick<Arrangement, 'blend' | 'down'>} arrangement @returns {Place} */
export function meanPlace({blend, down}) {
  const mean = (/** @type {number[]} */ numbers) =>
    Math.round(numbers.reduce((sum, number) => sum + number, 0) / numbers.length);
  return {x: mean(blend), y: mean(down)};
}

/** The shares of the corners a, b, c, d at a position, in percent. @param {Place} place */
export function shares({x, y}) {
  const right = Math.round((x * (100 - y)) / 100);
  const low = Math.round((x * y) / 100);
  return [100 - y - right, right, y - low, low];
}

/** The corner that is nearest to a place. @param {Place} place */
export const nearestCorner = ({x, y}) => CORNERS[(x > 50 ? 1 : 0) + (y > 50 ? 2 : 0)];

/** The style slots: four if the pad is open and there is no song, else two. @param {Arrangement} arrangement */
export const styleLetters = ({c, d, song}) => (c && d && !song ? CORNERS : CORNERS.slice(0, 2));
