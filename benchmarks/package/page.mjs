// node page.mjs CHROMIUM ORIGIN LIBRARY REPEATS: the times in a page, the bytes that it loads and the
// memory of its process, as JSON; run.py passes the address of the files.

import {execFileSync} from 'node:child_process';
import {createRequire} from 'node:module';

import {PAGES} from './libraries.mjs';

const require = createRequire(new URL('../../tests/web/package.json', import.meta.url));
const {chromium} = require('playwright-core');

const [, , executablePath, origin, library, repeats] = process.argv;
const {scripts, open} = PAGES[library];

const browser = await chromium.launch({executablePath, args: ['--no-sandbox', '--enable-unsafe-swiftshader']});
const page = await browser.newPage();
page.setDefaultTimeout(0);
await page.goto(`${origin}/empty.html`);
const began = performance.now();
for (const url of scripts) await page.addScriptTag({url: origin + url});
const scriptsMs = performance.now() - began;
const times = scripts.length ? await page.evaluate(async ([code, count]) => {
  const {measure} = await import('/operations.mjs');
  const [Model, library] = await (0, eval)(code);
  return measure(Model, '/model', library, count);
}, [open, Number(repeats)]) : {};
if (scripts.length) times.scripts = [scriptsMs];

/** Bytes of the code, and of the checkpoint; without the benchmark's own. */
const bytes = await page.evaluate(() => {
  const sizes = {code: 0, checkpoint: 0};
  for (const {name, encodedBodySize} of performance.getEntriesByType('resource')) {
    const {pathname} = new URL(name);
    if (pathname.endsWith('/operations.mjs')) continue;
    sizes[pathname.startsWith('/model/') ? 'checkpoint' : 'code'] += encodedBodySize;
  }
  return sizes;
});
const session = await browser.newBrowserCDPSession();
const {processInfo} = await session.send('SystemInfo.getProcessInfo');
const resident = (pid) => 1024 * Number(execFileSync('ps', ['-o', 'rss=', '-p', pid]));
const memory = Math.max(...processInfo.filter(({type}) => type === 'renderer').map(({id}) => resident(id)));
process.stdout.write(JSON.stringify({times, bytes, memory}));
await browser.close();
