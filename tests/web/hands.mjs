/**
 * Checks of how the page answers a mouse, fingers and keys.
 *
 * Each takes a page that shows page.mjs's link, and `tools` of page.mjs.
 */

import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';

const arrangementOf = (page) => page.evaluate(() => window.studio.arrangement);
const isPlaying = (page) => page.evaluate(() => window.studio.player.isPlaying);
const button = (page, name) => page.getByRole('button', {name, exact: true});

/** What has the focus, in words. */
const focused = (page) => page.evaluate(() => {
  const {activeElement: {ariaLabel, innerText, localName}} = document;
  return localName === 'body' ? 'nothing' : ariaLabel || innerText;
});

export const handChecks = {
  /** What a pointer points at can be read, in both themes, pressed or not. */
  async hovers(page, {findFaults, files}) {
    const scenes = {
      page: async () => {
        await button(page, 'Keep style A').click();
        await page.getByRole('button', {name: /^(Mute|Solo)/}).first().click();
        await button(page, 'Morph A B').click();
      },
      panel: () => page.getByRole('button', {name: /^Bar 2:/}).click(),
      dialog: async () => {
        await page.getByLabel('Open a file').setInputFiles(files.song);
        await page.locator('dialog .bar').first().waitFor();
      },
    };
    const seen = new Set();
    for (const [scene, enter] of Object.entries(scenes)) {
      await enter();
      for (const theme of ['light', 'dark']) {
        await page.emulateMedia({colorScheme: theme});
        await page.locator(`[data-theme=${theme}]`).waitFor();
        for (const {look, at} of await page.evaluate(looks)) {
          if (seen.has(theme + look)) continue;
          seen.add(theme + look);
          const {x, y} = await page.evaluate(bringToMiddle, at);
          await page.mouse.move(x, y);
          assert.deepEqual(await page.evaluate(findFaults), [], `${look} in ${scene}, ${theme}`);
        }
      }
    }
    assert.ok(seen.size > 40, `${seen.size} looks`);
  },

  /** After a click the space key plays; what a key focused it presses. */
  async space(page) {
    const playsAndStops = async (after) => {
      const before = await arrangementOf(page);
      for (const wanted of [true, false]) {
        await page.keyboard.press(' ');
        await page.waitForFunction((is) => window.studio.player.isPlaying === is, wanted)
          .catch(() => assert.fail(`space does nothing after ${after}`));
      }
      assert.deepEqual(await arrangementOf(page), before, after);
    };
    const settled = () => page.waitForFunction(() => window.studio.isSettled);
    const names = ['Roll again', 'Surprise me', 'Repeat', 'New style B', 'Swap A and B', 'Hold',
      'Keep style A', 'Undo', 'Add a chord'];
    for (const name of names) {
      await button(page, name).click();
      await settled();
      await playsAndStops(name);
      const ok = button(page, 'OK');
      if (await ok.count()) await ok.click(); // a notice may lie over what is clicked next
    }
    await page.getByRole('button', {name: /^Mute/}).first().click();
    await playsAndStops('Mute');
    await page.getByLabel('Tempo').click();
    await playsAndStops('Tempo');
    await page.getByRole('button', {name: /^Bar 2:/}).click();
    await page.getByRole('dialog').getByRole('button', {name: 'E♭'}).click();
    await settled();
    await playsAndStops('a root');
    const examples = page.getByLabel('Example progressions');
    await examples.click();
    await examples.selectOption({index: 2});
    await settled();
    await playsAndStops('an example');

    // a key that brought the focus to a button brings the page's key back to it
    await button(page, 'Repeat').click();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Shift+Tab');
    const {loop} = await arrangementOf(page);
    await page.keyboard.press(' ');
    assert.equal((await arrangementOf(page)).loop, !loop);
    assert.equal(await isPlaying(page), false);
  },

  /** Fingers that scroll the page from a slider change nothing; a tap and a drag do, in one step. */
  async sliders(page, {openPhone}) {
    const phone = await openPhone();
    const swipe = await fingers(phone);
    await phone.evaluate(() => window.studio.change({blend: Array(4).fill(30)}));
    await phone.waitForFunction(() => window.studio.isSettled);
    await phone.getByRole('button', {name: 'Character'}).click();
    const before = await arrangementOf(phone);
    const sliders = await phone.locator('input[type=range]').all();
    assert.ok(sliders.length > 8);
    for (const slider of sliders) {
      const label = await slider.evaluate((element) =>
        element.ariaLabel ?? element.closest('label').innerText);
      const value = await slider.inputValue();
      await swipe(slider, [0, -120], 0.8);
      assert.equal(await slider.inputValue(), value, label);
      assert.deepEqual(await arrangementOf(phone), before, label);
    }
    const undo = () => phone.evaluate(() => window.studio.undo());
    const share = async () => (await arrangementOf(phone)).blend[0];
    const main = phone.getByLabel(/^Blend of style A and style B/);
    await swipe(main, [80, 0], 0.3);
    const dragged = await share();
    assert.ok(dragged > 40 && dragged < 90, `${dragged}`);
    await undo();
    assert.equal(await share(), 30);
    await phone.evaluate(() => window.studio.redo());
    await main.tap({position: {x: 4, y: 12}});
    assert.ok(await share() < 10);
    await undo();
    assert.equal(await share(), dragged);
  },

  /** Fingers scroll the page and the roll from the roll; a tap seeks. */
  async swipes(page, {openPhone}) {
    const phone = await openPhone();
    const swipe = await fingers(phone);
    const step = () => phone.evaluate(() => window.studio.player.step);
    const places = () => phone.evaluate(() =>
      [window.scrollY, document.querySelector('.roll-frame').scrollLeft]);
    await phone.evaluate(() => window.studio.change({
      chords: Array(12).fill([1]), blend: Array(12).fill(0), down: Array(12).fill(0)}));
    await phone.waitForFunction(() => window.studio.isSettled);
    const roll = phone.locator('.canvases canvas').last();
    await swipe(roll, [-150, 0]);
    const [top, left] = await places();
    assert.ok(left > 0, 'the roll does not scroll');
    assert.equal(await step(), 0);
    await swipe(roll, [0, 150]);
    assert.notEqual((await places())[0], top, 'the page does not scroll');
    assert.equal(await step(), 0);
    await roll.tap({position: {x: 300, y: 60}});
    assert.ok(await step() > 96);
  },

  /** A song whose length changes in its second round continues at its position. */
  async rounds(page) {
    await page.evaluate(() => {
      const {studio} = window;
      studio.change({qpm: 240});
      studio.seek(300);
    });
    await button(page, 'Play').click();
    await page.waitForFunction(() =>
      window.studio.player.step < 250 && window.studio.player.step > 30);
    const [before, after] = await page.evaluate(async () => {
      const {player, song, sounds} = window.studio;
      await (await sounds.live()).context.suspend(); // its clock stands
      const {step} = player;
      player.setSong({...song, bars: 5, channels: [...song.channels, song.channels[0]]});
      return [step, player.step];
    });
    assert.equal(after.toFixed(3), before.toFixed(3));
  },

  /** The roll is a slider to keys. Letters act where they should, and can be turned off. */
  async keyboard(page) {
    const step = () => page.evaluate(() => window.studio.player.step);
    const place = page.getByRole('slider', {name: 'Place in the music'});
    await place.focus();
    const steps = [];
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowLeft', 'End', 'ArrowRight', 'Home']) {
      await page.keyboard.press(key);
      steps.push(await step());
    }
    assert.deepEqual(steps, [96, 192, 96, 288, 288, 0]);
    await page.evaluate(() => window.studio.seek(250));
    assert.equal(await place.getAttribute('aria-valuetext'), 'Bar 3 of 4');
    await page.keyboard.press('ArrowLeft');
    assert.equal(await step(), 192); // first to the beginning of the bar
    await page.getByLabel('Tempo').focus();
    await page.keyboard.press('Home');
    assert.equal(await step(), 192); // the slider's own key

    const seed = async () => (await arrangementOf(page)).seed;
    const first = await seed();
    await page.keyboard.press('r');
    const second = await seed();
    assert.notEqual(second, first);
    for (const key of ['Control+z', 'Control+y', 'Control+z', 'Control+Shift+z']) {
      await page.keyboard.press(key);
      assert.equal(await seed(), key === 'Control+z' ? first : second, key);
    }
    // in a field the browser undoes what was typed
    const box = page.locator('.chord-line .text-field');
    const line = await box.inputValue();
    await box.press('End');
    await page.keyboard.type(' Dm');
    await page.keyboard.press('Control+z');
    assert.equal(await box.inputValue(), line);
    assert.equal(await seed(), second);
    await box.press('Escape');
    await page.getByRole('button', {name: /^Bar 1:/}).click();
    await page.keyboard.press('r');
    await page.keyboard.press('Escape');
    assert.equal(await seed(), second); // not from within a panel
    const letters = page.getByLabel('R rolls again');
    await letters.uncheck();
    await page.locator('body').press('r');
    assert.equal(await seed(), second);
    await page.waitForFunction((wanted) => window.location.hash.includes(`s=${wanted}`), second);
    await page.reload();
    await page.waitForFunction(() => window.studio?.song && window.studio.isSettled);
    await page.keyboard.press('r');
    assert.equal(await seed(), second); // it is kept
    await letters.check();
    await page.keyboard.press('r');
    assert.notEqual(await seed(), second);

  },

  /** A key that is held is one press; what is hit ten times is one surprise, and one step back. */
  async repeats(page) {
    const settled = () => page.waitForFunction(() => window.studio.isSettled);
    const link = await page.evaluate(() => window.studio.link);
    const hit = (repeat) => page.evaluate((isHeld) => {
      for (let i = 0; i < 10; i++) {
        const event = new KeyboardEvent('keydown', {key: 'n', bubbles: true, repeat: isHeld});
        document.body.dispatchEvent(event);
      }
      return window.studio.isSettled;
    }, repeat);
    assert.equal(await hit(true), true);
    assert.equal(await hit(false), false);
    await settled();
    assert.notEqual(await page.evaluate(() => window.studio.link), link);
    await page.keyboard.press('Control+z');
    assert.equal(await page.evaluate(() => window.studio.link), link);
  },

  /** The focus is never nowhere. */
  async focus(page) {
    const bar = (number) => page.getByRole('button', {name: new RegExp(`^Bar ${number}:`)});
    const panel = page.getByRole('dialog');
    const press = async (name, scope = page) => {
      await scope.getByRole('button', {name, exact: true}).focus();
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => window.studio.isSettled);
    };
    await bar(2).press('Enter');
    await press('Delete', panel);
    assert.match(await focused(page), /^Bar 2: Am/);
    await bar(3).press('Enter');
    await press('Delete', panel);
    assert.match(await focused(page), /^Bar 2: /); // there is none behind it
    // the panel is left by the Tab key, and by Escape from anywhere
    await bar(1).press('Enter');
    for (let i = 0; i < 30 && (await panel.count()); i++) await page.keyboard.press('Tab');
    assert.equal(await panel.count(), 0);
    assert.match(await focused(page), /^Bar 2: /);
    await bar(1).press('Enter');
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press('Escape');
    assert.equal(await panel.count(), 0);
    assert.match(await focused(page), /^Bar 1: /);

    while (await page.evaluate(() => window.studio.canUndo)) await press('Undo');
    assert.equal(await focused(page), 'Undo');
    await press('Redo');
    await press('Redo');
    assert.equal(await focused(page), 'Redo');
    await press('New style A');
    assert.equal(await focused(page), 'New style A');
    await page.getByRole('button', {name: /^Mute/}).first().click();
    await press('Reset');
    assert.equal(await focused(page), 'Reset');
    await press('Keep style A');
    await press('Keep style B');
    const forget = page.getByRole('button', {name: /^Forget/});
    await forget.first().press('Enter');
    assert.match(await focused(page), /^Forget/);
    await forget.first().press('Enter');
    assert.equal(await focused(page), 'Keep style A');
    await press('Share');
    await button(page, 'OK').focus();
    await page.keyboard.press('Enter');
    assert.equal(await focused(page), 'Share');
    await press('Add a chord');
    while (await button(page, 'Add a chord').count()) await press('Add a chord');
    assert.match(await focused(page), /^Bar \d+: /);
  },

  /** The dialog of a file by keys: its bars are one stop, arrows choose; one can be heard first. */
  async bars(page, {files}) {
    const dialog = page.getByRole('dialog');
    const bars = dialog.locator('.bar');
    const chosen = () => bars.evaluateAll((all) =>
      all.findIndex(({ariaPressed}) => ariaPressed === 'true'));
    await page.getByLabel('Open a file').setInputFiles(files.song);
    await dialog.waitFor();
    const stops = new Set();
    for (let i = 0; i < 12; i++) {
      await page.keyboard.press('Tab');
      stops.add(await focused(page));
    }
    assert.equal([...stops].filter((name) => /^Bar \d/.test(name)).length, 1);
    await bars.nth(await chosen()).focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    assert.equal(await chosen(), 1);
    await page.keyboard.press('ArrowDown');
    const below = await chosen();
    assert.ok(below > 2);
    await page.keyboard.press('ArrowUp');
    assert.equal(await chosen(), 1);
    await page.keyboard.press('End');
    assert.equal(await chosen(), (await bars.count()) - 1);
    assert.match(await focused(page), /^Bar \d/);

    await page.keyboard.press('Home');
    await button(dialog, 'Hear it').click();
    await button(dialog, 'Stop').waitFor();
    await button(dialog, 'Hear it').waitFor(); // it ends by itself

  },

  /** Messages of the page are shown in the dialog; another file replaces the dialog. */
  async file(page, {files}) {
    const dialog = page.getByRole('dialog');
    const pick = (file) => page.getByLabel('Open a file').setInputFiles(file);
    const bars = dialog.locator('.bar');
    await button(page, 'Open MIDI').focus();
    await pick(files.song);
    await bars.last().click();
    await pick({name: 'again.mid', mimeType: 'audio/midi', buffer: await readFile(files.song)});
    await dialog.getByText('again.mid', {exact: true}).waitFor();
    assert.equal(await bars.first().getAttribute('aria-pressed'), 'true');
    await button(dialog, 'Take its chords').click();
    const said = dialog.getByRole('status');
    await said.getByText('These are the chords now: ').waitFor();
    const {chords} = await arrangementOf(page);
    assert.equal(chords.length, Math.min(await bars.count(), 64));
    await said.getByRole('button', {name: 'OK'}).click(); // nothing lies over it
    await dialog.getByRole('button', {name: /^Take its tempo/}).click();
    const {qpm} = await page.evaluate(() => window.studio.midi);
    assert.equal((await arrangementOf(page)).qpm, qpm);
    assert.notEqual(qpm, 120);

    // of a file without styles the chords can be taken, and it is clear why it has none
    await pick(files.solo);
    await dialog.getByText('solo.mid', {exact: true}).waitFor();
    await dialog.getByText(/None of its \d+ bars can be a style/).waitFor();
    await dialog.getByText(/Bar 1 .* cannot be a style: it has fewer than 2 instr/).waitFor();
    assert.equal(await button(dialog, 'Use as style A').isDisabled(), true);
    await button(dialog, 'Take its chords').click();
    await said.getByText('These are the chords now: ').waitFor();
    assert.equal((await arrangementOf(page)).chords.length, await bars.count());
    await pick(files.song);
    await dialog.getByText('song.mid', {exact: true}).waitFor();
    await button(dialog, 'Use as style B').click();
    await dialog.waitFor({state: 'detached'});
    assert.equal(await focused(page), 'Open MIDI');
  },

  /** Controls without an audible effect show the reason. */
  async hints(page) {
    const notice = page.locator('.notice');
    const says = (text) => notice.filter({hasText: text}).waitFor();
    const link = () => page.evaluate(() => window.studio.link);
    await page.evaluate(() => window.studio.change({blend: [0, 0, 0, 0], temperature: 0}));
    await button(page, 'New style B').click();
    await says('Style B is chosen, but all bars play style A');
    await button(page, 'Keep style A').click();
    await page.getByRole('button', {name: /as style B$/}).click();
    await says('Style B is chosen, but all bars play style A');
    const before = await link();
    await page.locator('body').press('r');
    await says('Raise Daring to roll again');
    assert.equal(await link(), before);
    await page.evaluate(() => window.studio.change({blend: [0, 0, 0, 1], temperature: 5}));
    await button(page, 'OK').click();
    await button(page, 'New style B').click();
    await page.locator('body').press('r');
    await page.waitForFunction(() => window.studio.isSettled);
    assert.equal(await notice.count(), 0);

  },

  /** An emptied address is the same music, and comes back. */
  async address(page) {
    const link = () => page.evaluate(() => window.studio.link);
    const kept = await link();
    await page.evaluate(() => {
      window.location.hash = '';
    });
    await page.waitForFunction((url) => window.location.href === url, kept);
    assert.equal(await link(), kept);

  },

  /** Failures are shown. */
  async failures(page) {
    const says = (text) => page.locator('.notice').filter({hasText: text}).waitFor();
    await page.evaluate(() => delete window.OfflineAudioContext);
    await button(page, 'Save WAV').click();
    await says('The WAV file could not be made (OfflineAudioContext is not defined)');
    await page.evaluate(() => {
      window.AudioContext = class {
        constructor() {
          throw new Error('no audio here');
        }
      };
    });
    await button(page, 'Play').click();
    await says('The browser gives no sound (no audio here)');
    await page.evaluate(() => {
      window.studio._composer.compose = () => Promise.reject(new Error('no memory'));
    });
    await button(page, 'Surprise me').click();
    await says('No style could be drawn (no memory)');
    await button(page, 'New style A').click();
    await says('No style could be drawn (no memory)');
  },
};

