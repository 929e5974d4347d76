/** Checks of what a person keeps and plays: locks, notes by hand, the pad between four styles. */

import assert from 'node:assert/strict';
import path from 'node:path';

const BAR = 96; // steps

const arrangementOf = (page) => page.evaluate(() => window.studio.arrangement);
const settled = (page) => page.waitForFunction(() => window.studio.isSettled);
const button = (page, name) => page.getByRole('button', {name, exact: true});
const notesOf = (page) => page.evaluate(() => {
  const {parts, notes} = window.studio.song;
  return notes.map(({part, pitch, velocity, start, end}) =>
    ({key: parts[part].key, pitch, velocity, start, end}));
});
const inBar = (notes, bar) => notes.filter(({start}) => Math.floor(start / BAR) === bar);
const ofPart = (notes, wanted) => notes.filter(({key}) => key === wanted);
const lockOf = (page, name) => page.getByRole('button', {name: new RegExp(`^Lock ${name}`)});

/** What is right for the eye in both themes, and what is large enough for fingers. */
async function looksRight(page, findFaults) {
  for (const theme of ['dark', 'light']) {
    await page.emulateMedia({colorScheme: theme});
    await page.locator(`[data-theme=${theme}]`).waitFor();
    assert.deepEqual(await page.evaluate(findFaults), [], theme);
  }
  const small = await page.evaluate(() => [...document.querySelectorAll('button, select, summary')]
    .filter((each) => each.getClientRects().length)
    .map((each) => [each.ariaLabel || each.innerText, each.getBoundingClientRect()])
    .filter(([, {width, height}]) => width < 24 || height < 24).map(([name]) => name));
  assert.deepEqual(small, []);
}

/** Where a note is drawn on the screen: its middle and its end. */
const placeOf = (page, note) => page.evaluate(({key, pitch, start, end}) => {
  const {song} = window.studio;
  const canvas = document.querySelector('.note-layer');
  const {left, top, width} = canvas.getBoundingClientRect();
  const step = (width - 40) / (song.bars * 96);
  const pitches = song.notes.filter(({part}) => !song.parts[part].isDrum).map((each) => each.pitch);
  let [low, high] = [Math.min(...pitches) - 1, Math.max(...pitches) + 1];
  const missing = 25 - (high - low + 1);
  if (missing > 0) [low, high] = [low - Math.floor(missing / 2), high + Math.ceil(missing / 2)];
  const lanes = new Set(song.notes.filter(({part}) => song.parts[part].isDrum)
    .map((each) => each.pitch)).size;
  const semitone = (canvas.getBoundingClientRect().height - (lanes ? 9 * lanes + 16 : 0)) / (high - low + 1);
  const y = top + (high - pitch + 0.5) * semitone;
  return {
    x: left + 40 + step * (start + end) / 2, end: left + 40 + step * end - 2, y, step, semitone, key,
  };
}, note);

async function drag(page, from, to) {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2);
  await page.mouse.move(to.x, to.y);
  await page.mouse.up();
}

/**
 * A note of a melodic part, which a person has added: in the second bar, if it begins at 120. No other
 * is near it, nor where it is moved.
 */
async function loneNote(page, start = 120) {
  const note = await page.evaluate((from) => {
    const {song, keeping} = window.studio;
    const {key} = song.parts.find(({isDrum}) => !isDrum);
    const pitches = song.notes.filter(({part}) => !song.parts[part].isDrum).map(({pitch}) => pitch);
    const isFree = (pitch) => pitches.every((other) =>
      (other < pitch - 6 || other > pitch + 2) && Math.abs(other - pitch - 14) > 1);
    const pitch = [...Array(110).keys()].reverse().find((each) => each >= 20 && isFree(each));
    const added = {key, pitch, velocity: 97, start: from, end: from + 24};
    keeping.edit(null, added);
    return added;
  }, start);
  await settled(page);
  return note;
}

