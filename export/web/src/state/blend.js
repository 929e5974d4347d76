/** How much of style b each bar has, 0 to 100. */

/** @param {number[]} blend */
export const meanShare = (blend) =>
  Math.round(blend.reduce((sum, share) => sum + share, 0) / blend.length);

/** Whether all bars have the same share. @param {number[]} blend */
export const isHeld = (blend) => blend.every((share) => share === blend[0]);

/** The shares of a way from a to b. @param {number} bars */
export const morph = (bars) =>
  Array.from({length: bars}, (_, i) => Math.round((100 * i) / Math.max(bars - 1, 1)));

/** Whether bars of different shares go from a to b. @param {number[]} blend */
export const isMorph = (blend) =>
  !isHeld(blend) && morph(blend.length).every((share, i) => share === blend[i]);

/**
 * Whether any bar has something of a style.
 * @param {number[]} blend
 * @param {'a' | 'b'} which
 */
export const isHeard = (blend, which) =>
  blend.some((share) => (which === 'a' ? share < 100 : share > 0));
