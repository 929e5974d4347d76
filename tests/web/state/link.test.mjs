import assert from 'node:assert/strict';
import {test} from 'node:test';

import {newArrangement} from '../../../export/web/src/state/arrangement.js';
import {fromLink, toLink} from '../../../export/web/src/state/link.js';
import {packPoint} from '../../../export/web/src/state/point_text.js';
import {oneOf, seeded, whole} from '../vectors.mjs';

const SIZE = 5; // of points

/** An arrangement that a person might make. */
function arrangementOf(random) {
  const chords = Array.from({length: whole(random, 1, 16)}, () =>
    Array.from({length: oneOf(random, [1, 2, 4])}, () => whole(random, 0, 48)));
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
    blend: chords.map(() => (even === false ? whole(random, 0, 100) : even)),
    a: style(),
    b: style(),
    temperature: whole(random, 0, 150),
    seed: whole(random, 0, 2 ** 32 - 1),
    qpm: whole(random, 40, 240),
    loop: random() < 0.5,
    parts: random() < 0.5 ? {} : {[`${whole(random, 0, 128)}.${whole(random, 0, 2)}`]: choice()},
  };
}

test('an arrangement comes back from its link', () => {
  const random = seeded(6);
  for (let i = 0; i < 500; i++) {
    const arrangement = arrangementOf(random);
    assert.deepEqual(fromLink(toLink(arrangement), SIZE), arrangement);
    assert.match(toLink(arrangement), /^[\w.~!*'()%&=-]+$/); // nothing that ends a link in a text
  }
});

test('a link of today means what it says', () => {
  const arrangement =
    fromLink('#c=C_G|Em&a=s21&b=45&x=0.30&t=70&s=5&q=120&l=0&p=33.0i38v80msr2', SIZE);
  assert.deepEqual(arrangement, {
    chords: [[1], [8, 17]],
    blend: [0, 30],
    a: {seed: 21},
    b: {seed: 45, isEarly: true},
    temperature: 70,
    seed: 5,
    qpm: 120,
    loop: false,
    parts: {'33.0': {program: 38, volume: 80, mute: true, solo: true, roll: 2}},
  });
});

test('numbers out of their range go to its end', () => {
  const {qpm, temperature, blend, seed} = fromLink('c=C&q=9999&t=-5&x=300&s=1e99', SIZE);
  assert.deepEqual([qpm, temperature, blend, seed], [240, 0, [100], 2 ** 32 - 1]);
});

test('whatever stands in a link, there is an arrangement', () => {
  const random = seeded(11);
  const whole_ = toLink(arrangementOf(seeded(1)));
  const odd = ['#%%%', '', '#a=~AAAA~x', 'c=Xy&a=~&b=~~~&x=..&t=x&s=-1&q=9999&p=,,1.1z'];
  for (let i = 0; i < 500; i++) {
    const at = whole(random, 0, whole_.length - 1);
    odd.push(whole_.slice(0, at) + String.fromCharCode(whole(random, 33, 126)) + whole_.slice(at + 1));
  }
  const keys = Object.keys(newArrangement()).sort();
  for (const link of odd) {
    const arrangement = fromLink(link, SIZE);
    assert.deepEqual(Object.keys(arrangement).sort(), keys);
    assert.ok(arrangement.chords.length >= 1 && arrangement.chords.length <= 16);
    assert.equal(arrangement.blend.length, arrangement.chords.length);
    assert.ok(arrangement.qpm >= 40 && arrangement.qpm <= 240);
    assert.equal(toLink(fromLink(toLink(arrangement), SIZE)), toLink(arrangement));
  }
});
