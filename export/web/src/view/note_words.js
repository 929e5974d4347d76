/** Notes in words. */

import {ROOTS} from '../../../../packages/engine/src/music/chords.js';
import {drumName} from '../../../../packages/engine/src/music/general_midi.js';

/** @import {Format} from '../../../../packages/engine/src/music/format.js' */
/** @import {PlacedNote} from '../state/kept.js' */

const TEXTS = {
  place: (/** @type {number} */ bar, /** @type {string} */ beat) => `bar ${bar}, beat ${beat}`,
  length: (/** @type {string} */ beats) => `${beats} ${beats === '1' ? 'beat' : 'beats'} long`,
};

/** @param {number} beats */
const rounded = (beats) => String(Math.round(100 * beats) / 100);

/** "F♯4", or the name of a drum. @param {number} pitch @param {boolean} isDrum */
export const pitchName = (pitch, isDrum) => (isDrum ? drumName(pitch)
  : `${ROOTS[pitch % 12].replace('#', '♯').replace('b', '♭')}${Math.floor(pitch / 12) - 1}`);

/** "bar 2, beat 3.5". @param {number} start @param {Format} format */
export function placeName(start, {stepsPerMeasure, beatsPerBar}) {
  const bar = Math.floor(start / stepsPerMeasure);
  const beat = ((start - bar * stepsPerMeasure) * beatsPerBar) / stepsPerMeasure;
  return TEXTS.place(bar + 1, rounded(beat + 1));
}

/** "F♯4, bar 2, beat 3.5, 2 beats long". @param {PlacedNote} note @param {boolean} isDrum @param {Format} format */
export function noteName({pitch, start, end}, isDrum, format) {
  const beats = ((end - start) * format.beatsPerBar) / format.stepsPerMeasure;
  const words = [pitchName(pitch, isDrum), placeName(start, format)];
  return [...words, ...(isDrum ? [] : [TEXTS.length(rounded(beats))])].join(', ');
}
