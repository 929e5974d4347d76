// node pages.mjs REQUEST: the behaviour of our page in Chromium, as JSON.
//
// The request has the `name` of a check, `url`, `chromium`, and what the check takes.

import {createRequire} from 'node:module';

const {chromium} = createRequire(new URL('../web/', import.meta.url))('playwright-core');
const request = JSON.parse(process.argv[2]);
const PATIENCE_MS = 180000;

/** The bytes of the file behind a link of the page, as base64. */
const linked = (page, selector) => page.evaluate(async (query) => {
  const bytes = new Uint8Array(await (await fetch(document.querySelector(query).href)).arrayBuffer());
  return btoa(String.fromCharCode(...bytes));
}, selector);
const said = (page) => page.locator('#said').textContent();

const checks = {
  async chords(page) {
    await page.locator('#make').click();
    await page.locator('#save').waitFor();
    const first = await linked(page, '#save');
    const before = await page.locator('#save').getAttribute('href');
    await page.locator('#style').fill('1');
    await page.locator('#make').click();
    await page.waitForFunction((old) => document.querySelector('#save').href !== old, before);
    return {said: await said(page), files: [first, await linked(page, '#save')]};
  },

  async interpolate(page, {file}) {
    await page.locator('#file').setInputFiles(file);
    await page.locator('#save').waitFor();
    return {said: await said(page), files: [await linked(page, '#save')]};
  },

  async serviceWorker(page) {
    await page.locator('#said a').waitFor();
    return {said: await said(page), files: [await linked(page, '#said a')]};
  },

  async react(page) {
    await page.getByLabel('Guitar').click();
    await page.getByRole('button').click();
    await page.locator('a[download]').waitFor();
    return {said: await said(page), files: [await linked(page, 'a[download]')]};
  },

  /** The notes that magenta.js' player strikes of a measure, beside those that the measure has. */
  async player(page, {scripts}) {
    for (const url of scripts) await page.addScriptTag({url});
    return page.evaluate(async () => {
      const model = new gmvae.MusicVAE('/model');
      const [bar] = await model.sample(1, 0.5, {chordProgression: ['C'], seed: 1});
      const struck = [];
      const player = new mm.Player(false, {run: (note) => struck.push(note.pitch), stop() {}});
      await mm.Player.tone.context.resume();
      const seconds = mm.sequences.unquantizeSequence(bar, 240);
      seconds.totalTime += 5; // the player ends by a clock of its own, and a busy machine is late
      await player.start(seconds);
      return {struck, notes: bar.notes.map(({pitch}) => pitch)};
    });
  },

  /** The text of a page, once it has some. */
  async said(page) {
    await page.waitForFunction(() => document.querySelector('#said').textContent !== '');
    return {said: await said(page)};
  },
};

const browser = await chromium.launch({
  executablePath: request.chromium, timeout: 0,
  args: ['--no-sandbox', '--disable-dev-shm-usage', '--autoplay-policy=no-user-gesture-required'],
});
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const errors = [];
  page.on('pageerror', (error) => {
    errors.push(String(error));
    console.error(`page: ${error.stack}`); // in case the check fails
  });
  await page.goto(request.url);
  const answer = await checks[request.name](page, request);
  process.stdout.write(JSON.stringify({...answer, errors}));
} finally {
  await browser.close();
}
