/** The `controlArgs` of magenta.js, and what can be asked for beyond them. */

import {nearestChordId} from '../music/chords.js';
import {DRUMS, NO_CHORD} from '../music/format.js';

/** @import {Format} from '../music/format.js' */
/** @import {Progress} from '../engine/fetching.js' */

/**
 * @typedef {object} ControlArgs
 * @property {string[]} [chordProgression] the chords of every measure, evenly spaced; a model with
 *   chords needs them, and "N.C." means no chord
 * @property {(string | string[])[]} [chordProgressions] instead, those of each measure
 * @property {number} [seed] the same seed gives the same music; any if absent
 * @property {boolean} [grammar] whether measures are well-formed: every note ends, the bar is full. By
 *   default what is drawn at a temperature is, and the likeliest tokens (temperature 0) are taken as
 *   they are, as magenta.js takes them
 * @property {number} [repeatPenalty] how much less a track repeats its last onset, in nats; 0 if
 *   absent, 1 does music good
 * @property {number} [drumTemperature] of drum tracks; that of all if absent
 * @property {number[]} [instruments] the programs 0..127 that play, 128 for drums, and no other
 * @property {(done: Progress) => void} [onProgress] called with measures done and their total
 * @property {AbortSignal} [signal] ends the work between measures
 */

/**
 * Control arguments as an object; older apps give the chord progression alone.
 * @param {ControlArgs | string[] | null} [given]
 * @returns {ControlArgs}
 */
export const asObject = (given) => (Array.isArray(given) ? {chordProgression: given} : given ?? {});

/**
 * The chord ids of each measure.
 * @param {ControlArgs} args
 * @param {number} count of measures
 * @param {boolean} hasChords
 * @returns {number[][]}
 * @throws {Error}
 * @throws {import('../music/chord_spelling.js').ChordError}
 */
export function chordsOf({chordProgression, chordProgressions}, count, hasChords) {
  const given = chordProgressions ?? chordProgression;
  if (!hasChords) {
    if (given) throw new Error('Unexpected chord progression provided; this model knows no chords.');
    return Array.from({length: count}, () => [NO_CHORD]);
  }
  if (!given?.length) {
    throw new Error(
      'Chord progression expected but not provided. Give one such as ' +
      '{chordProgression: ["C"]}; "N.C." is no chord.');
  }
  if (!chordProgressions) {
    const chords = given.map((symbol) => nearestChordId(String(symbol)));
    return Array.from({length: count}, () => chords);
  }
  if (chordProgressions.length !== count) {
    throw new Error(
      `There are ${chordProgressions.length} chord progressions for ${count} measures; give one each.`);
  }
  return chordProgressions.map((chords) => [chords].flat().map(nearestChordId));
}

/**
 * The programs of the tracks, sorted as models have them.
 * @param {ControlArgs} args
 * @param {Format} format
 * @throws {Error}
 */
export function programsOf({instruments}, format) {
  if (!instruments) return undefined;
  const isProgram = (/** @type {number} */ program) =>
    Number.isInteger(program) && program >= 0 && program <= DRUMS;
  if (!instruments.length || instruments.length > format.maxTracks || !instruments.every(isProgram)) {
    throw new Error(
      `instruments are 1 to ${format.maxTracks} programs from 0 to 127, or ${DRUMS} for drums; ` +
      `got ${JSON.stringify(instruments)}.`);
  }
  return [...instruments].sort((a, b) => a - b);
}
