import assert from 'node:assert/strict';
import {afterEach, test} from 'node:test';

import {
  hasPartChoices, newArrangement, partSound, swapped, withChords, withOrder, withPart,
} from '../../../export/web/src/state/arrangement.js';
import {isHeard, isHeld, isMorph, meanShare, morph} from '../../../export/web/src/state/blend.js';
import {Favourites} from '../../../export/web/src/state/favourites.js';
import {History} from '../../../export/web/src/state/history.js';
import {packPoint, unpackPoint} from '../../../export/web/src/state/point_text.js';
import {
  MOST_CHORDS, chordsText, placeOf, readChordLine, tooLong, triadNote,
} from '../../../export/web/src/state/progression.js';
import {styleName, title} from '../../../export/web/src/state/style_names.js';
import {seeded, whole} from '../vectors.mjs';

test('undone steps are redone, step by step', () => {
  const history = new History(0);
  for (const value of [1, 2, 3]) history.set(value);
  const seen = [];
  while (history.canUndo) {
    history.undo();
    seen.push(history.value);
  }
  assert.deepEqual(seen, [2, 1, 0]);
  while (history.canRedo) history.redo();
  assert.equal(history.value, 3);
});

test('changes of one kind in a row are one step, until they settle', () => {
  const history = new History('a');
  for (const value of ['b', 'c']) history.set(value, 'slider');
  history.settle();
  history.set('d', 'slider');
  history.set('e', 'other');
  const values = [];
  while (history.canUndo) {
    history.undo();
    values.push(history.value);
  }
  assert.deepEqual(values, ['d', 'c', 'a']);
});

test('a new change after an undo forgets what was undone', () => {
  const history = new History(1);
  history.set(2);
  history.undo();
  history.set(3);
  assert.equal(history.canRedo, false);
  history.undo();
  assert.equal(history.value, 1);
});

test('random undo and redo equal those of a list with a cursor', () => {
  const random = seeded(4);
  const history = new History(0);
  let [line, finger] = [[0], 0];
  for (let i = 1; i < 500; i++) {
    const what = whole(random, 0, 2);
    if (what === 0) {
      history.set(i);
      line = [...line.slice(0, finger + 1), i].slice(-201);
      finger = line.length - 1;
    } else if (what === 1) {
      history.undo();
      finger = Math.max(0, finger - 1);
    } else {
      history.redo();
      finger = Math.min(line.length - 1, finger + 1);
    }
    assert.equal(history.value, line[finger]);
    assert.deepEqual([history.canUndo, history.canRedo], [finger > 0, finger < line.length - 1]);
  }
});

test('points as text keep each number to half a step', () => {
  const random = seeded(2);
  const point = Float32Array.from({length: 128}, () => 10 * random() - 5);
  const text = packPoint(point);
  assert.match(text, /^[\w-]+$/);
  unpackPoint(text).forEach((x, i) => assert.ok(Math.abs(x - point[i]) <= 1 / 48 + 1e-6));
  assert.deepEqual([...unpackPoint(packPoint([100, -100]))], [...Float32Array.from([127 / 24, -127 / 24])]);
  assert.equal(packPoint(unpackPoint(text)), text);
});

test('chord lines are read and written as they were typed', () => {
  const {chords, bars} = readChordLine('| c | am7 gsus4/d | % | e7(b9, #11) |');
  assert.deepEqual(chords, [['C'], ['Am7', 'Gsus4/D'], ['Am7', 'Gsus4/D'], ['E7(b9, #11)']]);
  assert.equal(bars, 4);
  assert.equal(chordsText(chords), 'C Am7|Gsus4/D Am7|Gsus4/D E7(b9, #11)');
  assert.deepEqual(readChordLine(chordsText(chords)).chords, chords);
  for (const line of ['Cmaj7 C/E Gsus4 E7#9 N.C.', 'F#m7b5|B7 C6/9', 'C-7 C:hdim7 Bø C5']) {
    assert.equal(chordsText(readChordLine(line).chords), line);
  }
  assert.throws(() => readChordLine('C|G|Am'), /3 chords in one measure/);
  assert.throws(() => readChordLine('C|G|Am|F|C'), /5 chords in one measure/);
});

test('64 bars are taken, and the original number is known', () => {
  const line = Array.from({length: 80}, (_, i) => (i === 63 ? 'Dm7' : 'C')).join(' ');
  const {chords, bars} = readChordLine(line);
  assert.equal(MOST_CHORDS, 64);
  assert.deepEqual([chords.length, chords[63], bars], [64, ['Dm7'], 80]);
  assert.match(tooLong(bars), /64 of 80 bars/);
});

