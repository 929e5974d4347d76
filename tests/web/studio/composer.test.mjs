import assert from 'node:assert/strict';
import {beforeEach, test} from 'node:test';

import {drumTemperatureAt} from '../../../packages/engine/src/engine/grammar.js';
import {inSquare} from '../../../packages/engine/src/engine/points.js';
import {DECODING} from '../../../packages/engine/src/generated/tables.js';
import {makeSong, presentTracks} from '../../../packages/engine/src/music/song.js';
import {NOTHING_KEPT, withBar, withEdit, withPartKept} from '../../../export/web/src/state/kept.js';
import {Composer} from '../../../export/web/src/studio/composer.js';
import {loadModel} from '../model.mjs';

const model = await loadModel();
const WANTED = {
  a: {seed: 1}, b: {seed: 2}, c: {seed: 4}, d: {seed: 5}, voice: false, character: {},
  temperature: 60, seed: 3, parts: {}, kept: NOTHING_KEPT, song: null,
};

let asked; // how many rows the model was asked for at each call
let composer;
beforeEach(async () => {
  asked = [];
  composer = new Composer({
    load: async () => ({
      format: model.format.fields, latentSize: model.latentSize, fingerprint: model.fingerprint,
    }),
    decode: async (rows, decoding) => {
      asked.push(rows.length);
      return model.decoder.decode(rows, decoding);
    },
    programs: async (points) => model.decoder.programLogits(points),
  });
  await composer.load('');
});

const compose = (chords, blend = chords.map(() => 0), changes = {}) =>
  composer.compose({...WANTED, chords, blend, down: chords.map(() => 0), ...changes});
const decoded = async (run) => {
  asked = [];
  await run();
  return asked.reduce((sum, rows) => sum + rows, 0);
};

test('chords are named as typed and heard as their triads', async () => {
  const typed = await compose([['Cmaj7'], ['Gsus4', 'E7#9'], ['am/g']]);
  const triads = await compose([['C'], ['G', 'E'], ['Am']]);
  assert.deepEqual(typed.notes, triads.notes);
  assert.deepEqual(typed.chordChanges.map(({symbol}) => symbol), ['Cmaj7', 'Gsus4', 'E7#9', 'am/g']);
  assert.equal(await decoded(() => compose([['C6/9'], ['G5', 'E']])), 0);
});

test('an edit is only its own bar, however long one edits', async () => {
  const way = Array.from({length: 16}, (_, bar) => bar);
  const loop = way.map((bar) => [['C', 'Dm', 'F', 'G'][bar % 4]]);
  const whole = await decoded(() => compose(loop, way)); // 16 points: all tracks differ
  assert.ok(whole >= 128);
  const roots = ['A', 'B', 'C', 'D', 'E', 'F', 'G'];
  const kinds = ['', 'm', '+', 'dim'];
  const others = roots.flatMap((root) => kinds.map((kind) => root + kind));
  for (let i = 0; i < 600; i++) { // more tracks than are kept
    const chords = loop.map((bar, at) => (at === 9 ? [others[i % 28], others[i % 27]] : bar));
    assert.ok(await decoded(() => compose(chords, way)) <= model.format.maxTracks);
  }
  assert.ok(await decoded(() => compose(loop, way)) <= model.format.maxTracks);
});

const CHORDS = [['C'], ['G'], ['Am'], ['F']];

/** Part key -> its notes in a bar, in steps of the song. */
function notesOf({parts, notes, format}, bar) {
  const own = notes.filter(({start}) => Math.floor(start / format.stepsPerMeasure) === bar);
  return Object.fromEntries(parts.map(({key}, i) => [key, own.filter(({part}) => part === i)
    .map(({pitch, velocity, start, end}) => [pitch, velocity, start, end])])
    .filter(([, those]) => those.length));
}

test('a place in the square is decoded as the point of the grid between four', async () => {
  const points = [1, 2, 4, 5].map((seed) => composer.point({seed}));
  const middle = inSquare(points, 0.25, 0.6);
  const {notes} = await compose([['C']], [25], {down: [60]});
  const rows = [...Array(model.format.maxTracks).keys()].map((track) =>
    ({z: middle, track, chords: [1, 1], seed: 3, draw: 0}));
  const tokens = model.decoder.decode(rows, {
    temperature: 0.6, drumTemperature: drumTemperatureAt(0.6), repeatPenalty: DECODING.repeatPenalty,
  });
  const tracks = presentTracks(tokens.map((own) => ({tokens: own})));
  assert.deepEqual(notes, makeSong([{symbols: ['C'], tracks}], model.format).notes);
  const corner = await compose([['C']], [100], {down: [100]});
  const alone = await compose([['C']], [0], {a: {seed: 5}});
  assert.deepEqual(corner.notes, alone.notes);
});

