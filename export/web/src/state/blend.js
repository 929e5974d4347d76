/** The blend: the share of style b in each bar, 0 to 100. */

/** @param {number[]} blend */
export const meanShare = (blend) =>
  Math.round(blend.reduce((sum, share) => sum + share, 0) / blend.length);

/** Whether all bars have the same share. @param {number[]} blend */
export const isHeld = (blend) => blend.every((share) => share === blend[0]);

/** The shares of a linear transition from a to b. @param {number} bars */
export const morph = (bars) =>
  Array.from({length: bars}, (_, i) => Math.round((100 * i) / Math.max(bars - 1, 1)));

/** Whether the bars are a linear transition from a to b. @param {number[]} blend */
export const isMorph = (blend) =>
  !isHeld(blend) && morph(blend.length).every((share, i) => share === blend[i]);

/**
 * Whether a style has a share in any bar.
 * @param {{blend: number[], down: number[]}} places of the bars
 * @param {'a' | 'b' | 'c' | 'd'} which
 */
export const isHeard = ({blend, down}, which) => blend.some((share, bar) =>
  ('ac'.includes(which) ? share < 100 : share > 0) &&
  ('ab'.includes(which) ? down[bar] < 100 : down[bar] > 0));
