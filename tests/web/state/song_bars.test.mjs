import assert from 'node:assert/strict';
import {test} from 'node:test';

import {newArrangement} from '../../../export/web/src/state/arrangement.js';
import {chordsText, parseChords} from '../../../export/web/src/state/progression.js';
import {withSectionChords, withSectionOrder, withSong} from '../../../export/web/src/state/song_bars.js';
import {chordsOf, newSong, playedBars, withForm} from '../../../export/web/src/state/song_form.js';
import {oneOf, seeded, whole} from '../vectors.mjs';

const PART = '33.0';
const note = (pitch) => ({pitch, velocity: 90, start: 0, end: 12});

/** A song of two bars a section, in which bars are locked; a locked bar's note is its number. */
function songOf(form, locked, changes = {}) {
  const random = seeded(3);
  const plain = {...newArrangement(random), chords: parseChords('C G')};
  const song = withForm(newSong(plain), {form: form.split(' '), ending: false, chords: {}, ...changes}, random);
  const cells = locked.map((bar) => [`${bar}:${PART}`, [note(bar)]]);
  return {...plain, song, kept: {bars: locked, cells: Object.fromEntries(cells)}};
}
const changed = (arrangement, changes) => ({...arrangement, ...changes});
const withFormText = (arrangement, form) => changed(arrangement,
  withSong(arrangement, withForm(arrangement.song, {form: form.split(' ')}, seeded(1))));
/** Bar -> the bar that it was, of what is locked. */
const locks = ({kept}) => {
  assert.deepEqual(Object.keys(kept.cells).map((name) => parseInt(name)).sort((a, b) => a - b), kept.bars);
  return Object.fromEntries(kept.bars.map((bar) => [bar, kept.cells[`${bar}:${PART}`][0].pitch]));
};

test('locks go with their section into another form', () => {
  const song = songOf('A A B A', [1, 5, 6]); // of the first A, of B, of the third A
  assert.deepEqual(locks(withFormText(song, 'B A A A')), {1: 5, 3: 1, 6: 6});
  assert.deepEqual(locks(withFormText(song, 'A B A A')), {1: 1, 3: 5, 6: 6});
  assert.deepEqual(locks(withFormText(song, 'A C B')), {1: 1, 5: 5}); // the third A is gone
  assert.deepEqual(locks(withFormText(song, 'C C')), {});
});

test('a line of chords is the first A of its song, there and back', () => {
  const line = {...songOf('A', [0]), song: null};
  const song = changed(line, withSong(line, withForm(newSong(line), {form: ['B', 'A']}, seeded(1))));
  assert.deepEqual(locks(song), {2: 0});
  assert.deepEqual(locks(changed(song, withSong(song, null))), {0: 0});
});

test('locks stay in their bar of the section where sections are longer or shorter', () => {
  const song = songOf('A B', [0, 1, 2, 3]);
  const long = changed(song, withSong(song, withForm(song.song, {bars: 4})));
  assert.deepEqual(locks(long), {0: 0, 1: 1, 4: 2, 5: 3});
  const more = changed(song, withSectionChords(song, 'A', parseChords('C G F')));
  assert.deepEqual(locks(more), {0: 0, 1: 1, 3: 2, 4: 3}); // B plays the chords of A
});

test('the lock of an ending stays the ending\'s', () => {
  const song = songOf('A B', [4], {ending: true});
  assert.deepEqual(locks(withFormText(song, 'A')), {2: 4});
  assert.deepEqual(locks(changed(song, withSong(song, {...song.song, ending: false}))), {});
});

test('bars in another order take their locks along, wherever their line is played', () => {
  const song = songOf('A B A', [0, 3, 4], {chords: {B: parseChords('F Dm')}});
  const turned = changed(song, withSectionOrder(song, 'A', [1, 0]));
  assert.equal(chordsText(chordsOf(turned, 'A')), 'G C');
  assert.deepEqual(locks(turned), {1: 0, 3: 3, 5: 4});
  const twice = changed(song, withSectionOrder(song, 'B', [0, 1, 1]));
  assert.equal(chordsText(chordsOf(twice, 'B')), 'F Dm Dm');
  assert.deepEqual(locks(twice), {0: 0, 3: 3, 4: 3, 5: 4});
  const shared = songOf('A B', [0, 3]); // B plays the chords of A
  assert.deepEqual(locks(changed(shared, withSectionOrder(shared, 'A', [1, 0]))), {1: 0, 2: 3});
});

test('a line that is played more than once keeps the locks of each time', () => {
  const song = songOf('A', [0, 3], {bars: 4}); // C G C G
  assert.deepEqual(locks(changed(song, withSectionOrder(song, 'A', [1, 0]))), {1: 0, 2: 3});
});

test('random forms: a lock is in the section that it was in, or gone with it', () => {
  const random = seeded(9);
  const randomForm = () => Array.from({length: whole(random, 1, 6)}, () => oneOf(random, ['A', 'B', 'C']));
  const placesIn = (form) => form.flatMap((name, i) => {
    const time = form.slice(0, i).filter((other) => other === name).length;
    return [0, 1].map((number) => `${name}${time}.${number}`);
  });
  for (let i = 0; i < 200; i++) {
    const [old, form] = [randomForm(), randomForm()];
    const locked = [...Array(2 * old.length).keys()].filter(() => random() < 0.4);
    const after = withFormText(songOf(old.join(' '), locked), form.join(' '));
    assert.equal(playedBars(after).bars.length, 2 * form.length);
    const before = placesIn(old);
    const wanted = placesIn(form).flatMap((place, bar) =>
      (locked.includes(before.indexOf(place)) ? [[bar, before.indexOf(place)]] : []));
    assert.deepEqual(locks(after), Object.fromEntries(wanted));
  }
});
