import assert from 'node:assert/strict';
import {test} from 'node:test';

import {newArrangement} from '../../../export/web/src/state/arrangement.js';
import {fromLink, toLink} from '../../../export/web/src/state/link.js';
import {chordsText, parseChords} from '../../../export/web/src/state/progression.js';
import {withSectionChords} from '../../../export/web/src/state/song_bars.js';
import {
  barsAsked, chordsOf, lettersIn, newSong, playedBars, readFormText, sectionsOf, styleOf, withForm,
  withStyle,
} from '../../../export/web/src/state/song_form.js';
import {title} from '../../../export/web/src/state/style_names.js';
import {oneOf, seeded, whole} from '../vectors.mjs';

const READER = {latentSize: 5, fingerprint: '0badcafe'};

/** An arrangement of a line of chords with a song, of which some is changed. */
function songOf(line, changes = {}) {
  const random = seeded(3);
  const chords = parseChords(line);
  const places = chords.map(() => 0);
  const arrangement = {...newArrangement(random), chords, blend: places, down: places};
  return {...arrangement, song: withForm(newSong(arrangement), changes, random)};
}
const read = (arrangement) => fromLink(toLink(arrangement, READER.fingerprint), READER);
const lines = (arrangement) => sectionsOf(arrangement)
  .map(({name, chords}) => `${name}: ${chordsText(chords)}`);

test('forms are read as people write them', () => {
  for (const [text, form] of [
    ['A A B A', 'A A B A'], ['aaba', 'A A B A'], ['A, A>B, B', 'A A>B B'], ['a -> b b', 'A>B B'],
    ['A A → C | C', 'A A>C C'], ['H', 'H'],
  ]) assert.equal(readFormText(text)?.join(' '), form, text);
  for (const text of ['', ' ', 'A I', 'A >', '> B', 'A>B>C', 'A 2', 'Q', 'A'.repeat(65)]) {
    assert.equal(readFormText(text), null, text);
  }
});

test('a new song turns the chords of A for B, and fits', () => {
  assert.deepEqual(lines(songOf('C G Am F')),
    ['A: C G Am F', 'A: C G Am F', 'B: Am F C G', 'A: C G Am F']);
  assert.deepEqual(lines(songOf('C')), ['A: C', 'A: C', 'B: C', 'A: C']);
  const long = songOf(Array(64).fill('C').join(' '));
  assert.deepEqual([barsAsked(long), playedBars(long).bars.length], [64, 65]);
});

test('a new song has the styles of the pad where it has their letters', () => {
  const [c, d] = [{seed: 7}, {seed: 8}];
  const arrangement = {...songOf('C G'), c, d};
  const song = withForm(newSong(arrangement), {form: ['A', 'B', 'C', 'D', 'E']}, seeded(1));
  assert.deepEqual(['A', 'B', 'C', 'D'].map((letter) => styleOf({...arrangement, song}, letter)),
    [arrangement.a, arrangement.b, c, d]);
  assert.notDeepEqual(song.styles.E, d);
  assert.deepEqual(newSong({...arrangement, c: null, d: null}).styles, {});
});

test('sections have their own chords, those where they begin, or those of A', () => {
  const song = songOf('C G', {form: ['A>B', 'B>A', 'C'], chords: {B: parseChords('F|C Em Am')}});
  assert.deepEqual(lines(song), ['A>B: C G', 'B>A: F|C Em Am', 'C: C G']);
  assert.deepEqual(lines({...song, song: {...song.song, bars: 4}}),
    ['A>B: C G C G', 'B>A: F|C Em Am F|C', 'C: C G C G']);
  const changed = {...song, ...withSectionChords(song, 'C', parseChords('D'))};
  assert.equal(chordsText(chordsOf(changed, 'C')), 'D');
  assert.deepEqual({...changed, ...withSectionChords(changed, 'C', null)}, song);
  const first = {...song, ...withSectionChords(song, 'A', parseChords('D D D'))};
  assert.deepEqual([chordsText(first.chords), first.blend.length], ['D D D', 3]);
  assert.equal(chordsText(chordsOf(first, 'B')), 'F|C Em Am');
});

test('no more than 64 bars are played, and the ending after them', () => {
  const song = songOf('C G Am F', {form: Array(20).fill('A'), bars: 5});
  assert.equal(barsAsked(song), 100);
  const {bars, sections} = playedBars(song);
  assert.deepEqual([bars.length, sections.length], [65, 14]);
  assert.deepEqual(sections.slice(-2),
    [{name: 'A', bar: 60, bars: 4}, {name: 'Ending', bar: 64, bars: 1}]);
  assert.deepEqual(bars[64], {symbols: ['C'], section: 13, index: -1});
  assert.deepEqual(bars[7], {symbols: ['Am'], section: 1, index: 2});
});

test('a style that is chosen for a letter is heard', () => {
  const song = songOf('C', {form: ['B', 'A', 'D']});
  assert.ok(song.song.follow);
  assert.deepEqual(lettersIn(song.song.form), ['B', 'A', 'D']);
  const style = {seed: 5};
  for (const [letter, follows] of [['B', true], ['A', false], ['D', false]]) {
    const changed = {...song, ...withStyle(song, letter, style)};
    assert.deepEqual(styleOf(changed, letter), style);
    assert.equal(changed.song.follow, follows, letter);
  }
  assert.deepEqual(withStyle({...song, song: null}, 'B', style), {b: style});
  assert.equal(title(song).includes(' and '), false);
  assert.equal(title({...song, song: {...song.song, follow: false}}).split(' and ').length, 2);
});

test('links keep songs', () => {
  const random = seeded(8);
  const NAMES = ['A', 'B', 'C', 'H', 'A>B', 'B>A', 'C>H'];
  for (let i = 0; i < 200; i++) {
    const form = Array.from({length: whole(random, 1, 8)}, () => oneOf(random, NAMES));
    const own = NAMES.slice(1).filter(() => random() < 0.4);
    const song = songOf('C G', {
      form,
      chords: Object.fromEntries(own.map((name) => [name, parseChords(oneOf(random, ['Dm', 'F|C G7/B Am']))])),
      follow: random() < 0.5,
      contrast: whole(random, 0, 100),
      vary: whole(random, 0, 100),
      bars: oneOf(random, [0, 4, 16]),
      fills: random() < 0.5,
      ending: random() < 0.5,
    });
    assert.deepEqual(read(song), {arrangement: song, notes: []});
    assert.match(toLink(song, READER.fingerprint), /^[\w.~!*'()%&=-]+$/);
  }
  assert.equal(read({...songOf('C'), song: null}).arrangement.song, null);
});

test('what is damaged in a song of a link is as in a new one', () => {
  const {arrangement: {song}, notes} = fromLink(
    'c=C&f=A.x.B-A.AA&o=b999&cB=Hm_C&cQ=C&cA=F&sA=s1&sC=~&s=s1', READER);
  assert.deepEqual(song.form, ['A', 'B>A']);
  assert.deepEqual([song.contrast, song.vary, song.bars, song.follow], [50, 50, 0, true]);
  assert.deepEqual(song.chords, {B: [['N.C.'], ['C']]});
  assert.match(notes.join(), /Not a chord: “Hm”/);
  assert.equal(fromLink('c=C&f=&o=b4c50v50', READER).arrangement.song, null);
});
