/** Scores how lively a song is, to choose among several. */

import {chordPitchClasses} from './chords.js';
import {family} from './general_midi.js';

/** @import {Song} from './song.js' */

/**
 * Returns a score: higher for more instruments, drums, a bass, and notes in the chord; -1 for
 * silence.
 * @param {Song} song
 * @param {number} chord the chord of the whole song
 */
export function liveliness({parts, notes}, chord) {
  if (!parts.length) return -1;
  const inChord = chordPitchClasses(chord);
  const pitched = notes.filter(({part}) => !parts[part].isDrum);
  const fitting = pitched.filter(({pitch}) => inChord.has(pitch % 12)).length;
  const consonance = pitched.length ? fitting / pitched.length : 0;
  return (
    Math.min(parts.length, 6) +
    (parts.some(({isDrum}) => isDrum) ? 1.5 : 0) +
    (parts.some(({program}) => family(program) === 'Bass') ? 1 : 0) +
    3 * consonance +
    Math.min(notes.length, 60) / 30
  );
}