export const editChecks = {
  /** Locked bars and parts stay note for note; the rest, and only the rest, has new notes and chords. */
  async locks(page, {open, findFaults}) {
    const before = await notesOf(page);
    const model = await page.evaluate(() => window.studio.link);
    const {key, name} = await page.evaluate(() => window.studio.song.parts[0]);
    await lockOf(page, 'bar 2').click();
    await button(page, `Lock ${name}`).click();
    await settled(page);
    assert.deepEqual(await notesOf(page), before);
    const isKept = async () => {
      await settled(page);
      const now = await notesOf(page);
      assert.deepEqual(inBar(now, 1), inBar(before, 1));
      for (const bar of [0, 2, 3]) {
        assert.deepEqual(ofPart(inBar(now, bar), key), ofPart(inBar(before, bar), key));
      }
      return now;
    };
    await button(page, 'Roll again').click();
    assert.notDeepEqual(await isKept(), before);
    await button(page, 'Surprise me').click();
    await page.waitForFunction(() => window.studio.arrangement.a.seed !== 21);
    const other = await isKept();
    assert.notDeepEqual(ofPart(other, key), other); // others play too
    // chords change where nothing is locked
    const text = page.getByLabel('Chords', {exact: true});
    await text.fill('Dm E7 Bb A');
    await text.press('Enter');
    await page.locator('.notice').filter({hasText: 'Bar 2 is locked and keeps G|Em'}).waitFor();
    assert.equal(await text.inputValue(), 'Dm G|Em Bb A');
    await isKept();
    // it can be seen, and read aloud
    await lockOf(page, 'bar 2').and(page.locator('[aria-pressed=true]')).waitFor();
    await page.getByRole('status').filter({hasText: `Locked: bar 2; ${name}.`}).waitFor();
    await page.getByRole('img', {name: `Locked: bar 2; ${name}`}).waitFor();
    await page.evaluate(() => window.studio.seek(100));
    assert.equal(await page.getByRole('slider', {name: 'Place in the music'})
      .getAttribute('aria-valuetext'), 'Bar 2 of 4, locked');
    assert.equal(await button(page, `Roll ${name} again`).getAttribute('aria-disabled'), 'true');
    await looksRight(page, findFaults);
    // a link has them, and a bar takes its lock along
    const linked = await open(page.context(), await page.evaluate(() => window.studio.link));
    assert.deepEqual(await notesOf(linked), await notesOf(page));
    await linked.getByRole('button', {name: /^Bar 1:/}).click();
    await linked.getByRole('dialog').getByRole('button', {name: 'Delete'}).click();
    await settled(linked);
    const shifted = inBar(before, 1).map((note) =>
      ({...note, start: note.start - BAR, end: note.end - BAR}));
    assert.deepEqual(inBar(await notesOf(linked), 0), shifted);
    await linked.close();
    // step by step back, or let go of at once
    await page.evaluate(() => {
      while (window.studio.canUndo) window.studio.undo();
    });
    await settled(page);
    assert.equal(await page.evaluate(() => window.studio.link), model);
    assert.deepEqual(await notesOf(page), before);
    for (let bar = 1; bar <= 4; bar++) await lockOf(page, `bar ${bar}`).click();
    await button(page, 'Roll again').click();
    await page.getByText('All bars are locked. Release one').waitFor();
    await button(page, 'Release all').click();
    assert.equal(await page.evaluate(() => window.studio.link), model);
  },

  /** Notes move, grow, come and go under a pointer, and stay when the rest is rolled again. */
  async notes(page, {save, open, findFaults}) {
    await button(page, 'Edit notes').click();
    const note = await loneNote(page);
    const before = await notesOf(page);
    const has = async (wanted) => {
      await settled(page);
      const {key, pitch, start, end} = wanted;
      const found = (await notesOf(page)).filter((each) => each.key === key && each.pitch === pitch &&
        each.start === start && each.end === end);
      assert.equal(found.length, 1, JSON.stringify([wanted, await notesOf(page)]));
    };
    // to the next grid line and two semitones down
    let at = await placeOf(page, note);
    await drag(page, at, {x: at.x + 6 * at.step, y: at.y + 2 * at.semitone});
    const moved = {...note, pitch: note.pitch - 2, start: note.start + 6, end: note.end + 6};
    const bar = 1;
    await has(moved);
    await button(page, 'Undo').click();
    await settled(page);
    assert.deepEqual(await notesOf(page), before);
    // its end
    at = await placeOf(page, note);
    await drag(page, {x: at.end, y: at.y}, {x: at.end - 6 * at.step, y: at.y});
    const shorter = {...note, end: note.end - 6};
    await has(shorter);
    // gone with the right button, back by undo
    at = await placeOf(page, shorter);
    await page.mouse.click(at.x, at.y, {button: 'right'});
    assert.equal((await notesOf(page)).length, before.length - 1);
    await button(page, 'Undo').click();
    await has(shorter);
    // a new one where nothing is, of the chosen part
    const free = {...shorter, pitch: shorter.pitch - 4};
    at = await placeOf(page, free);
    await page.mouse.click(at.x, at.y);
    await settled(page);
    const added = (await notesOf(page)).filter(({pitch, key, start, end}) => key === note.key &&
      pitch === free.pitch && start <= (free.start + free.end) / 2 && end > (free.start + free.end) / 2);
    assert.equal(added.length, 1);
    await page.getByRole('status').filter({hasText: /Edited: bar/}).waitFor();
    await looksRight(page, findFaults);

    // kept when the rest is new, in the link, in the files
    const kept = ofPart(inBar(await notesOf(page), bar), note.key);
    await button(page, 'Roll again').click();
    await settled(page);
    assert.deepEqual(ofPart(inBar(await notesOf(page), bar), note.key), kept);
    assert.notDeepEqual(await notesOf(page), before);
    const linked = await open(page.context(), await page.evaluate(() => window.studio.link));
    assert.deepEqual(await notesOf(linked), await notesOf(page));
    await linked.close();
    const saved = await save(page, 'Save MIDI', 'edited.mid');
    const facts = {saved, notes: await notesOf(page)};
    facts.part = await page.evaluate((key) => {
      const {studio} = window;
      const part = studio.song.parts.find((each) => each.key === key);
      return [...studio.midiBytes(studio.alone(part))];
    }, note.key); // what a stem is rendered from
    facts.own = ofPart(facts.notes, note.key);
    // until it is let go of
    const name = await page.evaluate((key) =>
      window.studio.song.parts.find((part) => part.key === key).name, note.key);
    const lock = button(page, `Lock ${name}`);
    assert.equal(await lock.getAttribute('aria-pressed'), 'mixed');
    await lock.click();
    assert.equal(await lock.getAttribute('aria-pressed'), 'true');
    await lock.click();
    await settled(page);
    assert.deepEqual((await arrangementOf(page)).kept, {bars: [], cells: {}});
    return facts;
  },

  /** All edits by keys; each step is announced. */
  async 'note keys'(page) {
    await button(page, 'Edit notes').press('Enter');
    const said = page.locator('#note-said');
    const layer = page.getByRole('application', {name: /^Notes of/});
    await layer.focus();
    const chosen = async () => {
      const {parts, notes} = await page.evaluate(() => window.studio.song);
      return {parts, notes, text: await said.innerText()};
    };
    const press = async (...keys) => {
      for (const key of keys) await page.keyboard.press(key);
      await settled(page);
      return said.innerText();
    };
    await loneNote(page, 216); // to the right of the first
    const first = await loneNote(page);
    const names = ['C', 'C♯', 'D', 'E♭', 'E', 'F', 'F♯', 'G', 'A♭', 'A', 'B♭', 'B'];
    const name = (pitch) => names[pitch % 12] + (Math.floor(pitch / 12) - 1);
    const own = ofPart(await notesOf(page), first.key);
    await press('Home', ...Array(own.findIndex(({start, pitch}) =>
      start === first.start && pitch === first.pitch)).fill('ArrowRight'));
    assert.equal(await said.innerText(), `${name(first.pitch)}, bar 2, beat 2, 1 beat long`);
    const second = await press('ArrowRight');
    assert.notEqual(await press('ArrowLeft'), second);
    assert.match(await press('Shift+ArrowUp', 'Shift+ArrowUp'), new RegExp(`^${name(first.pitch + 2)}`));
    assert.match(await press('PageUp'), new RegExp(`^${name(first.pitch + 14)}`));
    await press('Shift+ArrowRight');
    const moved = (await notesOf(page)).find(({key, pitch}) =>
      key === first.key && pitch === first.pitch + 14);
    const length = first.end - first.start;
    assert.ok(moved.start > first.start && moved.end - moved.start === length);
    await press('-');
    const shorter = (await notesOf(page)).find(({key, pitch, start}) =>
      key === first.key && pitch === moved.pitch && start === moved.start);
    assert.ok(shorter.end < moved.end);
    const count = (await notesOf(page)).length;
    await press('Enter');
    assert.equal((await notesOf(page)).length, count + 1);
    await press('Delete', 'Delete');
    assert.equal((await notesOf(page)).length, count - 1);
    // each was a step of its own; what is undone is chosen again by an arrow
    const before = await page.evaluate(() => window.studio.arrangement);
    await press('Control+z');
    assert.equal((await notesOf(page)).length, count);
    await press('Control+y');
    assert.deepEqual(await arrangementOf(page), before);
    const {parts} = await chosen();
    const label = await layer.getAttribute('aria-label');
    await press('ArrowDown');
    assert.notEqual(await layer.getAttribute('aria-label'), label);
    assert.ok(parts.length > 1);
    // a key that is held is one step
    const steps = () => page.evaluate(() => window.studio._history._past.length);
    const past = await steps();
    await page.keyboard.down('Shift');
    for (let i = 0; i < 5; i++) await page.keyboard.down('ArrowUp');
    await page.keyboard.up('ArrowUp');
    await page.keyboard.up('Shift');
    assert.equal(await steps(), past + 1);
    // buttons do the same; the space key still plays; Escape leaves
    const here = await said.innerText();
    await button(page, 'Move lower').click();
    assert.notEqual(await said.innerText(), here);
    for (const each of ['Previous note', 'Next note', 'Move earlier', 'Move later', 'Move higher',
      'Longer', 'Shorter', 'Add a note', 'Delete the note']) {
      await button(page, each).click();
      await settled(page);
    }
    await layer.focus();
    await page.keyboard.press(' ');
    await page.waitForFunction(() => window.studio.player.isPlaying);
    await page.keyboard.press(' ');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    assert.equal(await layer.count(), 0);
  },

  /** Fingers: on a note they move it, beside notes they scroll or add one. */
  async 'note touch'(page, {openPhone, fingers}) {
    const phone = await openPhone();
    const swipe = await fingers(phone);
    await button(phone, 'Edit notes').tap();
    const layer = phone.locator('.note-layer');
    await layer.evaluate((element) => element.scrollIntoView({block: 'center'}));
    const note = await loneNote(phone);
    const frame = phone.locator('.roll-frame');
    await frame.evaluate((box, left) => box.scrollTo({left}), Math.max(0, note.start - 60));
    const at = await placeOf(phone, note);
    const before = await notesOf(phone);
    const scrolled = () => frame.evaluate((box) => box.scrollLeft);
    const left = await scrolled();
    await swipe.from({x: at.x, y: at.y}, [0, 6 * at.semitone]);
    await settled(phone);
    assert.equal(await scrolled(), left);
    const after = await notesOf(phone);
    assert.notDeepEqual(after, before);
    assert.equal(after.length, before.length);
    // beside all notes: the last bars have none
    await phone.evaluate(() => {
      const {studio} = window;
      studio.change({kept: {...studio.arrangement.kept, bars: [2, 3]}});
    });
    await settled(phone);
    const rest = await notesOf(phone);
    await frame.evaluate((box) => box.scrollTo({left: 0}));
    const top = await layer.evaluate((element) => element.getBoundingClientRect().top);
    await swipe.from({x: 330, y: top + 60}, [-150, 0]);
    await phone.waitForFunction(() => document.querySelector('.roll-frame').scrollLeft > 0);
    assert.deepEqual(await notesOf(phone), rest);
    await button(phone, 'Edit notes').tap();
  },

  /** A square of four styles: all bars while nothing plays, the next one while music does. */
  async pad(page, {open, factsOf, findFaults}) {
    const chip = button(page, 'Pad');
    await chip.click();
    const pad = page.getByRole('group', {name: 'Pad between four styles'});
    await pad.waitFor();
    await settled(page);
    for (const letter of 'CD') await page.getByText(`Style ${letter}`, {exact: true}).waitFor();
    const places = async () => {
      const {blend, down} = await arrangementOf(page);
      return blend.map((x, bar) => [x, down[bar]]);
    };
    const drop = async (x, y) => {
      const box = await pad.boundingBox();
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      await page.mouse.down();
      await page.mouse.move(box.x + (x / 100) * box.width, box.y + (y / 100) * box.height);
      await page.mouse.up();
    };
    await drop(25, 75);
    assert.deepEqual(await places(), Array(4).fill([25, 75]));
    await button(page, 'Undo').click(); // a drag is one step
    assert.deepEqual(await places(), [[0, 0], [30, 0], [60, 0], [100, 0]]);
    await button(page, 'Redo').click();
    // keys: the arrows go both ways, and the place is announced
    const axis = page.getByRole('slider', {name: 'Pad, from left to right'});
    await axis.focus();
    for (const key of ['ArrowRight', 'ArrowUp', 'Shift+ArrowUp', 'Shift+ArrowLeft']) {
      await page.keyboard.press(key);
    }
    assert.deepEqual(await places(), Array(4).fill([29, 69]));
    assert.equal(await axis.getAttribute('aria-valuetext'), '22 % A, 9 % B, 49 % C, 20 % D');
    await page.keyboard.press('Home');
    await page.keyboard.press('PageDown');
    await page.keyboard.press('PageDown');
    assert.deepEqual(await places(), Array(4).fill([0, 100]));
    await looksRight(page, findFaults);
    await page.evaluate(() => window.studio.change({blend: [20, 80, 50, 0], down: [10, 30, 90, 0]}));
    await settled(page);
    const facts = await factsOf(page);
    const linked = await open(page.context(), await page.evaluate(() => window.studio.link));
    assert.deepEqual(await notesOf(linked), await notesOf(page));
    await linked.getByRole('group', {name: 'Pad between four styles'}).waitFor(); // it is in use
    await linked.close();
    return facts;
  },

  /** While music plays the next bar comes from the pad; what is recorded stays, in one step. */
  async 'pad playing'(page) {
    await button(page, 'Pad').click();
    await page.locator('.pad').waitFor();
    await settled(page);
    const song = (places) => page.evaluate(async ([blend, down]) => {
      const {studio} = window;
      const {parts, notes} = await studio._composer.compose({...studio.arrangement, blend, down});
      return notes.map(({part, pitch, start}) => `${parts[part].key} ${pitch} ${start}`);
    }, places);
    const bar = (notes, wanted) => notes.filter((each) =>
      Math.floor(Number(each.split(' ')[2]) / 96) === wanted);
    const before = await arrangementOf(page);
    const own = await song([before.blend, before.down]);
    const expected = await song([[0, 40, 60, 100], [0, 90, 0, 0]]); // the second bar from the pad
    await page.evaluate(() => window.studio.change({qpm: 60}));
    await settled(page);
    await button(page, 'Play').click();
    await page.waitForFunction(() => window.studio.player.isPlaying);
    await page.evaluate(async () => {
      const {studio} = window;
      const {context} = await studio.sounds.live();
      context.resume = async () => {}; // its clock stands: only seeking leads on, however slow all is
      await context.suspend();
      studio.seek(10);
      studio.pad.move({x: 40, y: 90});
    });
    await settled(page);
    const played = (await notesOf(page)).map(({key, pitch, start}) => `${key} ${pitch} ${start}`);
    assert.deepEqual(bar(played, 0).sort(), bar(own, 0).sort()); // this one sounds already
    assert.notDeepEqual(bar(own, 1).sort(), bar(expected, 1).sort());
    assert.deepEqual(bar(played, 1).sort(), bar(expected, 1).sort());
    const {blend, down} = await arrangementOf(page);
    assert.deepEqual([blend, down], [before.blend, before.down]); // it is only played
    await page.getByText('The next bar comes from the pad').waitFor();
    await button(page, 'Pause').click();
    await page.waitForFunction(() => !window.studio.pad.isLive && window.studio.isSettled);
    assert.deepEqual((await notesOf(page)).map(({key, pitch, start}) => `${key} ${pitch} ${start}`)
      .sort(), own.sort());

    // recorded: from the first bar on, each bar as the pad is then; what did not play stays
    await page.evaluate(() => window.studio.seek(0));
    const steps = () => page.evaluate(() => window.studio._history._past.length);
    const past = await steps();
    await button(page, 'Record').click();
    await page.getByText('Recording: each bar that plays').waitFor();
    const first = await page.evaluate(() => window.studio.pad.place);
    await page.evaluate(() => window.studio.pad.move({x: 70, y: 20}));
    await page.evaluate(() => window.studio.seek(100));
    await page.waitForFunction(() => window.studio.arrangement.down[2] === 20);
    await button(page, 'Pause').click();
    await page.waitForFunction(() => !window.studio.pad.isRecording && window.studio.isSettled);
    const recorded = await arrangementOf(page);
    assert.deepEqual([recorded.blend, recorded.down],
      [[first.x, 70, before.blend[2], before.blend[3]], [first.y, 20, 0, 0]]);
    assert.equal(await steps(), past + 1);
    assert.match(await page.evaluate(() => window.studio.link), /[#&]y=\d+\.20\.0\.0&/);
    await button(page, 'Undo').click();
    const undone = await arrangementOf(page);
    assert.deepEqual([undone.blend, undone.down], [before.blend, before.down]);

    // songs have no pad: what it plays ends when one begins
    await button(page, 'Play').click();
    await page.waitForFunction(() => window.studio.player.isPlaying);
    await page.evaluate(() => window.studio.pad.move({x: 40, y: 90}));
    assert.ok(await page.evaluate(() => window.studio.pad.isLive));
    await button(page, 'Song').click();
    await page.waitForFunction(() => !window.studio.pad.isLive && window.studio.isSettled);
    const {blend: x, down: y, song: form} = await arrangementOf(page);
    assert.deepEqual([x, y, form.form], [before.blend, before.down, ['A', 'A', 'B', 'A']]);
    assert.equal(await page.evaluate(() => window.studio.song.bars), 17);
  },

  /** The page reports once that notes exceed a link; saved files have them. */
  async 'long links'(page, {save}) {
    await page.evaluate(() => {
      const {studio} = window;
      studio.setChords(Array.from({length: 64}, (_, bar) => [['C', 'Dm', 'F', 'G'][bar % 4]]));
    });
    await settled(page);
    await page.evaluate(() => {
      const {studio} = window;
      const [{key}] = studio.song.parts;
      const note = (start) => ({pitch: 20 + start, velocity: 97, start, end: start + 1});
      const cell = Array.from({length: 64}, (_, start) => note(start));
      const cells = Object.fromEntries(Array.from({length: 64}, (_, bar) => [`${bar}:${key}`, cell]));
      studio.change({kept: {bars: [], cells}});
    });
    await settled(page);
    assert.equal(await page.locator('.notice').count(), 0); // not of what another one did
    await lockOf(page, 'bar 1,').click();
    await page.locator('.notice').filter({hasText: 'too many for a link'}).waitFor();
    assert.doesNotMatch(await page.evaluate(() => window.studio.link), /[#&]k=/);
    const bytes = await page.evaluate(() => window.studio.midiBytes().length);
    assert.ok(bytes > 64 * 64 * 6);
    await button(page, 'OK').click();
    await lockOf(page, 'bar 2,').click();
    await settled(page);
    assert.equal(await page.locator('.notice').count(), 0);
    assert.ok(path.basename(await save(page, 'Save MIDI', 'many.mid')) === 'many.mid');
  },
};
