import {texts} from '../texts/texts.js';

/** The value of a slider in words, as screen readers say it. @param {number} value @param {number} most */
export const percent = (value, most) => texts.app.percent(Math.round((100 * value) / most));
