/** The page at its start: its display while loading, and its messages where it cannot run. */

import assert from 'node:assert/strict';
import http from 'node:http';
import path from 'node:path';
import {pathToFileURL} from 'node:url';

/** While the model is on its way, the page counts its megabytes. */
export async function loading(context, url, patience) {
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  const {promise: held, resolve: letGo} = Promise.withResolvers?.() ?? resolvers();
  await context.route(/\/model\/group/, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(url);
  await page.getByText(/^The model: 0\.0 of \d+\.\d MB$/).waitFor();
  const bar = page.getByRole('progressbar', {name: 'The model'});
  assert.equal(await bar.getAttribute('aria-valuenow'), '0');
  assert.match(await bar.getAttribute('aria-valuetext'), /^0\.0 of \d+\.\d MB$/);
  letGo();
  await page.waitForFunction(() => window.studio?.song && window.studio.isSettled);
  assert.equal(await page.getByText(/^The model:/).count(), 0);
}

function resolvers() {
  const found = {};
  found.promise = new Promise((resolve) => Object.assign(found, {resolve}));
  return found;
}

/** A site's soundfont plays unless a person chose otherwise; then it is not even fetched. */
export async function siteSoundfont(context, url, font, patience) {
  const asked = [];
  await context.route(url, async (route) => {
    const answer = await route.fetch();
    const text = await answer.text();
    const body = text.replace('name="soundfont" content=""', 'name="soundfont" content="a%20font.sf2"');
    await route.fulfill({response: answer, body});
  });
  await context.route(/\/a%20font\.sf2$/, (route) => {
    asked.push(route.request().url());
    return route.fulfill({body: font, contentType: 'application/octet-stream'});
  });
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  const visit = async (kind) => {
    await page.goto(url);
    await page.getByLabel('Sounds', {exact: true}).waitFor();
    await page.waitForFunction((wanted) => window.studio.sounds.kind === wanted, kind);
  };
  await visit('font');
  assert.equal(asked.length, 1);
  const sounds = page.getByLabel('Sounds', {exact: true});
  assert.deepEqual(await sounds.locator('option').allInnerTexts(), 
    ['Synthesiser', 'a font.sf2', 'A MIDI port …']);
  assert.equal(await page.getByRole('button', {name: /^Forget/}).count(), 0);
  await sounds.selectOption('Synthesiser');
  await page.goto('about:blank');
  await visit('synth');
  assert.equal(asked.length, 1);
  await sounds.selectOption('a font.sf2');
  await page.waitForFunction(() => window.studio.sounds.kind === 'font');
  assert.equal(asked.length, 2);
  assert.equal(await page.locator('.fetching').count(), 0);
}

/** Before any script has run the page has its colours and says something. */
export async function firstSight(browser, url) {
  for (const [scheme, isDark] of [['light', false], ['dark', true]]) {
    const context = await browser.newContext({javaScriptEnabled: false, colorScheme: scheme, serviceWorkers: 'block'});
    const page = await context.newPage();
    await page.goto(url);
    await page.getByRole('heading', {name: 'GM-VAE'}).waitFor();
    await page.getByText(/needs JavaScript/).waitFor();
    const shot = await page.screenshot({clip: {x: 0, y: 0, width: 4, height: 4}});
    const other = await browser.newContext({serviceWorkers: 'block'});
    const reader = await other.newPage();
    const light = await reader.evaluate(async (base64) => {
      const image = new Image();
      image.src = `data:image/png;base64,${base64}`;
      await image.decode();
      const canvas = document.createElement('canvas').getContext('2d');
      canvas.drawImage(image, 0, 0);
      return canvas.getImageData(1, 1, 1, 1).data[1];
    }, shot.toString('base64'));
    assert.equal(light < 128, isDark, `${scheme}: ${light}`);
    await other.close();
    await context.close();
  }
}

/** Where the page cannot run, it names the cause. */
export async function causes(browser, url, patience) {
  const alert = async (prepare) => {
    const context = await browser.newContext({serviceWorkers: 'block'});
    const page = await context.newPage();
    page.setDefaultTimeout(patience);
    await prepare(context);
    await page.goto(url);
    const text = await page.getByRole('alert').innerText();
    await context.close();
    return text;
  };
  const missing = (pattern) => (context) => context.route(pattern, (route) =>
    route.fulfill({status: 404, body: 'no'}));
  assert.match(await alert((context) => context.addInitScript(() => delete window.Worker)),
    /has no workers; use a newer browser/);
  assert.match(await alert((context) => context.addInitScript(() => delete window.WebAssembly)),
    /There is no WebAssembly/);
  assert.match(await alert((context) => context.addInitScript(() => {
    WebAssembly.validate = () => false; // as where the processor has no vectors
  })), /no vector instructions/);
  assert.match(await alert(missing(/\/worker[^/]*\.js/)), /\/worker[^/ ]*\.js is missing on the server/);
  assert.match(await alert(missing(/\/model\/config\.json/)),
    /\/model\/config\.json is missing on the server \(404\)/);
  assert.match(await alert((context) => context.route(/\/model\/group/, (route) => route.abort())),
    /\/model\/group\S+ could not be fetched: the network or the server is away/);
}

/** Opened as a file, where browsers do not run modules, the page asks for a server. */
export async function asFile(browser, folder, patience) {
  const context = await browser.newContext({serviceWorkers: 'block'});
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  await page.goto(pathToFileURL(path.join(folder, 'index.html')).href);
  await page.getByText(/It cannot run as a file that is opened from a folder/).waitFor();
  await context.close();
}

/** The page may ask for its own files only, and none of them changes under its name. */
export async function policy(context, url) {
  const page = await context.newPage();
  const asked = [];
  page.on('request', (each) => asked.push(new URL(each.url())));
  await page.goto(url);
  await page.waitForFunction(() => window.studio?.song && window.studio.isSettled);
  const changing = asked.map(({pathname}) => pathname.split('/').at(-1))
    .filter((name) => /\.(js|css)$|shard/.test(name) && !/-[0-9A-Z]{8}\.\w+$|-[0-9a-f]{8}$/.test(name));
  assert.deepEqual(changing, []);
  const blocked = await page.evaluate(async () => {
    const found = [];
    document.addEventListener('securitypolicyviolation', ({effectiveDirective}) =>
      found.push(effectiveDirective));
    const elsewhere = 'http://127.0.0.2:9/x';
    await fetch(elsewhere).catch(() => {});
    for (const [tag, name] of [['img', 'src'], ['script', 'src']]) {
      await new Promise((resolve) => {
        const element = document.createElement(tag);
        element.onerror = resolve;
        element[name] = elsewhere;
        document.head.append(element);
      });
    }
    const inline = document.createElement('script');
    inline.textContent = 'window.isInlineRun = true';
    document.head.append(inline);
    await new Promise((resolve) => setTimeout(resolve));
    return {found, isRun: Boolean(window.isInlineRun)};
  });
  assert.equal(blocked.isRun, false);
  assert.ok(['connect-src', 'img-src', 'script-src-elem'].every((name) => blocked.found.includes(name)),
    blocked.found.join());
}

/** A page that was here once opens without its server, with the music of a link, and reads a file. */
export async function withoutServer(browser, url, link, song, patience) {
  const server = http.createServer(async (asked, answer) => {
    const response = await fetch(new URL(asked.url, url));
    answer.writeHead(response.status, {'Content-Type': response.headers.get('Content-Type')});
    answer.end(Buffer.from(await response.arrayBuffer()));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${server.address().port}/`;
  const context = await browser.newContext();
  const open = async () => {
    const page = await context.newPage();
    page.setDefaultTimeout(patience);
    await page.goto(address + link);
    await page.waitForFunction(() => window.studio?.song && window.studio.isSettled);
    return page;
  };
  const first = await open();
  await first.waitForFunction(() => navigator.serviceWorker.controller);
  const notes = await first.evaluate(() => window.studio.song.notes);
  // the encoder, which comes when a file is opened, and all that was fetched before it was kept
  const read = async (page) => {
    await page.getByLabel('Open a file').setInputFiles(song);
    await page.getByRole('dialog').locator('.bar:not(.is-refused)').first().click();
    await page.getByRole('button', {name: 'Use as style A'}).click();
    await page.waitForFunction(() => window.studio.arrangement.a.point && window.studio.isSettled);
    return page.evaluate(() => window.studio.arrangement.a.point);
  };
  const point = await read(first);
  await first.waitForFunction(async () => {
    const cache = await caches.open('gm-vae-files');
    const names = (await cache.keys()).map((each) => new URL(each.url).pathname);
    return names.includes('/') && names.includes('/icon.svg') && names.some((name) => /page-\w+\.js/.test(name)) &&
      names.some((name) => /page-\w+\.css/.test(name));
  });
  await first.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  const page = await open();
  assert.deepEqual(await page.evaluate(() => window.studio.song.notes), notes);
  assert.equal(await read(page), point);
  const manifest = await page.evaluate(async () =>
    (await fetch(document.querySelector('link[rel=manifest]').href)).json());
  assert.deepEqual(manifest.file_handlers[0].accept['audio/midi'].slice(0, 2), ['.mid', '.midi']);
  assert.equal(await page.evaluate(async (src) => (await fetch(src)).ok, manifest.icons[0].src), true);
  await context.close();
}
