/** gm-vae/chords: chord symbols, as people write them, and the triads that models know. */

export {chordLine} from './music/chord_lines.js';
export {ChordError} from './music/chord_spelling.js';
export {
  NO_CHORD_SYMBOL, chordId, chordPitchClasses, chordSymbol, hasTriad, nearestChordId,
} from './music/chords.js';
