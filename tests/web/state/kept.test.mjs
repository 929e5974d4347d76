import assert from 'node:assert/strict';
import {test} from 'node:test';

import {Format} from '../../../packages/engine/src/music/format.js';
import {songOfNotes} from '../../../packages/engine/src/music/song.js';
import {
  NOTHING_KEPT, barShare, hasKept, notesIn, partShare, reordered, withBar, withEdit, withPartKept,
  withoutBar, withoutPart,
} from '../../../export/web/src/state/kept.js';
import {meanPlace, nearestCorner, shares, withPlace} from '../../../export/web/src/state/pad.js';
import {seeded, whole} from '../vectors.mjs';

const format = new Format();
const BAR = format.stepsPerMeasure;
const note = (bar, pitch, start, end) =>
  ({pitch, velocity: 81, start: bar * BAR + start, end: bar * BAR + end});
const song = songOfNotes(new Map([
  ['0.0', [note(0, 60, 0, 48), note(0, 64, 48, 96), note(1, 60, 0, 24), note(2, 67, 12, 24)]],
  ['33.0', [note(0, 36, 0, 96), note(2, 40, 0, 96)]],
]), {format, bars: 3, chordChanges: []});
const placed = (key, bar, pitch, start, end) => ({key, ...note(bar, pitch, start, end)});
const pitches = (kept, bar, key) =>
  notesIn(kept, song, bar, key).map(({pitch, start, end}) => [pitch, start, end]);

test('a locked bar and a locked part say so, and are let go of one by one', () => {
  const bar = withBar(NOTHING_KEPT, song, 2);
  assert.deepEqual([0, 1, 2].map((each) => barShare(bar, each, 3)), ['none', 'none', 'all']);
  assert.deepEqual(['0.0', '33.0'].map((key) => partShare(bar, key, 3)), ['none', 'none']);
  const both = withPartKept(bar, song, '33.0');
  assert.deepEqual([0, 1, 2].map((each) => barShare(both, each, 3)), ['none', 'none', 'all']);
  assert.deepEqual(['0.0', '33.0'].map((key) => partShare(both, key, 3)), ['none', 'all']);
  assert.deepEqual(withoutPart(both, '33.0'), bar);
  assert.deepEqual(withoutBar(both, 2, 3), withPartKept(NOTHING_KEPT, song, '33.0'));
  assert.ok(!hasKept(withoutBar(withoutPart(both, '33.0'), 2, 3)));
});

test('an edit keeps its bar of its part, which is some of both', () => {
  const kept = withEdit(NOTHING_KEPT, song, placed('0.0', 0, 60, 0, 48), placed('0.0', 1, 62, 24, 48));
  assert.deepEqual(Object.keys(kept.cells), ['0:0.0', '1:0.0']);
  assert.deepEqual([0, 1, 2].map((bar) => barShare(kept, bar, 3)), ['some', 'some', 'none']);
  assert.deepEqual([partShare(kept, '0.0', 3), partShare(kept, '33.0', 3)], ['some', 'none']);
  assert.deepEqual(pitches(kept, 0, '0.0'), [[64, 48, 96]]);
  assert.deepEqual(pitches(kept, 1, '0.0'), [[60, 0, 24], [62, 24, 48]]);
  // the next edit is of what this one left; letting go of the part lets go of both bars
  const again = withEdit(kept, song, placed('0.0', 1, 62, 24, 48), null);
  assert.deepEqual(pitches(again, 1, '0.0'), [[60, 0, 24]]);
  assert.ok(!hasKept(withoutPart(again, '0.0')));
  assert.deepEqual(pitches(withoutBar(kept, 1, 3), 1, '0.0'), [[60, 0, 24]]);
});

test('a note makes room for itself on its own pitch', () => {
  const held = withEdit(NOTHING_KEPT, song, null, placed('33.0', 0, 36, 24, 48));
  assert.deepEqual(pitches(held, 0, '33.0'), [[36, 0, 24], [36, 24, 48]]);
  const over = withEdit(NOTHING_KEPT, song, null, placed('0.0', 0, 64, 40, 60));
  assert.deepEqual(pitches(over, 0, '0.0'), [[60, 0, 48], [64, 40, 60]]);
});

test('what is kept goes with its bar into another order', () => {
  const kept = withEdit(withBar(NOTHING_KEPT, song, 2), song, null, placed('0.0', 1, 70, 0, 9));
  const moved = reordered(kept, [2, 2, 0]);
  assert.deepEqual(moved.bars, [0, 1]);
  assert.deepEqual(Object.keys(moved.cells).sort(), ['0:0.0', '0:33.0', '1:0.0', '1:33.0']);
  assert.deepEqual(reordered(kept, [0]), NOTHING_KEPT);
  assert.deepEqual(reordered(kept, [0, 1, 2]), kept);
});

test('random edits never leave two notes of a pitch that overlap, nor change other bars', () => {
  const random = seeded(5);
  let kept = NOTHING_KEPT;
  for (let i = 0; i < 400; i++) {
    const bar = whole(random, 0, 1);
    const own = notesIn(kept, song, bar, '0.0').map((each) =>
      ({...each, key: '0.0', start: bar * BAR + each.start, end: bar * BAR + each.end}));
    const start = whole(random, 0, BAR - 1);
    const added = placed('0.0', bar, whole(random, 60, 63), start, whole(random, start + 1, BAR));
    kept = withEdit(kept, song, own[whole(random, 0, own.length)] ?? null, random() < 0.7 ? added : null);
    for (const pitch of [60, 61, 62, 63]) {
      const line = notesIn(kept, song, bar, '0.0').filter((each) => each.pitch === pitch)
        .sort((a, b) => a.start - b.start);
      line.slice(1).forEach((each, at) => assert.ok(line[at].end <= each.start));
      assert.ok(line.every((each) => each.start < each.end && each.end <= BAR));
    }
  }
  assert.deepEqual(pitches(kept, 2, '0.0'), [[67, 12, 24]]);
});

test('places in the pad: shares of the corners, the nearest one, the middle of all', () => {
  assert.deepEqual(shares({x: 0, y: 0}), [100, 0, 0, 0]);
  assert.deepEqual(shares({x: 100, y: 100}), [0, 0, 0, 100]);
  assert.deepEqual(shares({x: 50, y: 20}), [40, 40, 10, 10]);
  for (let x = 0; x <= 100; x += 7) {
    for (let y = 0; y <= 100; y += 9) {
      const all = shares({x, y});
      assert.equal(all.reduce((sum, share) => sum + share, 0), 100);
      assert.ok(all.every((share) => share >= 0));
    }
  }
  assert.deepEqual([[0, 0], [51, 50], [50, 51], [80, 80]].map(([x, y]) => nearestCorner({x, y})),
    ['a', 'b', 'c', 'd']);
  const places = {blend: [0, 100], down: [0, 50]};
  assert.deepEqual(meanPlace(places), {x: 50, y: 25});
  assert.deepEqual(withPlace(places, 1, {x: 3, y: 4}), {blend: [0, 3], down: [0, 4]});
});
