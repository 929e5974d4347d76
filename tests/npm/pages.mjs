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

  /**
   * The notes of two measures, and what both players of magenta.js play of them: [time, pitch, velocity,
   * program, drums, duration].
   */
  async players(page, {scripts}) {
    for (const url of scripts) await page.addScriptTag({url});
    return page.evaluate(async () => {
      const model = new gmvae.MusicVAE('/model');
      const bars = await model.sample(2, 0.5, {chordProgression: ['C'], seed: 1});
      const song = gmvae.unquantizeSequence(bars, 240);
      const row = (time, {pitch, velocity, program, isDrum, startTime, endTime}) =>
        [time, pitch, velocity, program, isDrum, endTime - startTime];
      await mm.Player.tone.context.resume();
      const late = {...song, totalTime: song.totalTime + 5}; // players end by a clock of their own
      const synths = [];
      const player = new mm.Player();
      const play = player.playNote.bind(player);
      player.playNote = (time, note) => {
        synths.push(row(time, note));
        play(time, note);
      };
      await player.start(late);
      const font = [];
      const fontPlayer = new mm.SoundFontPlayer('/a-network-would-be-needed');
      fontPlayer.soundFont = {
        loadSamples: async () => {},
        playNote: (pitch, velocity, time, duration, program, isDrum) =>
          font.push([time, pitch, velocity, program, isDrum, duration]),
      };
      await fontPlayer.start(late);
      return {notes: song.notes.map((note) => row(note.startTime, note)), synths, font};
    });
  },

  /** The notes of two measures, and what code of the README calls Tone.js' synthesiser with for them. */
  async tone(page, {scripts, code}) {
    for (const url of scripts) await page.addScriptTag({url});
    return page.evaluate(async (snippet) => {
      const model = new gmvae.MusicVAE('/model');
      const bars = await model.sample(2, 0.5, {chordProgression: ['C'], seed: 1});
      const struck = [];
      const {prototype} = Tone.PolySynth;
      const trigger = prototype.triggerAttackRelease;
      prototype.triggerAttackRelease = function record(frequency, duration, time, velocity) {
        struck.push([time, frequency, velocity, duration]);
        return trigger.call(this, frequency, duration, time, velocity);
      };
      const {notes, totalTime} = gmvae.unquantizeSequence(bars, 110);
      const run = new Function('Tone', 'unquantizeSequence', 'bars', snippet);
      const sound = await Tone.Offline(() => run(Tone, gmvae.unquantizeSequence, bars), totalTime);
      const loudest = sound.getChannelData(0).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      const expected = notes.filter(({isDrum}) => !isDrum).map(({pitch, velocity, startTime, endTime}) =>
        [startTime, 440 * 2 ** ((pitch - 69) / 12), velocity / 127, endTime - startTime]);
      return {expected, struck, loudest};
    }, code);
  },

  /** The first text of a page's status. */
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
