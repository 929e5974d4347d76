import assert from 'node:assert/strict';
import {test} from 'node:test';

import {chordPitchClasses, nearestChordId} from '../../../packages/engine/src/music/chords.js';
import {heldChord} from '../../../export/web/src/state/held_chord.js';

test('keys are the chord that a musician would name', () => {
  for (const [keys, symbol] of [
    [[60, 64, 67], 'C'], [[64, 67, 72], 'C/E'], [[48, 64, 67, 70], 'C7'], [[57, 60, 64], 'Am'],
    [[57, 60, 64, 67], 'Am7'], [[60, 64, 67, 69], 'C6'], [[55, 60, 62], 'Gsus4'],
    [[60, 62, 67], 'Csus2'], [[59, 62, 65], 'Bdim'], [[59, 62, 65, 69], 'Bm7b5'],
    [[54, 57, 60, 63], 'F#dim7'], [[60, 64, 68], 'C+'], [[60, 64, 70], 'C7'], [[60, 67], 'C5'],
    [[60, 63], 'Cm'], [[60], ''], [[], ''], [[60, 61, 62], ''], [[60, 64, 67, 72, 76], 'C'],
    [[58, 60, 64, 67], 'C7/Bb'],
  ]) {
    assert.equal(heldChord(keys), symbol, keys.join());
  }
});

test('each triad in each inversion is read back as itself', () => {
  for (const root of ['C', 'C#', 'D', 'Eb', 'E', 'F', 'F#', 'G', 'Ab', 'A', 'Bb', 'B']) {
    for (const kind of ['', 'm', 'dim']) {
      const id = nearestChordId(root + kind);
      const keys = [...chordPitchClasses(id)];
      for (let i = 0; i < 3; i++) {
        assert.equal(nearestChordId(heldChord(keys.map((key, j) => key + (j < i ? 72 : 48)))), id);
      }
    }
  }
});
