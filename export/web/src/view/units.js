import {shares} from '../state/pad.js';
import {texts} from '../texts/texts.js';

/** @import {Place} from '../state/pad.js' */

/** Describes the shares of the styles at a place; without C and D on the line from A to B. @param {Place} place */
export const placeText = (place) => shares(place).slice(0, place.y ? 4 : 2)
  .map((share, i) => texts.styles.share(share, 'ABCD'[i])).join(', ');

/** Describes a slider's value in percent, for screen readers. @param {number} value @param {number} most */
export const percent = (value, most) => texts.app.percent(Math.round((100 * value) / most));
