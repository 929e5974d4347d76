import assert from 'node:assert/strict';
import {test} from 'node:test';

import {ChordError, isTriadAlone, pitchClass, tidySymbol} from '../../../packages/engine/src/music/chord_spelling.js';
import {chordLine} from '../../../packages/engine/src/music/chord_lines.js';
import {
  ROOTS, chordId, chordPitchClasses, chordSymbol, hasTriad, nearestChordId, qualityOf, rootOf,
  triadId,
} from '../../../packages/engine/src/music/chords.js';
import {vectors} from '../vectors.mjs';

const symbols = vectors('chord_symbols');
const lines = vectors('chord_lines');

test('symbols mean the triads that musicians mean', () => {
  for (const {id, symbols: spellings} of symbols.read) {
    for (const symbol of spellings) {
      assert.equal(chordId(symbol), id, symbol);
      assert.equal(nearestChordId(symbol), id, symbol);
      assert.ok(hasTriad(symbol), symbol);
    }
  }
});

test('a chord without a triad is refused, and has a nearest one', () => {
  for (const {id, symbols: spellings} of symbols.nearest) {
    for (const symbol of spellings) {
      assert.throws(() => chordId(symbol), ChordError, symbol);
      assert.equal(nearestChordId(symbol), id, symbol);
      assert.ok(!hasTriad(symbol), symbol);
    }
  }
});

test('a symbol is shown as typed, and is the same chord, even in a line', () => {
  for (const [typed, shown] of symbols.shown) assert.equal(tidySymbol(typed), shown);
  for (const {id, symbols: spellings} of [...symbols.read, ...symbols.nearest]) {
    for (const symbol of spellings) {
      const shown = tidySymbol(symbol);
      assert.equal(nearestChordId(shown), id, symbol);
      assert.equal(tidySymbol(shown), shown);
      assert.deepEqual(chordLine(`${shown} ${shown}|F`), [[shown], [shown, 'F']]);
    }
  }
  assert.throws(() => tidySymbol('Xyz'), ChordError);
});

test('some symbols have more than their triad', () => {
  for (const symbol of symbols.triads_alone) assert.ok(isTriadAlone(symbol), symbol);
  for (const symbol of symbols.more_than_triads) assert.ok(!isTriadAlone(symbol), symbol);
});

test('an error has its symbol', () => {
  const symbolOf = (line) => {
    try {
      return chordLine(line);
    } catch ({symbol}) {
      return symbol;
    }
  };
  assert.equal(symbolOf('C Am Hm G'), 'Hm');
  assert.equal(symbolOf('C Cfoo G'), 'Cfoo');
  assert.equal(symbolOf('C a G'), 'a');
});

test('unreadable chords are refused with a sentence', () => {
  for (const symbol of symbols.refused) {
    for (const read of [chordId, nearestChordId, hasTriad]) {
      assert.throws(() => read(symbol), (error) =>
        error instanceof ChordError && error.message.endsWith('.'), symbol);
    }
  }
});

test('lines of chords have the measures that people mean', () => {
  for (const {measures, lines: spellings} of lines.read) {
    for (const line of spellings) {
      assert.equal(chordLine(line).map((bar) => bar.join('|')).join(' '), measures, line);
    }
  }
});

test('lines that can be understood in two ways are refused', () => {
  for (const line of lines.refused) assert.throws(() => chordLine(line), ChordError, line);
});

test('an id is a root and a quality', () => {
  assert.deepEqual([0, 1, 12, 13, 22, 27, 48].map(rootOf), [null, 0, 11, 0, 9, 2, 11]);
  assert.deepEqual([0, 1, 12, 13, 22, 27, 48].map(qualityOf), [null, 0, 0, 1, 1, 2, 3]);
  for (let id = 1; id <= 48; id++) assert.equal(triadId(rootOf(id), qualityOf(id)), id);
});

test('a symbol that is written is read as the same chord', () => {
  for (let id = 0; id <= 48; id++) assert.equal(chordId(chordSymbol(id)), id);
});

test('pitch classes are those of the triads', () => {
  assert.deepEqual([...chordPitchClasses(chordId('C'))], [0, 4, 7]);
  assert.deepEqual([...chordPitchClasses(chordId('Am'))], [9, 0, 4]);
  assert.deepEqual([...chordPitchClasses(chordId('Bdim'))], [11, 2, 5]);
  assert.deepEqual([...chordPitchClasses(chordId('F#+'))], [6, 10, 2]);
  assert.deepEqual([...chordPitchClasses(0)], []);
});

test('roots are in order, accidentals move them', () => {
  assert.deepEqual(ROOTS.map(pitchClass), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  assert.deepEqual(['Cb', 'B#', 'Fx', 'Abb'].map(pitchClass), [11, 0, 7, 7]);
});
