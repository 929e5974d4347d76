/** Colours of instruments: a hue for each family, so that a bass looks the same in every piece. */

import {DRUMS} from '../../../../packages/engine/src/music/format.js';

// Piano, chromatic percussion, organ, guitar, bass, strings, ensemble, brass, reed, pipe, lead, pad,
// effects, ethnic, percussive, sound effects
const HUES = [255, 205, 330, 65, 20, 150, 175, 90, 45, 130, 300, 280, 225, 105, 5, 345];
const NEAR = 24; // degrees: closer hues differ in lightness

/** @import {Part} from '../../../../packages/engine/src/music/song.js' */

/**
 * A colour, independent of the theme.
 * @typedef {{hue: number, chroma: number, shade: number}} Tone
 */

/**
 * @param {Part[]} parts
 * @param {(part: Part) => {program: number}} sound
 * @returns {Tone[]} of each part
 */
export function partTones(parts, sound) {
  /** @type {number[]} */
  const used = [];
  return parts.map((part) => {
    if (part.program === DRUMS) return {hue: 260, chroma: 0.012, shade: 0};
    const hue = HUES[sound(part).program >> 3];
    const shade = used.filter((other) =>
      Math.min(Math.abs(other - hue), 360 - Math.abs(other - hue)) < NEAR).length;
    used.push(hue);
    return {hue, chroma: 0.155, shade};
  });
}

/**
 * Returns the CSS colour of a tone in the theme. `light` 0..1 brightens it.
 * @param {Tone} tone
 * @param {boolean} isDark
 */
export function toneColour({hue, chroma, shade}, isDark, light = 0) {
  const base = isDark ? 0.74 : 0.6;
  const step = isDark ? -0.085 : 0.1;
  const lightness = base + step * (shade % 3) + light * (isDark ? 0.2 : 0.16);
  return `oklch(${lightness.toFixed(3)} ${chroma} ${(hue + 8 * shade) % 360})`;
}
