// node page.mjs CHROMIUM ORIGIN LIBRARY REPEATS: the times in a page, as JSON. LIBRARY is "gm-vae" or
// "magenta.js", with its own tfjs; run.py passes the address of their files.

import {createRequire} from 'node:module';

const require = createRequire(new URL('../../tests/web/package.json', import.meta.url));
const {chromium} = require('playwright-core');

const [, , executablePath, origin, library, repeats] = process.argv;
const MAGENTA = '/js/magenta/node_modules/@magenta/music';
const SCRIPTS = {
  'gm-vae': ['/package/dist/gm-vae.js'],
  'magenta.js': [`${MAGENTA}/dist/magentamusic.js`],
};

const browser = await chromium.launch({executablePath, args: ['--no-sandbox', '--enable-unsafe-swiftshader']});
const page = await browser.newPage();
page.setDefaultTimeout(0);
await page.goto(`${origin}/empty.html`);
for (const url of SCRIPTS[library]) await page.addScriptTag({url: origin + url});
const times = await page.evaluate(async ([isOurs, count]) => {
  const {measure} = await import('/operations.mjs');
  if (isOurs) return measure(gmvae.MusicVAE, '/model', null, count);
  await mm.tf.setBackend('cpu'); // WebGL without a graphics card takes ten times as long
  return measure(mm.MusicVAE, '/model', mm, count);
}, [library === 'gm-vae', Number(repeats)]);
process.stdout.write(JSON.stringify({times}));
await browser.close();