/**
 * A finger on a phone: swipe(locator, [dx, dy], place) begins on an element, at a share of its width;
 * swipe.from({x, y}, [dx, dy]) on the screen.
 */
export async function fingers(phone) {
  const session = await phone.context().newCDPSession(phone);
  const send = (type, touchPoints) => session.send('Input.dispatchTouchEvent', {type, touchPoints});
  const from = async (start, [dx, dy]) => {
    await send('touchStart', [start]);
    for (let i = 1; i <= 8; i++) {
      await send('touchMove', [{x: start.x + (dx * i) / 8, y: start.y + (dy * i) / 8}]);
      await phone.evaluate(() => new Promise(requestAnimationFrame));
    }
    await send('touchEnd', []);
    await phone.evaluate(() => new Promise((done) => setTimeout(done)));
  };
  const swipe = async (locator, way, place = 0.5) => {
    await locator.evaluate((element) => element.scrollIntoView({block: 'center'}));
    const {x, y, width, height} = await locator.boundingBox();
    await from({x: Math.min(x + place * width, 340), y: y + height / 2}, way);
  };
  return Object.assign(swipe, {from});
}

/** Every button and menu that is shown and usable: how it looks, and its place among all. */
function looks() {
  const dialog = document.querySelector('dialog[open]');
  return [...document.querySelectorAll('button, select')].flatMap((element, at) => {
    const isHidden = !element.getClientRects().length || element.matches(':disabled') ||
      (dialog && !dialog.contains(element));
    const {className, ariaPressed, localName} = element;
    return isHidden ? [] : [{look: [localName, className, ariaPressed].join(' '), at}];
  });
}

/** Where the middle of an element is on the screen, once it is there. */
function bringToMiddle(at) {
  const element = document.querySelectorAll('button, select')[at];
  element.scrollIntoView({block: 'center', inline: 'center'});
  const {left, top, width, height} = element.getBoundingClientRect();
  return {x: left + width / 2, y: top + height / 2};
}
