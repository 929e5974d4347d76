// node page.mjs REQUEST.json: clicks through the page in Chromium, one check after another.
//
// The request has `chromium`, `url`, `files` {name: path}, `out` (a folder), `only` (names of
// checks, null for all quick ones, or "names" for their names alone). Prints {name: {error, facts}} as
// JSON; facts are what Python
// compares with its own.

import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import path from 'node:path';

import {chromium} from 'playwright-core';

import {axeChecks} from './axe.mjs';
import {editChecks} from './edits.mjs';
import {FONTS, environment, use} from './fonts.mjs';
import {fingers, handChecks} from './hands.mjs';
import {misfits} from './layout.mjs';
import {monkey} from './monkey.mjs';
import {songChecks} from './song_checks.mjs';
import * as starts from './starts.mjs';
import * as windows from './windows.mjs';

const request = JSON.parse(await readFile(process.argv[2], 'utf8'));
const {url, files, out} = request;
const WIDTHS = [320, 360, 390, 414, 768, 1280]; // px of windows
const PATIENCE_MS = 180000; // of one wait: other work may have the machine
const LINK = '#c=C_G|Em_Am_F&a=s21&b=s45&x=0.30.60.100&t=70&s=5&q=120';

const checks = {
  async plays(page) {
    const step = () => page.evaluate(() => window.studio.player.step);
    await page.getByRole('button', {name: 'Play', exact: true}).click();
    await page.waitForFunction(() => window.studio.player.step > 40);
    await page.locator('.is-playing .chord-button').first().waitFor();
    await page.getByRole('button', {name: 'Pause'}).click();
    assert.equal(await page.evaluate(() => window.studio.player.isPlaying), false);
    assert.equal(await step(), await step());
    // it continues from its position: here far from the end, however late the click came
    const rest = 100;
    await page.evaluate((to) => window.studio.seek(to), rest);
    await page.locator('body').press(' ');
    await page.waitForFunction((from) => window.studio.player.step > from, rest);
    await page.locator('body').press(' ');
    await page.locator('.canvases canvas').last().click({position: {x: 300, y: 100}});
    const sought = await step();
    await page.locator('body').press('Home');
    assert.equal(await step(), 0);
    assert.ok(sought > 30);
    // without repeating it ends by itself
    await page.getByRole('button', {name: 'Repeat'}).click();
    await slide(page.getByLabel('Tempo'), 240);
    await page.evaluate(() => window.studio.seek(3.9 * 96));
    await page.getByRole('button', {name: 'Play', exact: true}).click();
    await page.waitForFunction(() =>
      !window.studio.player.isPlaying && window.studio.player.step === 0);
  },

  async chords(page) {
    const text = page.getByLabel('Chords', {exact: true});
    await text.fill('Dm7 G|C7 Am');
    await text.press('Enter');
    await settled(page);
    assert.deepEqual(await chordsOf(page), [['Dm7'], ['G', 'C7'], ['Am']]);
    assert.equal(await page.evaluate(() => window.studio.song.bars), 3);
    // a refusal marks the chord that it is about
    await text.fill('Dm7 Hm C');
    await text.press('Enter');
    assert.match(await page.locator('#chord-error').innerText(), /“Hm” is not a chord/);
    assert.equal(await text.evaluate((box) =>
      box.value.slice(box.selectionStart, box.selectionEnd)), 'Hm');
    await text.press('Escape');
    assert.equal(await text.inputValue(), 'Dm7 G|C7 Am');
    // what is typed stays in the box, over the roll, in the link and the file; one sentence says more
    await text.fill('| cmaj7 | am7/g gsus4 | % | e7#9 |');
    await text.press('Enter');
    await page.getByText('Played as triads: Cmaj7 as C, Am7/G as Am, Gsus4 as G, E7#9 as E.').waitFor();
    // and these are voiced if a person likes: pitches move, under E7#9 to the seventh
    await settled(page);
    const decoded = await notesOf(page);
    const sevenths = (notes) => notes.filter(({pitch, start}) => start >= 288 && pitch % 12 === 2);
    const voicing = page.getByRole('button', {name: 'Voice them', pressed: false});
    await voicing.click();
    await page.getByText('The model hears triads: Cmaj7 as C, Am7/G as Am,').waitFor();
    await settled(page);
    const voiced = await notesOf(page);
    const times = (notes) => notes.map(({part, start, end}) => `${part} ${start} ${end}`).sort();
    assert.deepEqual(times(voiced), times(decoded));
    assert.ok(sevenths(voiced).length > sevenths(decoded).length);
    assert.match(await page.evaluate(() => new URL(window.studio.link).hash), /&v=1&/);
    await page.getByRole('button', {name: 'Voice them', pressed: true}).click();
    await settled(page);
    assert.deepEqual(await notesOf(page), decoded);
    const typed = 'Cmaj7 Am7/G|Gsus4 Am7/G|Gsus4 E7#9';
    assert.equal(await text.inputValue(), typed);
    await settled(page);
    await page.getByRole('button', {name: 'Bar 2: Am7/G Gsus4.'}).waitFor();
    await page.waitForFunction((line) =>
      decodeURIComponent(window.location.hash).includes(`#c=${line}&`), typed.replaceAll(' ', '_'));
    const saved = await save(page, 'Save MIDI', 'chords.mid');
    await text.fill('C');
    await text.press('Enter');
    assert.equal(await page.locator('#chord-note').innerText(), '');
    await page.getByLabel('Open a file').setInputFiles(saved);
    await page.getByRole('button', {name: 'Open the arrangement'}).click();
    assert.equal(await text.inputValue(), typed);
    const help = page.getByRole('button', {name: 'How chords are written'});
    const example = page.getByText('Cmaj7 F#m7b5 C/E Gsus4', {exact: true});
    assert.ok(!await example.isVisible());
    await help.click();
    assert.ok(await example.isVisible());
    await help.click();
    await text.fill('Dm7 G|C7 Am');
    await text.press('Enter');
    await settled(page);

    const panel = page.getByRole('dialog');
    await page.getByRole('button', {name: /^Bar 1:/}).click();
    await panel.getByRole('button', {name: 'E♭'}).click();
    await panel.getByRole('button', {name: 'aug'}).click();
    assert.deepEqual((await chordsOf(page))[0], ['Eb+']);
    await panel.getByRole('button', {name: 'Split'}).click();
    await panel.getByRole('group', {name: 'Which chord'}).getByRole('button').nth(1).click();
    await panel.getByRole('button', {name: 'none'}).click();
    assert.deepEqual((await chordsOf(page))[0], ['Eb+', 'N.C.']);
    await panel.getByRole('button', {name: 'Double'}).click();
    await panel.getByRole('button', {name: 'Move to the right'}).click();
    await panel.getByRole('button', {name: 'Delete'}).click();
    assert.deepEqual(await chordsOf(page), [['Eb+', 'N.C.'], ['G', 'C7'], ['Am']]);
    const second = page.getByRole('button', {name: /^Bar 2:/});
    await second.click();
    await page.keyboard.press('Escape');
    assert.equal(await panel.count(), 0);
    // a key before the browser has painted the panel is the panel's as well
    await second.evaluate(async (button) => {
      button.click();
      await new Promise((drawn) => new MutationObserver(drawn).observe(
        button.parentElement, {childList: true}));
      document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {
        key: 'Escape', bubbles: true}));
    });
    await panel.waitFor({state: 'detached'});
    await page.getByRole('button', {name: 'Add a chord'}).click();
    assert.equal((await chordsOf(page)).length, 4);
    await page.getByLabel('Example progressions').selectOption({index: 4});
    assert.equal((await chordsOf(page)).length, 12);
    // of a line that is too long what was typed stays, until the chords change elsewhere
    const long = Array(70).fill('C').join(' ');
    await text.fill(long);
    await text.press('Enter');
    await page.getByText('The first 64 of 70 bars are taken').waitFor();
    assert.equal(await text.inputValue(), long);
    assert.equal((await chordsOf(page)).length, 64);
    await settled(page);
    assert.equal(await page.evaluate(() => window.studio.song.bars), 64);
    assert.equal(await page.getByRole('button', {name: 'Add a chord'}).count(), 0);
    await page.getByRole('button', {name: 'Bar 64:'}).click();
    await panel.getByRole('button', {name: 'Delete'}).click();
    assert.equal(await text.inputValue(), Array(63).fill('C').join(' '));
    assert.equal(await page.getByText('The first 64 of').count(), 0);
    await text.fill('C C|D|E');
    await text.press('Enter');
    await page.getByText('“C|D|E” has 3 chords in one measure').waitFor();
  },

  async styles(page) {
    const before = await notesOf(page);
    await page.getByRole('button', {name: 'New style A'}).click();
    await page.waitForFunction(() => window.studio.arrangement.a.seed !== 21);
    await settled(page);
    assert.notDeepEqual(await notesOf(page), before);
    const blend = () => page.evaluate(() => window.studio.arrangement.blend);
    await slide(page.getByLabel(/^Blend of style A and style B/), 40);
    assert.deepEqual(await blend(), [40, 40, 40, 40]);
    await slide(page.getByLabel(/^Blend in bar 3/), 90);
    assert.deepEqual(await blend(), [40, 40, 90, 40]);
    await page.getByRole('button', {name: 'Morph A'}).click();
    assert.deepEqual(await blend(), [0, 33, 67, 100]);
    const b = await page.evaluate(() => window.studio.arrangement.b);
    await page.getByRole('button', {name: 'Swap A and B'}).click();
    assert.deepEqual(await page.evaluate(() => window.studio.arrangement.a), b);
    assert.deepEqual(await blend(), [100, 67, 33, 0]);
    await page.getByRole('button', {name: 'Hold'}).click();
    assert.deepEqual(await blend(), [50, 50, 50, 50]);
    await settled(page);
    const held = await notesOf(page);
    await page.getByRole('button', {name: 'Roll again'}).click();
    await settled(page);
    assert.notDeepEqual(await notesOf(page), held);
    await slide(page.getByLabel('Daring', {exact: false}).first(), 0);
    await settled(page);
    const greedy = await notesOf(page);
    await page.getByRole('button', {name: 'Roll again'}).click();
    await settled(page);
    assert.deepEqual(await notesOf(page), greedy);
    await page.getByRole('button', {name: 'Surprise me'}).click();
    await page.waitForFunction((old) => window.studio.arrangement.a.seed !== old, b.seed);
  },

  async instruments(page) {
    const parts = await page.evaluate(() => window.studio.song.parts);
    const melodic = parts.find(({isDrum}) => !isDrum);
    const heard = () => page.evaluate(() =>
      window.studio.song.parts.map((part) => window.studio.sound(part).heard));
    const button = (name) => page.getByRole('button', {name, exact: true});
    await button(`Mute ${parts[0].name}`).click();
    assert.deepEqual(await heard(), parts.map((_, i) => i > 0));
    await button(`Solo ${parts[1].name}`).click();
    assert.deepEqual(await heard(), parts.map((_, i) => i === 1));
    await slide(page.getByLabel(`Volume of ${parts[1].name}`, {exact: true}), 31);
    await page.getByLabel(`Sound of ${melodic.name}`, {exact: true}).selectOption('11');
    const sound = (key) => page.evaluate((wanted) =>
      window.studio.sound(window.studio.song.parts.find(({key}) => key === wanted)), key);
    assert.equal((await sound(parts[1].key)).volume, 31);
    assert.equal((await sound(melodic.key)).program, 11);
    await page.getByRole('button', {name: 'Reset'}).click();
    assert.ok((await heard()).every(Boolean));
    assert.equal((await sound(melodic.key)).program, melodic.program);

    const before = await notesOf(page);
    await button(`Roll ${melodic.name} again`).click();
    await settled(page);
    const after = await notesOf(page);
    assert.deepEqual(await page.evaluate(() => window.studio.song.parts), parts);
    const others = (notes) => notes.filter(({part}) => parts[part].key !== melodic.key);
    const own = (notes) => notes.filter(({part}) => parts[part].key === melodic.key);
    assert.deepEqual(others(after), others(before));
    assert.notDeepEqual(own(after), own(before));
    await page.getByRole('button', {name: 'Undo'}).click();
    await settled(page);
    assert.deepEqual(await notesOf(page), before);
    await page.getByRole('button', {name: 'Redo'}).click();
    await settled(page);
    assert.deepEqual(await notesOf(page), after);
    await page.locator('body').press('Control+z');
    await settled(page);
    assert.deepEqual(await notesOf(page), before);
  },

  /** Every part alone has energy while it plays, and silence is silent. */
  async sound(page) {
    await slide(page.getByLabel('Tempo'), 240);
    await settled(page);
    assert.ok(await page.evaluate(() => window.studio.song.parts.length) >= 2);
    const loudness = await page.evaluate(async () => {
      const {studio} = window;
      const stepSeconds = 60 / studio.arrangement.qpm / studio.format.stepsPerQuarter;
      const choose = (index, name) => studio.change({parts: Object.fromEntries(
        studio.song.parts.map(({key}, i) => [key, {[name]: i === index || index < 0}]))});
      const found = [];
      for (let index = 0; index < studio.song.parts.length; index++) {
        choose(index, 'solo');
        const buffer = await studio.render();
        for (const {start, end} of studio.song.notes.filter(({part}) => part === index)) {
          const [from, to] = [start, Math.max(end, start + 6)]
            .map((step) => Math.floor(step * stepSeconds * buffer.sampleRate));
          found.push(rms(buffer.getChannelData(0).subarray(from, to)));
        }
      }
      choose(-1, 'mute');
      const silent = rms((await studio.render()).getChannelData(0));
      return {found, silent};
      function rms(samples) {
        return Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
      }
    });
    assert.ok(loudness.silent < 1e-4, `silence has ${loudness.silent}`);
    const audible = loudness.found.filter((rms) => rms > 1e-3).length;
    assert.ok(audible > 0.9 * loudness.found.length, `${audible} of ${loudness.found.length}`);
    const quietest = Math.min(...loudness.found);
    return {notes: loudness.found.length, quietest};
  },

  /** A soundfont of one sine: each note is its own frequency and no overtones, now and later. */
  async soundfont(page) {
    const font = await readFile(files.font);
    const buffer = {name: 'sine.sf2', mimeType: 'audio/x-soundfont', buffer: font};
    await page.getByLabel('Open a file').setInputFiles(buffer);
    await page.locator('.notice').filter({hasText: 'Playing with sine.sf2'}).waitFor();
    await slide(page.getByLabel('Tempo'), 60);
    await settled(page);
    const purity = () => page.evaluate(async () => {
      const {studio} = window;
      const stepSeconds = 60 / studio.arrangement.qpm / studio.format.stepsPerQuarter;
      const {parts, notes} = studio.song;
      const found = [];
      for (const [index, {program}] of parts.entries()) {
        const mine = notes.filter(({part}) => part === index);
        const alone = mine.filter((note) => note.end - note.start >= 12 && mine.every(
          (other) => other === note || other.end + 24 <= note.start || other.start >= note.end));
        if (program === 128 || !alone.length) continue;
        studio.change({parts: {[parts[index].key]: {solo: true}}});
        const buffer = await studio.render();
        for (const {pitch, start, end} of alone) {
          const [from, to] = [start + 2, end - 1]
            .map((step) => Math.floor(step * stepSeconds * buffer.sampleRate));
          const samples = buffer.getChannelData(0).subarray(from, to);
          const hertz = 440 * 2 ** ((pitch - 69) / 12);
          const [one, two, three] = [1, 2, 3].map((times) => amplitude(times * hertz));
          found.push({pitch, one, overtones: Math.max(two, three) / one});
          function amplitude(frequency) {
            let [x, y] = [0, 0];
            samples.forEach((sample, i) => {
              const phase = 2 * Math.PI * frequency * i / buffer.sampleRate;
              x += sample * Math.cos(phase);
              y += sample * Math.sin(phase);
            });
            return 2 * Math.hypot(x, y) / samples.length;
          }
        }
      }
      studio.change({parts: {}});
      return found;
    });
    const sines = await purity();
    await page.getByLabel('Sounds', {exact: true}).selectOption('Synthesiser');
    const oscillators = await purity();
    // it is kept for later visits, and so is which of the two was chosen
    const visitAgain = async (kind) => {
      await page.reload();
      await ready(page);
      await page.getByLabel('Sounds', {exact: true}).waitFor();
      await page.waitForFunction((wanted) => window.studio.sounds.kind === wanted, kind);
    };
    await visitAgain('synth');
    await page.getByLabel('Sounds', {exact: true}).selectOption({index: 1});
    await visitAgain('font');
    await page.getByRole('button', {name: 'Play', exact: true}).click();
    await page.waitForFunction(() => window.studio.player.step > 20);
    await page.getByRole('button', {name: 'Forget the soundfont'}).click();
    await page.getByRole('option', {name: /sine/}).waitFor({state: 'detached'});
    assert.equal(await page.evaluate(async () => (await caches.open('gm-vae')).keys()
      .then(({length}) => length)), 0);
    return {sines, oscillators};
  },

  /** What Python compares with its own tokens, and with the saved file. */
  async saves(page) {
    const saved = await save(page, 'Save MIDI', 'saved.mid');
    const facts = await factsOf(page);
    const wav = await readFile(await save(page, 'Save WAV', 'saved.wav'));
    assert.equal(wav.toString('latin1', 0, 4), 'RIFF');
    const samples = new Int16Array(wav.buffer, wav.byteOffset + 44, (wav.length - 44) >> 1);
    assert.ok(samples.some((sample) => Math.abs(sample) > 2000));
    assert.ok(samples.length / 2 / 44100 > 8);

    // the file leads back to the same arrangement
    const notes = await notesOf(page);
    const link = await page.evaluate(() => window.studio.link);
    await page.getByRole('button', {name: 'Surprise me'}).click();
    await page.waitForFunction((old) => window.studio.link !== old, link);
    await page.getByLabel('Open a file').setInputFiles(saved);
    await page.getByRole('button', {name: 'Open the arrangement'}).click();
    await settled(page);
    assert.deepEqual(await notesOf(page), notes);
    return facts;
  },

  /** A sound file of each part that is heard; a part and the whole can be dragged out. */
  async stems(page) {
    const facts = {parts: 2};
    for (const i of [0, 1]) await page.getByTitle('Solo', {exact: true}).nth(i).click();
    await settled(page);
    facts.zip = await save(page, 'Save stems', 'stems.zip');
    const dragged = (locator) => locator.evaluate((element) => {
      const dataTransfer = new DataTransfer();
      element.dispatchEvent(new DragEvent('dragstart', {bubbles: true, dataTransfer}));
      return dataTransfer.getData('DownloadURL');
    });
    // the page's policy forbids fetching a blob, so its source is compared instead
    await page.evaluate(() => {
      const {createObjectURL} = URL;
      URL.createObjectURL = (blob) => {
        window.blob = blob;
        return createObjectURL(blob);
      };
    });
    const read = () => page.evaluate(async () =>
      [...new Uint8Array(await window.blob.arrayBuffer())]);
    assert.match(await dragged(page.locator('.part-mark').first()),
      /^audio\/midi:[^:]+, [^:]+\.mid:blob:/);
    facts.part = await read();
    assert.match(await dragged(page.getByRole('button', {name: 'Save MIDI', exact: true})),
      /^audio\/midi:[^:]+\.mid:blob:/);
    facts.whole = await read();
    facts.notes = (await notesOf(page)).filter((note) => note.part === 0).length;
    assert.deepEqual(facts.whole, [...await readFile(await save(page, 'Save MIDI', 'whole.mid'))]);
    return facts;
  },

  /** A MIDI port plays what a saved file holds, and follows the song. */
  async 'midi port'(page) {
    const context = await visit(page.context().browser(), {});
    await context.addInitScript(() => {
      const port = {id: '7', name: 'A rack', state: 'connected', sent: []};
      port.send = (bytes, ms = performance.now()) => port.sent.push({bytes: [...bytes], ms});
      window.port = port;
      window.keys = {};
      navigator.requestMIDIAccess = async () => ({
        outputs: new Map([['7', port]]), inputs: new Map([['1', window.keys]]),
      });
    });
    const other = await open(context, url + LINK);
    await other.getByLabel('Sounds', {exact: true}).selectOption({label: 'A MIDI port …'});
    await other.getByRole('option', {name: 'MIDI: A rack'}).waitFor({state: 'attached'});
    const repeat = other.getByRole('button', {name: 'Repeat'});
    await repeat.click();
    await slide(other.getByLabel('Tempo'), 240);
    await settled(other);
    const saved = await save(other, 'Save MIDI', 'port.mid');
    await other.getByRole('button', {name: 'Play', exact: true}).click();
    await other.waitForFunction(() => !window.studio.player.isPlaying, null, {polling: 100});
    const facts = {saved, sent: await other.evaluate(() => window.port.sent)};
    const count = facts.sent.length;
    await other.getByRole('button', {name: 'Panic'}).click();
    await other.waitForFunction((before) => window.port.sent.length >= before + 32, count);
    await other.getByLabel('Sounds', {exact: true}).selectOption('Synthesiser');
    await other.getByRole('button', {name: 'Panic'}).waitFor({state: 'detached'});
    // a keyboard's chords: bar after bar while nothing plays, the next bar while something does
    const keys = (status, pitches) => other.evaluate(([kind, all]) => {
      for (const pitch of all) window.keys.onmidimessage({data: Uint8Array.of(kind, pitch, 90)});
    }, [status, pitches]);
    const hold = async (pitches, symbol, bar) => {
      await keys(0x90, pitches);
      await other.waitForFunction(([wanted, i]) => window.studio.arrangement.chords
        .some((symbols, at) => symbols.join() === wanted && (i ?? at) === at), [symbol, bar]);
      await keys(0x80, pitches);
    };
    await other.getByRole('button', {name: 'MIDI keys'}).click();
    await other.waitForFunction(() => window.keys.onmidimessage);
    await other.evaluate(() => window.studio.seek(0));
    await hold([57, 60, 64], 'Am', 0);
    assert.equal(await other.evaluate(() => window.studio.player.step), 96);
    await hold([55, 60, 64], 'C/G', 1);
    await settled(other);
    await other.getByRole('button', {name: 'Repeat'}).click();
    await other.getByRole('button', {name: 'Play', exact: true}).click();
    await hold([50, 54, 57, 60], 'D7');
    await other.getByRole('button', {name: 'MIDI keys', pressed: true}).click();
    assert.equal(await other.evaluate(() => window.keys.onmidimessage), null);
    await context.close();
    return facts;
  },

  /** Both styles move along what the model has learnt, and a link keeps how far. */
  async character(page) {
    const before = await notesOf(page);
    await page.getByRole('button', {name: 'Character'}).click();
    await slide(page.getByRole('slider', {name: /^Density/}), 12);
    await slide(page.getByRole('slider', {name: /^Strings/}), -5);
    await settled(page);
    await page.getByRole('button', {name: 'Character (2)'}).waitFor();
    const facts = await factsOf(page);
    assert.notDeepEqual(facts.notes, before);
    assert.deepEqual(await page.evaluate(() => window.studio.arrangement.character),
      {density: 12, strings: -5});
    const other = await open(page.context(), await page.evaluate(() => window.studio.link));
    assert.deepEqual(await notesOf(other), facts.notes);
    await page.getByRole('button', {name: 'Reset character'}).click();
    await settled(page);
    assert.deepEqual(await notesOf(page), before);
    return facts;
  },

  /** A measure of a file becomes a style, and a link keeps it. */
  async opens(page) {
    await page.getByLabel('Open a file').setInputFiles(files.song);
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/bars can be a style/).waitFor();
    await dialog.locator('.bar:not(.is-refused)').nth(2).click();
    const bar = Number(await dialog.locator('.bar[aria-pressed="true"] b').innerText());
    await dialog.getByRole('button', {name: 'Take its chords'}).click();
    await dialog.getByRole('button', {name: 'Use as style B'}).click();
    await dialog.waitFor({state: 'hidden'});
    await settled(page);
    const {b, chords} = await page.evaluate(() => window.studio.arrangement);
    assert.equal(b.name, `song, bar ${bar}`);
    await page.getByText(`song, bar ${bar}`).first().waitFor();
    await slide(page.getByLabel(/^Blend of style A and style B/), 100);
    await settled(page);
    const [link, notes] = [await page.evaluate(() => window.studio.link), await notesOf(page)];
    const other = await open(page.context(), link);
    assert.deepEqual(await notesOf(other), notes);
    const point = await page.evaluate(() =>
      [...window.studio.point(window.studio.arrangement.b)]);
    return {bar, point, chords};
  },

  async links(page) {
    const notes = await notesOf(page);
    await page.getByRole('button', {name: /^Mute/}).first().click();
    await slide(page.getByLabel('Tempo'), 87);
    await page.waitForFunction(() => window.location.hash.includes('q=87'));
    const again = await open(page.context(), page.url());
    const [one, two] = await Promise.all([page, again].map((each) =>
      each.evaluate(() => window.studio.arrangement)));
    assert.deepEqual(two, one);
    assert.deepEqual(await notesOf(again), notes);
    // a link that an earlier page made keeps its music, and so does what is shared of it
    const early = await open(page.context(), url + LINK.replace('a=s21', 'a=21'));
    const {point, link} = await early.evaluate(() => {
      const {studio} = window;
      return {point: [...studio.point(studio.arrangement.a)], link: studio.link};
    });
    assert.match(link, /[#&]a=21&b=s45&/);
    await early.close();
    for (const damaged of ['#c=Xy&a=~&b=~~~&x=..&t=x&s=-1&q=9999&p=,,1.1z', '#%%%', '#a=~AAAA~x']) {
      const odd = await open(page.context(), url + damaged);
      assert.ok(await odd.evaluate(() => window.studio.song.bars) > 0);
      await odd.close();
    }
    // a link names its model, and unreadable parts are reported
    const says = async (address, text) => {
      const other = await open(page.context(), address);
      await other.locator('.notice').filter({hasText: text}).waitFor();
      const {chords} = await other.evaluate(() => window.studio.arrangement);
      await other.close();
      return chords;
    };
    assert.match(page.url(), /&m=[0-9a-f]{8}$/);
    await says(page.url().replace(/m=\w+$/, 'm=12345678'), 'made with another model');
    assert.deepEqual(
      await says(`${url}#c=Cmaj7_Xy_G/B&a=s1&b=s2`, '“Xy”'), [['Cmaj7'], ['N.C.'], ['G/B']]);
    await page.getByRole('button', {name: 'Share'}).click();
    await page.getByText(/Link copied|address of this page/).waitFor();
    return {point};
  },

  async favourites(page) {
    await page.getByRole('button', {name: 'Keep style A'}).click();
    const name = page.getByLabel('Name of favourite 1');
    await name.fill('My own');
    await name.press('Tab');
    await page.getByRole('button', {name: 'My own as style B'}).click();
    assert.deepEqual(await page.evaluate(() => window.studio.arrangement.b), {seed: 21});
    await page.reload();
    await ready(page);
    assert.equal(await page.getByLabel('Name of favourite 1').inputValue(), 'My own');
    await page.getByRole('button', {name: 'Forget My own'}).click();
    assert.equal(await page.getByLabel('Name of favourite 1').count(), 0);
    await page.getByRole('button', {name: 'Undo', exact: true}).last().click();
    assert.equal(await page.getByLabel('Name of favourite 1').inputValue(), 'My own');
    // the star forgets as well, and a style is kept once
    const star = page.getByRole('button', {name: 'Keep style A'});
    assert.equal(await star.getAttribute('aria-pressed'), 'true');
    await star.click();
    assert.equal(await page.getByLabel('Name of favourite 1').count(), 0);
    await star.click();

    // another tab shows them, and neither loses what the other keeps
    await page.evaluate(() => window.studio.setStyle('b', {seed: 45})); // whatever the address had
    const names = (each) => each.evaluate(() => window.studio.favourites.map(({name}) => name));
    const other = await open(page.context(), url + LINK.replace('a=s21', 'a=s22'));
    await other.getByRole('button', {name: 'Keep style A'}).click();
    await page.waitForFunction(() => window.studio.favourites.length === 2);
    await page.getByRole('button', {name: 'Keep style B'}).click();
    await other.waitForFunction(() => window.studio.favourites.length === 3);
    assert.deepEqual(await names(page), await names(other));

    // however many they are, they are one row, which ends with the newest
    const row = page.getByRole('list', {name: 'Favourites'});
    const {height} = await row.boundingBox();
    await page.evaluate(() => [...Array(30).keys()].forEach((i) => window.studio.keep({seed: 900 + i})));
    await page.getByLabel('Name of favourite 33').waitFor();
    assert.ok((await row.boundingBox()).height < height + 20);
    await page.waitForFunction(() => {
      const list = document.querySelector('.favourites');
      return list.scrollLeft + list.clientWidth >= list.scrollWidth - 1;
    });

    // a browser that stores nothing is not said to keep them
    await page.evaluate(() => {
      Storage.prototype.setItem = () => {
        throw new DOMException('it is full', 'QuotaExceededError');
      };
      window.studio.keep({seed: 5});
    });
    await page.locator('.notice').filter({hasText: 'until this page is closed'}).waitFor();
    assert.equal(await page.getByLabel(/^Name of favourite/).count(), 34);
  },

  async mistakes(page) {
    const notice = page.locator('.notice');
    const pick = (file) => page.getByLabel('Open a file').setInputFiles(file);
    await pick(files.text);
    await notice.filter({hasText: 'This is not a MIDI file'}).waitFor();
    const [own, header, transport] = await Promise.all(['.notice', '.header', '.transport']
      .map((name) => page.locator(name).boundingBox()));
    assert.ok(own.y >= header.y + header.height); // it covers none of the buttons
    assert.ok(own.y + own.height <= transport.y);
    const drums = Buffer.from('TVRoZAAAAAYAAAABAGBNVHJrAAAADACZJGRgiSRAAP8vAA==', 'base64');
    await pick({name: 'drums.mid', mimeType: 'audio/midi', buffer: drums});
    await notice.filter({hasText: 'it has fewer than 2 instruments'}).waitFor();
    await pick({name: 'x.sf2', mimeType: 'audio/x-soundfont', buffer: Buffer.from('nothing')});
    await notice.filter({hasText: 'cannot be used as a soundfont'}).waitFor();
    await page.getByRole('button', {name: 'OK'}).click();
    assert.equal(await notice.count(), 0);
    // dropped files are read too
    const data = await page.evaluateHandle((text) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], 'dropped.txt'));
      return transfer;
    }, 'words');
    await page.dispatchEvent('body', 'drop', {dataTransfer: data});
    await notice.filter({hasText: 'dropped.txt: This is not a MIDI file'}).waitFor();
  },

  /** Everything has a name, text has contrast, the keyboard reaches all, in both themes. */
  async access(page) {
    await page.getByRole('button', {name: 'Keep style A'}).click();
    await page.getByRole('button', {name: /^Bar 1:/}).click();
    for (const theme of ['light', 'dark']) {
      await page.emulateMedia({colorScheme: theme});
      await page.locator(`[data-theme=${theme}]`).waitFor();
      const faults = await page.evaluate(findFaults);
      assert.deepEqual(faults, [], theme);
    }
    await page.keyboard.press('Escape');
    const reached = new Set();
    for (let i = 0; i < 160; i++) {
      await page.keyboard.press('Tab');
      reached.add(await page.evaluate(() => {
        const {ariaLabel, innerText} = document.activeElement;
        return ariaLabel || innerText;
      }));
    }
    for (const name of ['Play', 'Share', 'Surprise me', 'New style A', 'Repeat']) {
      assert.ok([...reached].some((label) => label?.includes(name)), `${name} is not reached`);
    }
    // what is chosen counts more than the system's word, which is dark now
    const toggle = page.getByRole('button', {name: /^Colours:/});
    for (const theme of ['light', 'dark']) {
      await toggle.click();
      await page.locator(`[data-theme=${theme}]`).waitFor();
    }
  },

  async phone(page) {
    await page.setViewportSize({width: 360, height: 740});
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
    await page.getByRole('button', {name: /^Bar 1:/}).click();
    const box = await page.getByRole('dialog').boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 360 && box.y + box.height <= 740);
    const small = await page.evaluate(() => [...document.querySelectorAll('button')]
      .filter((button) => button.getClientRects().length)
      .filter((button) => button.getBoundingClientRect().height < 24)
      .map((button) => button.ariaLabel || button.innerText));
    assert.deepEqual(small, []);
    await page.keyboard.press('Escape');
    // what has only an icon has its whole name, and what has a word has an icon
    for (const name of ['Open MIDI', 'Save MIDI', 'Save WAV', 'Share']) {
      const icon = page.getByRole('button', {name, exact: true}).locator('svg');
      assert.ok((await icon.boundingBox()).width >= 16, name);
    }
    await page.getByRole('heading', {name: 'GM-VAE', exact: true}).waitFor();
    // names of styles are whole
    for (const width of [320, 375]) {
      await page.setViewportSize({width, height: 568});
      assert.deepEqual(await page.locator('.style-name').evaluateAll((names) => names
        .filter((name) => name.scrollWidth > name.clientWidth).map((name) => name.innerText)), []);
    }
  },

  'low windows': (page) => windows.low(page),
  'covered things': (page) => windows.covered(page),
  'wide windows': (page) => windows.wide(page),
  'forced colours': (page) => windows.forced(page),
  stillness: (page) => windows.stillness(page),
  loading: (page) => starts.loading(page.context(), url, PATIENCE_MS),
  'site soundfont': async (page) =>
    starts.siteSoundfont(page.context(), url, await readFile(files.font), PATIENCE_MS),
  'first sight': (page) => starts.firstSight(page.context().browser(), url),
  causes: (page) => starts.causes(page.context().browser(), url, PATIENCE_MS),
  'as a file': (page) => starts.asFile(page.context().browser(), request.page, PATIENCE_MS),
  'without server': (page) =>
    starts.withoutServer(page.context().browser(), url, LINK, files.song, PATIENCE_MS),
  policy: (page) => starts.policy(page.context(), url),

  /** The page fits windows of all widths in the fonts of this machine, and of others. */
  async fonts(page) {
    const [song, soundfont] = await Promise.all([files.song, files.font].map((file) => readFile(file)));
    const own = await misfits(page, {'own fonts': WIDTHS}, {song, soundfont}, async () => {});
    const other = await launch(await environment(out));
    // the fonts come with a stylesheet, which the page's policy keeps out
    const elsewhere = await open(await visit(other, {bypassCSP: true}), url + LINK);
    const looks = Object.fromEntries(Object.keys(FONTS).map((name) =>
      [name, name === 'Wide' ? WIDTHS : [WIDTHS.at(0), WIDTHS.at(-1)]]));
    const others = await misfits(elsewhere, looks, {song, soundfont}, use);
    assert.deepEqual(elsewhere.faults, []);
    await other.close();
    assert.equal([...own, ...others].join('\n'), '');
  },

  /** German words fit as well. */
  async 'German words'(page) {
    await page.getByLabel('Language').selectOption('de');
    await page.locator('html[lang=de]').waitFor();
    const [song, soundfont] = await Promise.all([files.song, files.font].map((file) => readFile(file)));
    const faults = await misfits(page, {German: WIDTHS}, {song, soundfont}, async () => {});
    assert.equal(faults.join('\n'), '');
  },

  /** The page speaks the language of the browser, or the one that was chosen, and says all in it. */
  async languages(page) {
    const german = await open(await visit(page.context().browser(), {locale: 'de-AT'}), url + LINK);
    const lang = (each) => each.evaluate(() => document.documentElement.lang);
    const parts = (each) => each.evaluate(() => window.studio.song.parts.map(({name}) => name));
    assert.deepEqual([await lang(page), await lang(german)], ['en', 'de']);
    assert.deepEqual(await notesOf(german), await notesOf(page));
    assert.deepEqual(await parts(german), await parts(page)); // as files have them
    await german.getByRole('button', {name: 'Abspielen', exact: true}).click();
    await german.waitForFunction(() => window.studio.player.isPlaying);
    await german.getByRole('button', {name: 'Pause'}).click();
    const text = german.getByLabel('Akkorde', {exact: true});
    await text.fill('Hm');
    await text.press('Enter');
    assert.match(await german.locator('#chord-error').innerText(),
      /^„Hm“ ist kein Akkord\. Das deutsche H heißt hier B, das deutsche B heißt Bb\. Ein Akkord hat/);
    await text.press('Escape');
    await german.getByLabel('Datei öffnen').setInputFiles(files.text);
    await german.getByText('notes.txt: Das ist keine MIDI-Datei: Sie beginnt nicht mit MThd.').waitFor();
    // only words that both languages have are on both pages
    const words = (each) => each.evaluate(() => [...document.querySelectorAll('body *:not(option, dt)')]
      .flatMap((element) => [element.ariaLabel, element.title, element.ariaValueText,
        ...[...element.childNodes].filter(({nodeType}) => nodeType === 3).map(({data}) => data)])
      .filter((found) => /[a-z]{3}/.test(found ?? '')).map((found) => found.trim()));
    const english = new Set(await words(page));
    const both = new Set((await words(german)).filter((found) => english.has(found)));
    assert.deepEqual([...both].sort(), ['Solo', 'Tempo']);
    // what is chosen is kept
    await german.getByLabel('Sprache').selectOption('en');
    await german.getByRole('button', {name: 'Surprise me'}).waitFor();
    assert.equal(await lang(german), 'en');
    await german.reload();
    await ready(german);
    assert.equal(await lang(german), 'en');
    // where German cannot be fetched, English stays
    const context = await visit(page.context().browser(), {locale: 'de-DE'});
    await context.route(/\/de-\w+\.js$/, (route) => route.fulfill({status: 404, body: 'no'}));
    const cut = await context.newPage();
    cut.setDefaultTimeout(PATIENCE_MS);
    await cut.goto(url + LINK);
    await ready(cut);
    assert.equal(await lang(cut), 'en');
    await cut.getByLabel('Language').selectOption('de');
    await cut.locator('.notice').filter({hasText: 'The language could not be loaded'}).waitFor();
    assert.equal(await cut.getByLabel('Language').inputValue(), 'en');
    await context.close();
  },

  async offline(page) {
    await page.context().setOffline(true);
    await page.getByRole('button', {name: 'Surprise me'}).click();
    await page.waitForFunction(() => window.studio.arrangement.a.seed !== 21);
    await settled(page);
    await page.getByRole('button', {name: 'Play', exact: true}).click();
    await page.waitForFunction(() => window.studio.player.step > 20);
  },

  clicks: (page) => monkey(page, {clicks: 40, seed: 1}),

  ...handChecks,
  // these are made before what they use is read
  ...songChecks({
    link: url + LINK, open: (...args) => open(...args), settled: (page) => settled(page),
    notesOf: (page) => notesOf(page), save: (...args) => save(...args), slide, findFaults,
  }),
  ...axeChecks,
  ...editChecks,
};

