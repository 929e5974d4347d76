/** Names of the General MIDI sounds: 128 programs in 16 families, and the drums. */

import {GENERAL_MIDI} from '../generated/tables.js';
import {DRUMS} from './format.js';

export const {families: FAMILIES, instruments: INSTRUMENTS} = GENERAL_MIDI;

/** The name of a program 0..127, "Drums" for 128. @param {number} program */
export const instrumentName = (program) =>
  program === DRUMS ? GENERAL_MIDI.drumsName : INSTRUMENTS[program];

/** The family of a program 0..127 such as "Bass"; "Drums" for 128. @param {number} program */
export const family = (program) =>
  program === DRUMS ? GENERAL_MIDI.drumsName : FAMILIES[program >> 3];

/** The drum on a key of the drum channel. @param {number} pitch */
export const drumName = (pitch) => GENERAL_MIDI.drums[pitch];
