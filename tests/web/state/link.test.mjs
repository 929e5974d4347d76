import assert from 'node:assert/strict';
import {test} from 'node:test';

import {newArrangement} from '../../../export/web/src/state/arrangement.js';
import {NOTHING_KEPT} from '../../../export/web/src/state/kept.js';
import {fromLink, toLink} from '../../../export/web/src/state/link.js';
import {packPoint} from '../../../export/web/src/state/point_text.js';
import {oneOf, seeded, whole} from '../vectors.mjs';

const READER = {latentSize: 5, fingerprint: '0badcafe'};
const SIZE = READER.latentSize; // of points
const SYMBOLS = ['C', 'F#m7b5', 'C/E', 'Gsus4', 'E7#9', 'E7(b9, #11)', 'A5', 'Bo7', 'CΔ', 'C+', 'N.C.'];

const read = (text, reader = READER) => fromLink(text, reader).arrangement;
const written = (arrangement) => toLink(arrangement, READER.fingerprint);

/** The lower corners of the pad and the bars' places, or none. */
function corners(random, style, bars) {
  if (random() < 0.5) return {c: null, d: null, down: Array(bars).fill(0)};
  return {
    c: style(), d: style(), down: Array.from({length: bars}, () => whole(random, 0, 100)),
  };
}

/** Locked bars and parts in single bars, with notes of all lengths. */
function keptOf(random, bars) {
  const bar = () => whole(random, 0, bars - 1);
  const notes = () => Array.from({length: whole(random, 0, 5)}, () => {
    const start = whole(random, 0, 95);
    return {
      pitch: whole(random, 0, 127), velocity: whole(random, 1, 127), start,
      end: whole(random, start + 1, 96),
    };
  });
  return {
    bars: [...new Set([bar(), bar()])].sort((a, b) => a - b),
    cells: {[`${bar()}:33.0`]: notes(), [`${bar()}:128.0`]: notes()},
  };
}

/** An arrangement that a person might make. */
function arrangementOf(random) {
  const chords = Array.from({length: whole(random, 1, 64)}, () =>
    Array.from({length: oneOf(random, [1, 2, 4])}, () => oneOf(random, SYMBOLS)));
  const even = random() < 0.5 && whole(random, 0, 100);
  const style = () => oneOf(random, [
    {seed: whole(random, 0, 1e6)}, {seed: whole(random, 0, 1e6), isEarly: true},
    {point: packPoint(Array.from({length: SIZE}, () => 8 * random() - 4)), name: 'a&b=~ö#1, bar 2'},
  ]);
  const choice = () => oneOf(random, [
    {program: whole(random, 0, 127)}, {volume: whole(random, 0, 99), mute: true}, {solo: true},
    {roll: whole(random, 1, 9), program: 3},
  ]);
  return {
    chords,
    voice: random() < 0.5,
    blend: chords.map(() => (even === false ? whole(random, 0, 100) : even)),
    a: style(),
    b: style(),
    ...corners(random, style, chords.length),
    kept: oneOf(random, [NOTHING_KEPT, keptOf(random, chords.length)]),
    character: oneOf(random, [{}, {density: 15}, {pitch: -20, strings: 1}]),
    temperature: whole(random, 0, 150),
    seed: whole(random, 0, 2 ** 32 - 1),
    qpm: whole(random, 40, 240),
    loop: random() < 0.5,
    parts: random() < 0.5 ? {} : {[`${whole(random, 0, 128)}.${whole(random, 0, 2)}`]: choice()},
    song: null,
  };
}

