/** gm-vae/chords: parses chord symbols and maps them to the triads that models support. */

export {chordLine} from './music/chord_lines.js';
export {ChordError} from './music/chord_spelling.js';
export {
  NO_CHORD_SYMBOL, chordId, chordPitchClasses, chordSymbol, hasTriad, nearestChordId,
} from './music/chords.js';
