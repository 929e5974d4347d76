/**
 * axe-core's rules for WCAG 2.2 AA, in every state of the page and in every look of it.
 *
 * Each check takes a page that shows page.mjs's link, and `tools` of page.mjs.
 */

import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {createRequire} from 'node:module';

const SOURCE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

const settled = (page) => page.waitForFunction(() => window.studio?.song && window.studio.isSettled);
const closed = (locator) => locator.waitFor({state: 'detached'});

/** What can be seen on the page: how it comes about, and how it goes again. */
const SCENES = {
  start: {},
  playing: {
    enter: async (page) => {
      await page.locator('.play').click();
      await page.waitForFunction(() => window.studio.player.step > 10);
    },
    leave: (page) => page.locator('.play').click(),
  },
  'open panels': {
    enter: async (page) => {
      await page.locator('[aria-controls=chord-help]').click();
      await page.locator('[aria-controls=character]').click();
      await page.locator('.chord-button').nth(1).click();
      await page.getByRole('dialog').waitFor();
    },
    leave: async (page) => {
      await page.keyboard.press('Escape');
      await page.locator('[aria-controls=chord-help]').click();
      await page.locator('[aria-controls=character]').click();
    },
  },
  'what was saved': {
    enter: async (page) => {
      const download = page.waitForEvent('download');
      await page.locator('.save').first().click();
      await download;
      await page.locator('.keep').first().click();
      await page.locator('.notice').waitFor();
    },
    leave: (page) => page.locator('.notice-close').last().click(),
  },
  'a wrong chord': {
    enter: async (page) => {
      await page.locator('.chord-line .text-field').fill('C Hm');
      await page.keyboard.press('Enter');
      await page.locator('#chord-error:not(:empty)').waitFor();
    },
    leave: async (page) => {
      await page.locator('.chord-line .text-field').press('Escape');
    },
  },
  'a song': {
    enter: async (page) => {
      await page.locator('.song-switch').click();
      await page.locator('.song-form input').fill('A X');
      await page.keyboard.press('Enter');
      await page.locator('#form-error:not(:empty)').waitFor();
      await settled(page);
    },
    leave: async (page) => {
      await page.locator('.song-form input').press('Escape');
      await page.locator('.song-switch').click();
      await page.locator('.styles').waitFor();
    },
  },
  'an error': {
    enter: async (page, {files}) => {
      await page.locator('input[type=file]').setInputFiles(files.text);
      await page.locator('.notice.is-error').waitFor();
    },
    leave: (page) => page.locator('.notice-close').last().click(),
  },
  'a MIDI file': {
    enter: async (page, {files}) => {
      await page.locator('input[type=file]').setInputFiles(files.song);
      await page.getByRole('dialog').waitFor();
    },
    leave: async (page) => {
      await page.keyboard.press('Escape');
      await closed(page.getByRole('dialog'));
    },
  },
  dragging: {
    enter: async (page) => {
      await page.evaluate(() => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(['x'], 'x.mid'));
        window.dispatchEvent(new DragEvent('dragover', {dataTransfer}));
      });
      await page.locator('.drop-hint').waitFor();
    },
    leave: async (page) => {
      await page.evaluate(() => window.dispatchEvent(new DragEvent('dragleave')));
      await closed(page.locator('.drop-hint'));
    },
  },
  offline: {
    enter: async (page) => {
      await page.context().setOffline(true);
      await page.locator('.transport .strong').click();
      await settled(page);
    },
    leave: (page) => page.context().setOffline(false),
  },
};
const ALL = Object.keys(SCENES);

/** Violations in what is seen now, as sentences. */
async function violations(page) {
  if (!await page.evaluate(() => Boolean(window.axe))) {
    await page.evaluate(await readFile(SOURCE, 'utf8'));
  }
  return page.evaluate(async (tags) => {
    // what the bar at the foot lies over can be scrolled out from under it
    document.querySelector('.transport')?.style.setProperty('position', 'static');
    // what still fades in or out has no colour of its own
    await Promise.all(document.getAnimations().filter(({effect}) =>
      effect.getComputedTiming().iterations < 9).map(({finished}) => finished.catch(() => {})));
    const found = await window.axe.run(document, {runOnly: tags, resultTypes: ['violations']});
    document.querySelector('.transport')?.style.removeProperty('position');
    return found.violations.flatMap(({id, nodes}) => nodes.map(({html, any, all, none}) =>
      `${id}: ${html.slice(0, 160)} ${[...any, ...all, ...none].map(({message}) => message)}`));
  }, TAGS);
}

/** Looks at scenes one after another; what axe finds fails. */
async function look(page, tools, name, scenes = ALL) {
  const found = {};
  for (const scene of scenes) {
    const {enter, leave} = SCENES[scene];
    await enter?.(page, tools);
    found[`${name}, ${scene}`] = await violations(page);
    await leave?.(page, tools);
  }
  return found;
}

const none = (found) => {
  const states = new Map(); // fault -> where it is seen first
  for (const [state, list] of Object.entries(found)) {
    for (const fault of list) states.set(fault, states.get(fault) ?? state);
  }
  assert.equal([...states].map(([fault, state]) => `${state}: ${fault}`).join('\n'), '');
  return Object.keys(found).length;
};

export const axeChecks = {
  'axe in the light': async (page, tools) => none(await look(page, tools, 'light')),

  async 'axe in the dark'(page, tools) {
    await page.emulateMedia({colorScheme: 'dark'});
    await page.locator('[data-theme=dark]').waitFor();
    return none(await look(page, tools, 'dark'));
  },

  async 'axe in forced colours'(page, tools) {
    await page.emulateMedia({forcedColors: 'active'});
    return none(await look(page, tools, 'forced', ['start', 'open panels', 'a MIDI file', 'an error']));
  },

  async 'axe in German'(page, tools) {
    await page.setViewportSize({width: 320, height: 640});
    await page.locator('.language select').selectOption('de');
    await page.locator('html[lang=de]').waitFor();
    return none(await look(page, tools, 'German, 320 px'));
  },

  /** The page before there is music, and where there will be none. */
  async 'axe before the music'(page, {visit, url}) {
    const context = await visit();
    const found = {};
    const other = await context.newPage();
    await context.route(/\/model\/group/, () => {}); // never answers
    await other.goto(url);
    await other.locator('.fetching').waitFor();
    found.loading = await violations(other);
    await context.unrouteAll();
    await context.route(/\/model\/config\.json/, (route) => route.fulfill({status: 404, body: 'no'}));
    await other.goto('about:blank');
    await other.goto(url);
    await other.getByRole('alert').waitFor();
    found['no model'] = await violations(other);
    await context.close();
    return none(found);
  },
};
