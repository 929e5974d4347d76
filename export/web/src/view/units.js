import {shares} from '../state/pad.js';
import {texts} from '../texts/texts.js';

/** @import {Place} from '../state/pad.js' */

/** What of the styles is at a place: of all four where it is not between A and B. @param {Place} place */
export const placeText = (place) => shares(place).slice(0, place.y ? 4 : 2)
  .map((share, i) => texts.styles.share(share, 'ABCD'[i])).join(', ');

/** The value of a slider in words, as screen readers say it. @param {number} value @param {number} most */
export const percent = (value, most) => texts.app.percent(Math.round((100 * value) / most));