const slowChecks = {
  'many clicks': (page) => monkey(page, {clicks: 200, seed: 2}),
};

/** Accessibility problems: missing names, contrast under AA. */
function findFaults() {
  const faults = [];
  const isShown = (element) => element.getClientRects().length > 0;
  for (const element of document.querySelectorAll('button, input, select, canvas[role]')) {
    if (!isShown(element) || element.type === 'file') continue;
    const name = element.ariaLabel || element.innerText || element.closest('label')?.innerText;
    if (!name?.trim()) faults.push(`no name: ${element.outerHTML.slice(0, 80)}`);
  }
  for (const slider of document.querySelectorAll('input[type=range]')) {
    if (!slider.ariaValueText) faults.push(`a value without a unit: ${slider.outerHTML.slice(0, 80)}`);
  }
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgb = (colour, under) => {
    canvas.fillStyle = `rgb(${under.join(' ')})`;
    canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const background = (element) => {
    const chain = [];
    for (let at = element; at; at = at.parentElement) chain.unshift(at);
    return chain.reduce((under, at) => rgb(getComputedStyle(at).backgroundColor, under),
      [255, 255, 255]);
  };
  const luminance = (colour) => {
    const [r, g, b] = colour.map((x) => x / 255)
      .map((x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.data.trim();
    if (!text || !isShown(element) || element.closest(':disabled, [aria-disabled=true], noscript, option, script')) continue;
    const under = background(element);
    const over = rgb(getComputedStyle(element).color, under);
    const [light, dark] = [luminance(over), luminance(under)].sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < 4.5) faults.push(`contrast ${ratio.toFixed(2)}: ${text.slice(0, 40)}`);
  }
  return faults;
}

const chordsOf = (page) => page.evaluate(() => window.studio.arrangement.chords);
/** What Python compares with its own: the arrangement, the points of its styles, and its song. */
const factsOf = (page) => page.evaluate(() => {
  const {studio} = window;
  const {a, b, c, d} = studio.arrangement;
  const points = [a, b, c ?? a, d ?? b].map((style) => [...studio.point(style)]);
  const {parts, notes, bars} = studio.song;
  return {points, parts, notes, bars, arrangement: studio.arrangement};
});
const notesOf = (page) => page.evaluate(() => window.studio.song.notes);

/** Until the music is that of the choices. */
const settled = (page) => page.waitForFunction(() => window.studio.isSettled);

const ready = (page) => page.waitForFunction(() => window.studio?.song && window.studio.isSettled);

async function slide(slider, value) {
  await slider.evaluate((element, to) => {
    element.value = to;
    element.dispatchEvent(new Event('input', {bubbles: true}));
    element.dispatchEvent(new Event('change', {bubbles: true}));
  }, value);
}

async function save(page, button, name) {
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', {name: button, exact: true}).click();
  const file = path.join(out, name);
  await (await waiting).saveAs(file);
  return file;
}

/** A page of a context, which fails for errors on the console and for requests elsewhere. */
async function open(context, address) {
  const page = await context.newPage();
  page.faults = [];
  page.setDefaultTimeout(PATIENCE_MS);
  page.on('pageerror', (error) => page.faults.push(error.stack));
  page.on('console', (message) => {
    if (message.type() === 'error') page.faults.push(`${message.text()} ${message.location().url}`);
  });
  page.on('request', (asked) => {
    const {protocol, host} = new URL(asked.url());
    const isOwn = host === new URL(url).host || ['blob:', 'data:'].includes(protocol);
    if (!isOwn) page.faults.push(`asked for ${asked.url()}`);
  });
  await page.goto(address);
  await ready(page);
  return page;
}

/** A browser with an environment of its own. */
if (request.only === 'names') {
  process.stdout.write(JSON.stringify(Object.keys(checks)));
  process.exit();
}
const launch = (env = process.env) => chromium.launch({
  executablePath: request.chromium,
  args: ['--no-sandbox', '--autoplay-policy=user-gesture-required'],
  timeout: PATIENCE_MS,
  env,
});

/** A visitor of the page who reads slowly: notices stay until they are closed or replaced. */
async function visit(browser, options = {}) {
  const context = await browser.newContext({
    viewport: {width: 1280, height: 860}, reducedMotion: 'reduce', serviceWorkers: 'block', ...options,
  });
  await context.addInitScript(() => {
    const NOTICE_MS = 6000;
    const {setTimeout} = window;
    window.setTimeout = (run, ms, ...values) =>
      (ms === NOTICE_MS ? 0 : setTimeout.call(window, run, ms, ...values));
  });
  return context;
}

const results = {};
const browser = await launch();
const tools = {
  files,
  url,
  findFaults,
  factsOf,
  fingers,
  open,
  save,
  visit: () => visit(browser),
  async openPhone() {
    const phone = {viewport: {width: 375, height: 812}, hasTouch: true, isMobile: true};
    return open(await visit(browser, phone), url + LINK);
  },
};
const wanted = request.only ?? Object.keys(checks);
for (const name of wanted) {
  const context = await visit(browser);
  const began = Date.now();
  try {
    const page = await open(context, url + LINK);
    const facts = (await {...checks, ...slowChecks}[name](page, tools)) ?? null;
    for (const each of context.pages()) assert.deepEqual(each.faults ?? [], []);
    results[name] = {error: null, facts};
  } catch (error) {
    results[name] = {error: String(error.stack ?? error).slice(0, 3000), facts: null};
  }
  results[name].seconds = (Date.now() - began) / 1000;
  await context.close();
}
await browser.close();
process.stdout.write(JSON.stringify(results));