test('an arrangement comes back from its link', () => {
  const random = seeded(6);
  for (let i = 0; i < 500; i++) {
    const arrangement = arrangementOf(random);
    assert.deepEqual(
      fromLink(written(arrangement), READER), {arrangement, notes: []});
    assert.match(written(arrangement), /^[\w.~!*'()%&=-]+$/); // nothing that ends a link in a text
  }
});

test('a link of an earlier page keeps its meaning', () => {
  const {arrangement, notes} =
    fromLink('#c=C_G|Em&a=s21&b=45&x=0.30&t=70&s=5&q=120&l=0&p=33.0i38v80msr2', READER);
  assert.deepEqual(notes, []);
  assert.deepEqual(arrangement, {
    chords: [['C'], ['G', 'Em']],
    voice: false, // as it was heard then
    blend: [0, 30],
    a: {seed: 21},
    b: {seed: 45, isEarly: true},
    c: null,
    d: null,
    down: [0, 0],
    kept: NOTHING_KEPT,
    character: {},
    temperature: 70,
    seed: 5,
    qpm: 120,
    loop: false,
    parts: {'33.0': {program: 38, volume: 80, mute: true, solo: true, roll: 2}},
    song: null,
  });
});

test('chords are in a link as they were typed', () => {
  const line = 'Cmaj7 C/E|Gsus4 E7#9';
  const link = written({...read(''), chords: [['Cmaj7'], ['C/E', 'Gsus4'], ['E7#9']]});
  assert.equal(decodeURIComponent(/c=([^&]*)/.exec(link)[1]), line.replaceAll(' ', '_'));
});

test('a chord that cannot be read does not take the others with it', () => {
  const {arrangement, notes} = fromLink('c=Cmaj7_Xy|F_H_C|D|E_G/B&x=1.2.3.4.5', READER);
  assert.deepEqual(arrangement.chords, [['Cmaj7'], ['N.C.', 'F'], ['N.C.'], ['N.C.'], ['G/B']]);
  assert.deepEqual(arrangement.blend, [1, 2, 3, 4, 5]);
  assert.equal(notes.length, 1);
  for (const symbol of ['“Xy”', '“H”', '“C|D|E”']) assert.ok(notes[0].includes(symbol), notes[0]);
  const none = fromLink('c=Xy_Hm&a=s1&b=s2', READER);
  assert.deepEqual(none.arrangement.chords, newArrangement().chords);
  assert.match(none.notes.join(), /chords of the link cannot be read/);
  const huge = fromLink(`c=${'C_Xy_'.repeat(1e5)}`, READER);
  assert.match(huge.notes.join(), /cannot be read/);
  const long = fromLink(`c=${Array(70).fill('C').join('_')}`, READER);
  assert.equal(long.arrangement.chords.length, 64);
  assert.match(long.notes.join(), /64 of 70 bars/);
});

test('a link knows its model', () => {
  const link = written(arrangementOf(seeded(3)));
  assert.match(link, /&m=0badcafe$/);
  const notes = (text, fingerprint) => fromLink(text, {latentSize: SIZE, fingerprint}).notes;
  assert.deepEqual(notes(link, '0badcafe'), []);
  assert.match(notes(link, '12345678').join(), /made with another model/);
  assert.deepEqual(notes('c=C&a=s1&b=s2', '12345678'), []); // earlier pages did not say
  const other = fromLink('c=C&a=~AAAA~mine&b=s2', READER); // 3 numbers, not 5
  assert.match(other.notes.join(), /style of the link cannot be read/);
});

test('a link leaves out what is kept where that is too long, and drops what is damaged in it', () => {
  const note = {pitch: 60, velocity: 100, start: 0, end: 96};
  const kept = {bars: [0], cells: {'0:0.0': Array(4000).fill(note)}};
  assert.doesNotMatch(written({...read(''), kept}), /[#&]k=/);
  const of = (text) => read(`c=C_G&k=${text}`).kept;
  assert.deepEqual(of('2*!2~33.0~'), {bars: [1], cells: {'1:33.0': []}});
  for (const damaged of ['3*', '0*', '1~129.0~', '1~33~AAAAA', '1~33.0~AAAA', '*!~!', '1~33.0~AA%41']) {
    assert.deepEqual(of(damaged), NOTHING_KEPT, damaged);
  }
});

test('numbers out of their range go to its end', () => {
  const {qpm, temperature, blend, seed} = read('c=C&q=9999&t=-5&x=300&s=1e99');
  assert.deepEqual([qpm, temperature, blend, seed], [240, 0, [100], 2 ** 32 - 1]);
});

test('any link gives an arrangement', () => {
  const random = seeded(11);
  const whole_ = written(arrangementOf(seeded(1)));
  const odd = ['#%%%', '', '#a=~AAAA~x', 'c=Xy&a=~&b=~~~&x=..&t=x&s=-1&q=9999&p=,,1.1z'];
  for (let i = 0; i < 500; i++) {
    const at = whole(random, 0, whole_.length - 1);
    odd.push(whole_.slice(0, at) + String.fromCharCode(whole(random, 33, 126)) + whole_.slice(at + 1));
  }
  const keys = Object.keys(newArrangement()).sort();
  for (const link of odd) {
    const arrangement = read(link);
    assert.deepEqual(Object.keys(arrangement).sort(), keys);
    assert.ok(arrangement.chords.length >= 1 && arrangement.chords.length <= 64);
    for (const places of [arrangement.blend, arrangement.down]) {
      assert.equal(places.length, arrangement.chords.length);
    }
    assert.ok(arrangement.qpm >= 40 && arrangement.qpm <= 240);
    assert.equal(written(read(written(arrangement))), written(arrangement));
  }
});
