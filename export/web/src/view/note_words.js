/** Notes in words. */

import {ROOTS} from '../../../../packages/engine/src/music/chords.js';
import {texts} from '../texts/texts.js';

/** @import {Format} from '../../../../packages/engine/src/music/format.js' */
/** @import {PlacedNote} from '../state/kept.js' */

/** @param {number} beats */
const rounded = (beats) => beats.toLocaleString(texts.code, {maximumFractionDigits: 2});

/** "F♯4", or the name of a drum. @param {number} pitch @param {boolean} isDrum */
export const pitchName = (pitch, isDrum) => (isDrum ? texts.drumSounds[pitch]
  : `${ROOTS[pitch % 12].replace('#', '♯').replace('b', '♭')}${Math.floor(pitch / 12) - 1}`);

/** "bar 2, beat 3.5". @param {number} start @param {Format} format */
export function placeName(start, {stepsPerMeasure, beatsPerBar}) {
  const bar = Math.floor(start / stepsPerMeasure);
  const beat = ((start - bar * stepsPerMeasure) * beatsPerBar) / stepsPerMeasure;
  return texts.notes.place(bar + 1, rounded(beat + 1));
}

/** "F♯4, bar 2, beat 3.5, 2 beats long". @param {PlacedNote} note @param {boolean} isDrum @param {Format} format */
export function noteName({pitch, start, end}, isDrum, format) {
  const beats = ((end - start) * format.beatsPerBar) / format.stepsPerMeasure;
  const words = [pitchName(pitch, isDrum), placeName(start, format)];
  return [...words, ...(isDrum ? [] : [texts.notes.length(rounded(beats))])].join(', ');
}
