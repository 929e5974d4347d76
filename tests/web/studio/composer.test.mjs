import assert from 'node:assert/strict';
import {beforeEach, test} from 'node:test';

import {Composer} from '../../../export/web/src/studio/composer.js';
import {loadModel} from '../model.mjs';

const model = await loadModel();
const WANTED = {
  a: {seed: 1}, b: {seed: 2}, voice: false, character: {}, temperature: 60, seed: 3, parts: {},
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

const compose = (chords, blend = chords.map(() => 0)) => composer.compose({...WANTED, chords, blend});
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

const SONG = {
  form: ['A', 'A', 'B', 'A'], chords: {B: [['F'], ['Dm'], ['Bb'], ['C']]}, styles: {}, follow: true,
  contrast: 50, vary: 50, bars: 16, fills: true, ending: true,
};
const LINE = [['C'], ['G'], ['Am'], ['F']];
const playSong = (changes = {}, chords = LINE) =>
  composer.compose({...WANTED, chords, blend: LINE.map(() => 0), song: {...SONG, ...changes}});

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
