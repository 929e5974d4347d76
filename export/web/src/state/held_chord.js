/** Recognises the chord of keys that are held together. */

import {ROOTS} from '../../../../packages/engine/src/music/chords.js';

// semitones above the root, in the order in which kinds are tried
/** @type {[suffix: string, intervals: number[]][]} */
const KINDS = [
  ['', [0, 4, 7]], ['m', [0, 3, 7]], ['7', [0, 4, 7, 10]], ['maj7', [0, 4, 7, 11]],
  ['m7', [0, 3, 7, 10]], ['6', [0, 4, 7, 9]], ['m6', [0, 3, 7, 9]], ['sus4', [0, 5, 7]],
  ['sus2', [0, 2, 7]], ['7sus4', [0, 5, 7, 10]], ['dim', [0, 3, 6]], ['m7b5', [0, 3, 6, 10]],
  ['dim7', [0, 3, 6, 9]], ['+', [0, 4, 8]], ['m(maj7)', [0, 3, 7, 11]], ['9', [0, 2, 4, 7, 10]],
  ['maj9', [0, 2, 4, 7, 11]], ['m9', [0, 2, 3, 7, 10]], ['7', [0, 4, 10]], ['maj7', [0, 4, 11]],
  ['m7', [0, 3, 10]], ['', [0, 4]], ['m', [0, 3]], ['5', [0, 7]],
];

/**
 * Returns the symbol of a chord, '' if unknown. The root is the lowest note if possible, otherwise
 * another note, with the lowest one as bass.
 * @param {Iterable<number>} pitches
 */
export function heldChord(pitches) {
  const sorted = [...pitches].sort((a, b) => a - b);
  const classes = [...new Set(sorted.map((pitch) => pitch % 12))];
  for (const root of classes) {
    const intervals = classes.map((each) => (each - root + 12) % 12);
    const kind = KINDS.find(([, wanted]) => wanted.length === intervals.length &&
      wanted.every((interval) => intervals.includes(interval)));
    // two keys are only a chord on the lower one
    if (!kind || (classes.length < 3 && root !== classes[0])) continue;
    return ROOTS[root] + kind[0] + (root === classes[0] ? '' : `/${ROOTS[classes[0]]}`);
  }
  return '';
}
