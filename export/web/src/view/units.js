/** Values of sliders in words, as screen readers say them. */

/** @param {number} value @param {number} most */
export const percent = (value, most) => `${Math.round((100 * value) / most)} %`;

/** @param {number} qpm */
export const beatsPerMinute = (qpm) => `${qpm} beats a minute`;