test('one sentence names the chords that are played as triads', () => {
  const note = (line, voice = false) => triadNote(readChordLine(line).chords, voice);
  assert.equal(note('C Am Bdim F+ N.C.'), '');
  assert.equal(note('Cmaj7 C/E C Gsus4|E7#9 Cmaj7'),
    'Played as triads: Cmaj7 as C, C/E as C, Gsus4 as G, E7#9 as E.');
  assert.equal(note('C/E', true), 'The model hears triads: C/E as C. Then notes move to what was typed.');
  assert.match(note('C7 D7 E7 F7 G7 A7 B7 Bb7'), /A7 as A, and 2 more\.$/);
});

test('the position of a symbol in its line is that of the whole word', () => {
  assert.equal(placeOf('m', 'Cm F m G'), 5);
  assert.equal(placeOf('Hm', '| C |Hm| G |'), 5);
  assert.equal(placeOf('C(', 'C F C( G'), 4);
  assert.equal(placeOf('C|G|Am', 'F C|G|Am F'), 2);
  assert.equal(placeOf('Xyz', 'C F'), -1);
});

test('other chords keep the blends of their bars', () => {
  const arrangement = {
    ...newArrangement(seeded(1)), chords: [['C'], ['D7']], blend: [10, 70], down: [5, 9],
  };
  const longer = withChords(arrangement, [['E'], ['F'], ['G'], ['A']]);
  assert.deepEqual([longer.blend, longer.down], [[10, 70, 70, 70], [5, 9, 9, 9]]);
  assert.deepEqual(withChords(arrangement, [['E']]).blend, [10]);
  // a bar that is kept whole keeps its chord; the bars of a song are not those of the line
  const kept = {bars: [1, 5], cells: {}};
  const locked = withChords({...arrangement, kept}, [['E'], ['F'], ['G']]);
  assert.deepEqual([locked.chords, locked.kept.bars], [[['E'], ['D7'], ['G']], [1]]);
  const song = withChords({...arrangement, kept, song: {form: ['A', 'A', 'A']}}, [['E'], ['F']]);
  assert.deepEqual([song.chords, song.kept], [[['E'], ['F']], kept]);
  const order = withOrder(arrangement, [1, 1, 0]);
  assert.deepEqual([order.chords, order.blend, order.down],
    [[['D7'], ['D7'], ['C']], [70, 70, 10], [9, 9, 5]]);
});

test('swapped styles sound the same, and twice are as before', () => {
  const arrangement = {
    ...newArrangement(seeded(1)), c: {seed: 3}, d: {seed: 4}, blend: [0, 30, 100], down: [0, 5, 9],
  };
  const other = swapped(arrangement);
  assert.deepEqual([other.a, other.b, other.c, other.d, other.blend, other.down],
    [arrangement.b, arrangement.a, {seed: 4}, {seed: 3}, [100, 70, 0], [0, 5, 9]]);
  assert.deepEqual(swapped(other), arrangement);
});

test('mute, solo, program and volume of a part', () => {
  const parts = ['0.0', '33.0'].map((key) => ({key, program: Number(key.split('.')[0])}));
  const fresh = newArrangement(seeded(1));
  const heard = (arrangement) => parts.map((part) => partSound(arrangement, part, parts).heard);
  assert.deepEqual(partSound(fresh, parts[1], parts), {heard: true, program: 33, volume: 100});
  assert.deepEqual(heard(withPart(fresh, '0.0', {mute: true})), [false, true]);
  const solo = withPart(withPart(fresh, '0.0', {mute: true}), '0.0', {solo: true});
  assert.deepEqual(heard(solo), [true, false]);
  assert.deepEqual(heard(withPart(fresh, '48.0', {solo: true})), [true, true]); // does not play
  const changed = withPart(fresh, '33.0', {program: 38, volume: 0});
  assert.deepEqual(partSound(changed, parts[1], parts), {heard: true, program: 38, volume: 0});
  assert.ok(hasPartChoices(changed) && !hasPartChoices(fresh));
  assert.ok(!hasPartChoices(withPart(fresh, '0.0', {mute: false, program: undefined})));
});

test('blends: held, a morph, or neither', () => {
  assert.deepEqual(morph(4), [0, 33, 67, 100]);
  assert.deepEqual(morph(1), [0]);
  assert.deepEqual([isHeld([5, 5]), isMorph([5, 5])], [true, false]);
  assert.deepEqual([isHeld([0, 50, 100]), isMorph([0, 50, 100])], [false, true]);
  assert.deepEqual([isHeld([0, 100, 50]), isMorph([0, 100, 50])], [false, false]);
  assert.equal(isMorph([0]), false); // one bar is held
  assert.equal(meanShare([0, 33, 67, 100]), 50);
});

test('a style is heard where a bar has something of it', () => {
  const heard = (blend, down = blend.map(() => 0)) =>
    [...'abcd'].filter((which) => isHeard({blend, down}, which)).join('');
  assert.equal(heard([0, 0]), 'a');
  assert.equal(heard([100, 100]), 'b');
  assert.equal(heard([0, 1]), 'ab');
  assert.equal(heard([99, 100]), 'ab');
  assert.equal(heard([0, 100], [100, 100]), 'cd');
  assert.equal(heard([0, 0], [0, 1]), 'ac');
  assert.equal(heard([30], [40]), 'abcd');
});

