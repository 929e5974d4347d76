import assert from 'node:assert/strict';
import {test} from 'node:test';

import {
  chordsFrom, hasChords, stylesIn, whyNone,
} from '../../../export/web/src/studio/opened_midi.js';

const bar = (chords, reason = '') => ({
  number: 1, programs: [], symbols: [], chords, tracks: reason ? null : [[1]], reason,
});

test('chords of a file are taken from a bar on, to the most that there may be', () => {
  const bars = [bar([1, 1]), bar([2, 3]), bar([]), bar([4, 4], 'it is short'), bar([5, 5])];
  assert.deepEqual(chordsFrom(bars, 0), [[1], [2, 3], [4], [5]]);
  assert.deepEqual(chordsFrom(bars, 3), [[4], [5]]);
  const many = chordsFrom(Array.from({length: 500}, () => bar([7, 7])), 0);
  assert.ok(many.length >= 16 && many.length < 500);
});

test('what a file has to give', () => {
  const refused = [bar([0, 0], 'it is short'), bar([0, 0], 'it is long'), bar([0, 0], 'it is long')];
  assert.equal(stylesIn([...refused, bar([1])]), 1);
  assert.equal(hasChords(refused), false);
  assert.equal(hasChords([...refused, bar([0, 3], 'it is short')]), true);
  assert.equal(whyNone(refused), 'none of its 3 bars can be a style; of most of them: it is long.');
  assert.equal(whyNone([]), 'there is no note in it.');
});
