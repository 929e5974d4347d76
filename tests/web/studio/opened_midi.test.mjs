import assert from 'node:assert/strict';
import {test} from 'node:test';

import {
  chordsFrom, hasChords, stylesIn, whyNone,
} from '../../../export/web/src/studio/opened_midi.js';

const bar = (chords, reason = '', symbols = []) => ({
  number: 1, programs: [], symbols, chords, tracks: reason ? null : [[1]], reason,
});
const named = (symbols, reason) => bar([], reason, symbols);

test('chords of a file are taken from a given bar, up to the largest number', () => {
  const bars = [
    named(['C', 'C']), named(['Am7', 'D7']), named([]), named(['F', 'F'], 'it is short'),
    named(['Gsus4', 'Gsus4']),
  ];
  assert.deepEqual(chordsFrom(bars, 0), [['C'], ['Am7', 'D7'], ['F'], ['Gsus4']]);
  assert.deepEqual(chordsFrom(bars, 3), [['F'], ['Gsus4']]);
  const many = chordsFrom(Array.from({length: 500}, () => named(['G', 'G'])), 0);
  assert.ok(many.length >= 16 && many.length < 500);
});

test('the usable content of a file', () => {
  const refused = [bar([0, 0], 'it is short'), bar([0, 0], 'it is long'), bar([0, 0], 'it is long')];
  assert.equal(stylesIn([...refused, bar([1])]), 1);
  assert.equal(hasChords(refused), false);
  assert.equal(hasChords([...refused, bar([0, 3], 'it is short')]), true);
  assert.equal(whyNone(refused), 'None of its 3 bars can be a style; of most of them: it is long.');
  assert.equal(whyNone([]), 'There is no note in it.');
});
