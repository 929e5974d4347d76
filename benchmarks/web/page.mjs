// node page.mjs CHROMIUM URL: figures of the page in Chromium, as JSON. See run.py.

import {createRequire} from 'node:module';

const require = createRequire(new URL('../../tests/web/package.json', import.meta.url));
const {chromium} = require('playwright-core');

const [, , executablePath, url] = process.argv;
const LINK = '#c=C_G_Am_F_Dm_Em_Bb_Eb&a=21&b=45&x=0.14.29.43.57.71.86.100&t=60&s=5&q=120';

const browser = await chromium.launch({executablePath, args: ['--no-sandbox', '--js-flags=--expose-gc']});
const page = await browser.newPage();
await page.addInitScript(() => {
  window.longTasks = [];
  new PerformanceObserver((list) => {
    window.longTasks.push(...list.getEntries().map(({duration}) => duration));
  }).observe({type: 'longtask', buffered: true});
});
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

const began = performance.now();
await page.goto(url + LINK);
await page.waitForFunction(() => window.studio?.song && window.studio.isSettled);
const firstSongMs = performance.now() - began;
const firstBytes = bytes;
await page.getByRole('button', {name: 'Play', exact: true}).click();
await page.waitForFunction(() => window.studio.player.step > 0);
const firstSoundMs = performance.now() - began;
await page.getByRole('button', {name: 'Pause'}).click();

/** The longest that the page was deaf to its user since the last call, in ms; 0 under 50. */
const longestTask = () => page.evaluate(() => {
  const longest = Math.max(0, ...window.longTasks);
  window.longTasks = [];
  return longest;
});
const loadTask = await longestTask();

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
const times = await series(15, 'roll');
const edits = await series(10, 'chord', OTHER_CHORDS);
const before = await heap();
await series(300, 'roll');
const after = await heap();
await longSong(64);
const longEdits = await series(10, 'chord', OTHER_CHORDS);
const editTask = await longestTask();
await browser.close();
process.stdout.write(JSON.stringify({
  firstBytes, firstSongMs, firstSoundMs, times, edits, longEdits, loadTask, editTask,
  heapBefore: before, heapAfter: after, files,
}));
