/** Values of sliders in words, as screen readers say them. */

import {shares} from '../state/pad.js';

/** @import {Place} from '../state/pad.js' */

/** What of the styles is at a place: of all four where it is not between A and B. @param {Place} place */
export const placeText = (place) => shares(place).slice(0, place.y ? 4 : 2)
  .map((share, i) => `${share} % ${'ABCD'[i]}`).join(', ');

/** @param {number} value @param {number} most */
export const percent = (value, most) => `${Math.round((100 * value) / most)} %`;

/** @param {number} qpm */
export const beatsPerMinute = (qpm) => `${qpm} beats a minute`;
