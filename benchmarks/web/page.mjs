// node page.mjs CHROMIUM URL: figures of the page in Chromium, as JSON. See run.py.

import {createRequire} from 'node:module';

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

const began = performance.now();
await page.goto(url + LINK);
await page.waitForFunction(() => window.studio?.song && window.studio.isSettled);
const firstSongMs = performance.now() - began;
const firstBytes = bytes;
await page.getByRole('button', {name: 'Play', exact: true}).click();
await page.waitForFunction(() => window.studio.player.step > 0);
const firstSoundMs = performance.now() - began;
await page.getByRole('button', {name: 'Pause'}).click();

/** Milliseconds and tokens of an arrangement of which no measure was made before. */
const roll = () => page.evaluate(async () => {
  const start = performance.now();
  window.studio.rollAll();
  const tick = () => new Promise((resolve) => setTimeout(resolve));
  while (!window.studio.isSettled) await tick();
  return {ms: performance.now() - start, notes: window.studio.song.notes.length};
});
await roll();
const times = [];
for (let i = 0; i < 15; i++) times.push(await roll());
const before = await heap();
for (let i = 0; i < 200; i++) await roll();
const after = await heap();
await browser.close();
process.stdout.write(JSON.stringify({
  firstBytes, firstSongMs, firstSoundMs, times, heapBefore: before, heapAfter: after, files,
}));