test('a locked bar stays note for note under other seeds, styles and chords', async () => {
  const song = await compose(CHORDS);
  const kept = withBar(NOTHING_KEPT, song, 1);
  let changed = 0;
  for (let seed = 10; seed < 20; seed++) {
    const other = await compose([['Dm'], ['E'], ['Bb'], ['C#']], [0, 30, 60, 100],
      {seed, a: {seed: seed + 1}, kept});
    assert.deepEqual(notesOf(other, 1), notesOf(song, 1));
    changed += JSON.stringify(notesOf(other, 2)) !== JSON.stringify(notesOf(song, 2));
  }
  assert.ok(changed >= 8, `${changed} of 10`);
});

test('a locked part stays note for note, alone, and the others change', async () => {
  const song = await compose(CHORDS);
  for (const {key} of song.parts) {
    const kept = withPartKept(NOTHING_KEPT, song, key);
    const other = await compose(CHORDS, undefined, {seed: 99, a: {seed: 7}, kept});
    for (const bar of CHORDS.keys()) {
      assert.deepEqual(notesOf(other, bar)[key], notesOf(song, bar)[key]);
    }
    assert.notDeepEqual(other.notes, song.notes);
  }
});

test('an edited bar of a part is kept, and the rest of it changes', async () => {
  const song = await compose(CHORDS);
  const {key} = song.parts[0];
  const added = {key, pitch: 100, velocity: 90, start: 96 + 30, end: 96 + 40};
  const kept = withEdit(NOTHING_KEPT, song, null, added);
  const bar = 1;
  const own = [...(notesOf(song, bar)[key] ?? []), [100, 90, 126, 136]]
    .sort((a, b) => a[2] - b[2] || a[0] - b[0]);
  for (const seed of [3, 4, 5]) {
    const other = await compose(CHORDS, undefined, {seed, kept});
    assert.deepEqual(notesOf(other, bar)[key], own);
  }
});

const SONG = {
  form: ['A', 'A', 'B', 'A'], chords: {B: [['F'], ['Dm'], ['Bb'], ['C']]}, styles: {}, follow: true,
  contrast: 50, vary: 50, bars: 16, fills: true, ending: true,
};
const LINE = [['C'], ['G'], ['Am'], ['F']];
const playSong = (changes = {}, chords = LINE) =>
  composer.compose({...WANTED, chords, blend: LINE.map(() => 0), down: LINE.map(() => 0), song: {...SONG, ...changes}});

test('of a song only the sections that change are decoded again', async () => {
  const whole = await decoded(() => playSong());
  const {maxTracks} = model.format;
  assert.ok(whole > 30 * maxTracks);
  assert.equal(await decoded(() => playSong()), 0);
  // 16 bars of four chords: four new bars, their variations and fills
  const ofB = await decoded(() => playSong({chords: {B: [['F'], ['Dm'], ['Bb'], ['Em']]}}));
  assert.ok(ofB > 0 && ofB <= 16 * maxTracks + 16, `${ofB} rows`);
  // without its variations less is new
  assert.equal(await decoded(() => playSong({vary: 0})), 0);
  assert.equal(await decoded(() => playSong({ending: false})), 0);
});

test('a song has its sections, and at contrast 0 one style', async () => {
  const song = await playSong({bars: 4, fills: false, vary: 0});
  assert.deepEqual(song.sections, [{bar: 0, name: 'A'}, {bar: 4, name: 'A'}, {bar: 8, name: 'B'},
    {bar: 12, name: 'A'}, {bar: 16, name: 'Ending'}]);
  assert.equal(song.bars, 17);
  const barOf = ({notes, format: {stepsPerMeasure}}, bar) => notes
    .filter(({start}) => Math.floor(start / stepsPerMeasure) === bar)
    .map(({part, pitch, start, end}) => [part, pitch, start - bar * stepsPerMeasure, end - start].join());
  assert.deepEqual(barOf(song, 13), barOf(song, 1));
  const same = await playSong({bars: 4, fills: false, vary: 0, contrast: 0, chords: {}});
  assert.deepEqual(barOf(same, 9), barOf(same, 1));
});

test('between two styles instruments change one by one, whatever the chords', async () => {
  const way = Array.from({length: 11}, (_, bar) => 10 * bar);
  const chords = way.map((_, bar) => LINE[bar % 4]);
  const {notes, parts, format: {stepsPerMeasure}} = await compose(chords, way);
  const bands = way.map((_, bar) => new Set(notes
    .filter(({start}) => Math.floor(start / stepsPerMeasure) === bar)
    .map(({part}) => parts[part].key)));
  const changes = bands.slice(1).map((band, i) =>
    [...band].filter((key) => !bands[i].has(key)).length);
  assert.ok(Math.max(...changes) <= 2, String(changes));
  const held = await compose(chords, way.map(() => 40));
  const keys = (song) => song.parts.map(({key}) => key);
  assert.deepEqual(keys(held), keys(await compose(chords.slice(0, 2), [45, 45])));
});
