// node firefox.mjs REQUEST.json: the page's core in Firefox, over WebDriver BiDi.
//
// The request has `firefox`, `url`, `files` {name: path}, `out` (an empty folder), `only` (names of
// checks, or nothing for all). Prints {name: {error, facts}} as JSON, as page.mjs does for Chromium.

import assert from 'node:assert/strict';
import {readFile, readdir} from 'node:fs/promises';
import path from 'node:path';

import puppeteer from 'puppeteer-core';

const {firefox, url, files, out, only} = JSON.parse(await readFile(process.argv[2], 'utf8'));
const PATIENCE_MS = 180000; // of one wait: other work may have the machine
const LINK = '#c=C_G|Em_Am_F&a=s21&b=s45&x=0.30.60.100&t=70&s=5&q=120';

const until = (page, holds, ...values) =>
  page.waitForFunction(holds, {timeout: PATIENCE_MS, polling: 100}, ...values);
const settled = (page) => until(page, () => window.studio?.song && window.studio.isSettled);
const notesOf = (page) => page.evaluate(() => window.studio.song.notes);
const button = (page, name) => page.locator(`::-p-aria([name="${name}"][role="button"])`).click();
const textbox = (page) => page.waitForSelector('.chord-line .text-field');

async function type(page, line) {
  const box = await textbox(page);
  await box.click({count: 3});
  await page.keyboard.type(line);
  await page.keyboard.press('Enter');
}

/** Lets contexts run by the page's clock: in Firefox they stand where there is no sound device. */
function runWithoutDevice() {
  Object.defineProperties(AudioContext.prototype, {
    state: {get: () => 'running'},
    currentTime: {get: () => performance.now() / 1000},
    resume: {value: async () => {}},
  });
}

const checks = {
  async loads(page) {
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
    return page.evaluate(() => {
      const {studio} = window;
      const {a, b, c, d} = studio.arrangement;
      const points = [a, b, c ?? a, d ?? b].map((style) => [...studio.point(style)]);
      const {parts, notes} = studio.song;
      return {points, parts, notes, arrangement: studio.arrangement};
    });
  },

  async plays(page) {
    await button(page, 'Play');
    await until(page, () => window.studio.player.step > 40);
    await page.waitForSelector('.is-playing .chord-button');
    await page.keyboard.press(' ');
    await until(page, () => !window.studio.player.isPlaying);
    await page.keyboard.press('Home');
    assert.equal(await page.evaluate(() => window.studio.player.step), 0);
    // and what is played sounds
    const loudest = await page.evaluate(async () => {
      const samples = (await window.studio.render()).getChannelData(0);
      return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    });
    assert.ok(loudest > 0.05, `${loudest}`);
  },

  async chords(page) {
    const before = await notesOf(page);
    await type(page, 'Dm7 G|C7 Am');
    await until(page, () => window.studio.song.bars === 3 && window.studio.isSettled);
    assert.deepEqual(await page.evaluate(() => window.studio.arrangement.chords),
      [['Dm7'], ['G', 'C7'], ['Am']]);
    assert.notDeepEqual(await notesOf(page), before);
    await type(page, 'Dm7 Hm C');
    await until(page, () =>
      document.querySelector('#chord-error').textContent.includes('“Hm” is not a chord'));
    await page.keyboard.press('Escape');
    await (await page.$('.chord-button')).click();
    await page.waitForSelector('.chord-panel');
    await button(page, 'aug');
    assert.deepEqual(await page.evaluate(() => window.studio.arrangement.chords[0]), ['D+']);
    await page.keyboard.press('Escape');
    await until(page, () => !document.querySelector('.chord-panel'));
  },

  async saves(page) {
    await button(page, 'Save MIDI');
    const isSaved = async () => (await readdir(out)).find((name) => name.endsWith('.mid'));
    for (const end = Date.now() + PATIENCE_MS; !await isSaved() && Date.now() < end;) {
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));
    }
    return {saved: path.join(out, await isSaved()), notes: await notesOf(page)};
  },

  /** A dropped file is read, and one of its bars becomes a style. */
  async drops(page) {
    const bytes = [...await readFile(files.song)];
    await page.evaluate((content) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([Uint8Array.from(content)], 'song.mid'));
      document.body.dispatchEvent(new DragEvent('drop', {dataTransfer, bubbles: true, cancelable: true}));
    }, bytes);
    await page.waitForSelector('dialog .bar:not(.is-refused)', {timeout: PATIENCE_MS});
    await button(page, 'Use as style A');
    await until(page, () => window.studio.arrangement.a.point && window.studio.isSettled);
    assert.match(await page.evaluate(() => window.studio.arrangement.a.name), /^song, bar \d+$/);
  },

  async reloads(page) {
    const notes = await notesOf(page);
    await until(page, () => window.location.hash.includes('&m='));
    await page.reload();
    await settled(page);
    assert.deepEqual(await notesOf(page), notes);
  },

  async german(page) {
    await page.select('.language select', 'de');
    await page.waitForSelector('html[lang=de]');
    await button(page, 'Abspielen');
    await until(page, () => window.studio.player.isPlaying);
    await page.reload();
    await settled(page);
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'de');
  },
};

const browser = await puppeteer.launch({
  browser: 'firefox',
  executablePath: firefox,
  timeout: PATIENCE_MS,
  protocolTimeout: PATIENCE_MS,
  extraPrefsFirefox: {
    'browser.download.folderList': 2, 'browser.download.dir': out, 'intl.accept_languages': 'en-US',
  },
});
const results = {};
for (const [name, check] of Object.entries(checks)) {
  if (only && !only.includes(name)) continue;
  const context = await browser.createBrowserContext();
  const faults = [];
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.setViewport({width: 1280, height: 860});
    await page.evaluateOnNewDocument(runWithoutDevice);
    page.on('pageerror', (error) => faults.push(String(error.stack ?? error)));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    await page.goto(url + LINK);
    await settled(page);
    const facts = (await check(page)) ?? null;
    assert.deepEqual(faults, []);
    results[name] = {error: null, facts};
  } catch (error) {
    results[name] = {error: String(error.stack ?? error).slice(0, 3000), facts: null};
  }
  await context.close();
}
await browser.close();
process.stdout.write(JSON.stringify(results));
