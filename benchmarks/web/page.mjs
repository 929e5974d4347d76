// node page.mjs CHROMIUM URL: figures of the page in Chromium, as JSON. See run.py.

import {createRequire} from 'node:module';

import {MainThread} from './main_thread.mjs';

const require = createRequire(new URL('../../tests/web/package.json', import.meta.url));
const {chromium} = require('playwright-core');

const [, , executablePath, url] = process.argv;
const LINK = '#c=C_G_Am_F_Dm_Em_Bb_Eb&a=21&b=45&x=0.14.29.43.57.71.86.100&t=60&s=5&q=120';

const browser = await chromium.launch({executablePath, args: ['--no-sandbox', '--js-flags=--expose-gc']});
const page = await browser.newPage();
let bytes = 0;
const files = {};
page.on('response', async (response) => {
  const size = Number(response.headers()['content-length'] ?? 0);
  bytes += size;
  files[new URL(response.url()).pathname] = size;
});
const session = await page.context().newCDPSession(page);
const heap = async () => {
  await session.send('HeapProfiler.collectGarbage');
  const {usedSize} = await session.send('Runtime.getHeapUsage');
  return usedSize;
};

const thread = new MainThread(page, await browser.newBrowserCDPSession());

let firstSongMs, firstSoundMs;
const loadTask = await thread.longestDuring(async () => {
  const began = performance.now();
  await page.goto(url + LINK);
  await page.waitForFunction(() => window.studio?.song && window.studio.isSettled);
  firstSongMs = performance.now() - began;
  await page.evaluate(() => new Promise((resolve) => window.requestIdleCallback(resolve)));
});
const firstBytes = bytes;
const playTask = await thread.longestDuring(async () => {
  const began = performance.now();
  await page.locator('.play').click(); // finding it by its name would be work of the page
  await page.waitForFunction(() => window.studio.player.step > 0);
  firstSoundMs = firstSongMs + performance.now() - began;
});
await page.locator('.play').click();

/** Milliseconds and notes of what a change leads to. */
const timed = (change, value) => page.evaluate(async ([name, argument]) => {
  const {studio} = window;
  const start = performance.now();
  if (name === 'roll') studio.rollAll();
  else studio.setChords(studio.arrangement.chords.map((bar, i) => (i === 2 ? [argument] : bar)));
  const tick = () => new Promise((resolve) => setTimeout(resolve));
  while (!studio.isSettled) await tick();
  return {ms: performance.now() - start, notes: studio.song.notes.length};
}, [change, value]);
const series = async (count, change, values = []) => {
  const found = [];
  for (let i = 0; i < count; i++) found.push(await timed(change, values[i % values.length]));
  return found;
};
const OTHER_CHORDS = ['F#m', 'Bb', 'Gm', 'E', 'Ab', 'Cm', 'Bm', 'D', 'Fm', 'B'];
const longSong = (bars) => page.evaluate(async (count) => {
  const {studio} = window;
  const {chords} = studio.arrangement;
  studio.setChords(Array.from({length: count}, (_, i) => chords[i % chords.length]));
  while (!studio.isSettled) await new Promise((resolve) => setTimeout(resolve));
}, bars);

await timed('roll');
let times, edits, longEdits;
const editTask = await thread.longestDuring(async () => {
  times = await series(15, 'roll');
  edits = await series(10, 'chord', OTHER_CHORDS);
});
const before = await heap();
await series(300, 'roll');
const after = await heap();
const longTask = await thread.longestDuring(async () => {
  await longSong(64);
  longEdits = await series(10, 'chord', OTHER_CHORDS);
});
await browser.close();
process.stdout.write(JSON.stringify({
  firstBytes, firstSongMs, firstSoundMs, times, edits, longEdits, loadTask, playTask,
  editTask, longTask, heapBefore: before, heapAfter: after, files,
}));