test('styles have names, and titles describe the music', () => {
  const names = new Set(Array.from({length: 1000}, (_, seed) => styleName({seed})));
  assert.ok(names.size > 600);
  assert.equal(styleName({point: 'AAAA', name: 'Song, bar 3'}), 'Song, bar 3');
  const [a, b] = [{seed: 1}, {seed: 2}];
  const titleOf = (blend, down = blend.map(() => 0)) =>
    title({a, b, c: {seed: 3}, d: {seed: 4}, blend, down});
  assert.equal(titleOf([0, 0]), styleName(a));
  assert.equal(titleOf([100]), styleName(b));
  assert.equal(titleOf([0, 100]), `${styleName(a)} to ${styleName(b)}`);
  assert.equal(titleOf([90, 10, 90], [80, 90, 70]),
    `${styleName({seed: 4})} to ${styleName({seed: 3})}`);
});

afterEach(() => delete globalThis.localStorage);

/** As in a browser, with something in it. */
function storage(items = {}) {
  const values = new Map(Object.entries(items));
  globalThis.localStorage = {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => values.set(key, String(value)),
  };
  return values;
}

const point = packPoint([1, -1, 0.5]);
const KEPT = [
  {name: 'Mine', style: {seed: 7}}, {name: 'Early', style: {seed: 8, isEarly: true}},
  {name: 'Read', style: {point, name: 'Song, bar 3'}},
];

test('favourites are kept, each style once, under the last name', () => {
  storage();
  const favourites = new Favourites('m', 3);
  for (const each of KEPT) assert.equal(favourites.add(each), true);
  assert.deepEqual(favourites.all, KEPT);
  assert.deepEqual(new Favourites('m', 3).all, KEPT);
  favourites.rename({seed: 7}, 'Ours');
  favourites.add({name: 'Again', style: {point, name: 'Other words'}});
  assert.deepEqual(favourites.all.map(({name}) => name), ['Ours', 'Early', 'Again']);
  favourites.remove({seed: 8}); // early seeds are other styles
  assert.equal(favourites.all.length, 3);
});

test('a restored favourite returns to its position', () => {
  storage();
  const favourites = new Favourites('m', 3);
  for (const each of KEPT) favourites.add(each);
  favourites.remove(KEPT[1].style);
  favourites.add(KEPT[1], KEPT[2].style);
  assert.deepEqual(favourites.all, KEPT);
  favourites.remove(KEPT[2].style);
  favourites.add(KEPT[2]);
  assert.deepEqual(favourites.all, KEPT);
});

test('two tabs do not lose each other\'s favourites', () => {
  storage();
  const [one, two] = [new Favourites('m', 3), new Favourites('m', 3)];
  assert.deepEqual(two.all, []);
  one.add(KEPT[0]);
  two.add(KEPT[1]);
  one.add(KEPT[2]);
  assert.deepEqual(two.all, KEPT);
});

test('a page with another model neither shows nor loses the favourites of this one', () => {
  storage();
  const [small, large, twin] = [
    new Favourites('small', 3), new Favourites('large', 4), new Favourites('twin', 3)];
  for (const each of KEPT) small.add(each);
  const other = {name: 'Large', style: {seed: 7}};
  for (const each of [large, twin]) {
    assert.deepEqual(each.all, []);
    each.add(other);
    assert.deepEqual(each.all, [other]);
    each.remove(other.style);
  }
  assert.deepEqual(small.all, KEPT);
});

test('favourites of earlier pages, without a model, belong to any model that can read them', () => {
  storage({'gm-vae-favourites': JSON.stringify([
    {name: 'Mine', style: 's7'}, {name: 'Read', style: `~${point}~Song`}, {name: 'damaged'},
  ])});
  assert.deepEqual(new Favourites('m', 3).all.map(({name}) => name), ['Mine', 'Read']);
  assert.deepEqual(new Favourites('n', 4).all.map(({name}) => name), ['Mine']);
});

test('favourites that another page damaged are none, and new ones can be kept', () => {
  for (const damaged of ['{"not": "a list"}', 'not JSON', '[null, 3, "x"]']) {
    storage({'gm-vae-favourites': damaged});
    const favourites = new Favourites('m', 3);
    assert.deepEqual(favourites.all, []);
    favourites.add(KEPT[0]);
    assert.deepEqual(favourites.all, [KEPT[0]]);
  }
});

test('without storage in the browser, they last as long as the page, which reports this', () => {
  const full = () => {
    throw new Error('the quota is used up');
  };
  for (const own of [undefined, {getItem: () => null, setItem: full}]) {
    globalThis.localStorage = own;
    const favourites = new Favourites('m', 3);
    assert.equal(favourites.add(KEPT[0]), false);
    assert.equal(favourites.add(KEPT[1]), false);
    assert.deepEqual(favourites.all, KEPT.slice(0, 2));
  }
});
