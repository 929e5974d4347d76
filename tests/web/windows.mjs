/** The page in windows that are low, wide, or coloured by the system. */

import assert from 'node:assert/strict';

const LOW = [[812, 375], [640, 400], [900, 600], [1280, 700]]; // px
const SMALL = {width: 375, height: 568};

/** What of a layer is not seen when it has the focus; runs in the page. */
function unseen(selector) {
  return [...document.querySelectorAll(selector)].filter((element) => {
    if (!element.getClientRects().length || element.disabled || element.type === 'file') return false;
    element.focus();
    const {left, right, top, bottom} = element.getBoundingClientRect();
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    const found = document.elementFromPoint(x, y);
    return !found || !element.contains(found);
  }).map((element) => element.ariaLabel || element.innerText || element.outerHTML.slice(0, 60));
}

/** Every button of the chord panel is seen, of the first bar and of the last. */
export async function low(page) {
  for (const [width, height] of LOW) {
    for (const bar of ['first', 'last']) {
      await page.setViewportSize({width, height});
      await page.evaluate(() => window.scrollTo(0, 0));
      await page.locator('.chord-button')[bar]().click();
      await page.getByRole('dialog').waitFor();
      assert.deepEqual(await page.evaluate(unseen, '.chord-panel button'), [],
        `${bar} bar, ${width} x ${height}`);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({state: 'detached'});
    }
  }
}

/** The transport is a bar that hides nothing that has the focus, and leaves the sliders free. */
export async function covered(page) {
  await page.setViewportSize({width: 1280, height: 800});
  const edges = () => page.evaluate(() => {
    const box = (selector) => document.querySelector(selector).getBoundingClientRect();
    const {left, right, top, bottom} = box('.transport');
    return {
      left, right, top, bottom, sliders: box('.blend-cells').bottom,
      width: document.documentElement.clientWidth, height: window.innerHeight,
      paint: getComputedStyle(document.querySelector('.transport')).backgroundColor,
    };
  });
  const {left, right, bottom, width, height, paint} = await edges();
  assert.deepEqual([left, right, bottom], [0, width, height]);
  assert.match(paint, /^rgb\(/, 'something shows through'); // not rgba, nor color(... / 0.88)
  const isFree = () => page.waitForFunction(() =>
    document.querySelector('.blend-cells').getBoundingClientRect().bottom <=
    document.querySelector('.transport').getBoundingClientRect().top);
  await isFree();
  const text = page.getByLabel('Chords', {exact: true});
  await text.fill('C Hm');
  await text.press('Enter');
  await page.locator('#chord-error:not(:empty)').waitFor();
  await isFree();
  await page.getByRole('button', {name: 'Keep style A'}).click();
  await page.locator('.favourite').waitFor();
  await isFree();
  await page.locator('.notice').getByRole('button', {name: 'OK'}).click();
  assert.deepEqual(await page.evaluate(unseen, 'button, input, select'), []);
  // the transport is seen always, so nothing scrolls for it
  assert.equal(await page.evaluate(() => {
    window.scrollTo(0, 0);
    for (const control of document.querySelectorAll('.transport button, .transport input')) control.focus();
    return window.scrollY;
  }), 0);
}

/** A large window is used. */
export async function wide(page) {
  await page.setViewportSize({width: 2560, height: 1440});
  await page.waitForFunction(() => {
    const box = (selector) => document.querySelector(selector).getBoundingClientRect();
    const rest = box('.transport').top - box('.blend-cells').bottom;
    return box('.main').width > 2400 && box('.roll').width > 1900 &&
      box('.canvases').height > 800 && rest >= 0 && rest < 60;
  });
  const cut = await page.locator('.part-name').evaluateAll((names) => names
    .filter((name) => name.scrollWidth > name.clientWidth).map((name) => name.title));
  assert.deepEqual(cut, []);
}

/** What colours show is shown in other ways where the system forces its own. */
export async function forced(page) {
  await page.evaluate(() => {
    const {studio} = window;
    studio.changePart(studio.song.parts[0].key, {mute: true});
  });
  await page.emulateMedia({forcedColors: 'active'});
  const paint = (locator) => picture(page, locator.first());
  for (const name of ['.toggle', '.chip', '.tool']) {
    const [on, off] = [`${name}[aria-pressed=true]`, `${name}[aria-pressed=false]`];
    if (await page.locator(on).count() === 0) await page.locator(off).first().click();
    const [pressed, free] = [await paint(page.locator(on)), await paint(page.locator(off))];
    assert.notDeepEqual(pressed.most, free.most, `${name} does not show that it is pressed`);
  }
  const parts = page.locator('.part-mark');
  assert.ok(await parts.count() >= 2);
  assert.notDeepEqual((await paint(parts)).most, (await picture(page, parts.last())).most);
  for (const name of ['.volume', '.blend-slider', '.blend-cells input']) {
    await page.locator(name).first().scrollIntoViewIfNeeded();
    const {rail, most} = await paint(page.locator(name));
    assert.notDeepEqual(rail, most, `${name} has no rail`);
  }
}

/** Of the picture of an element: its most frequent colour, and that of a slider's rail. */
async function picture(page, locator) {
  const bytes = (await locator.screenshot({animations: 'disabled'})).toString('base64');
  return page.evaluate(async (base64) => {
    const data = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const image = await createImageBitmap(new Blob([data], {type: 'image/png'}));
    const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
    canvas.drawImage(image, 0, 0);
    const at = (x, y) => [...canvas.getImageData(x, y, 1, 1).data].slice(0, 3).join();
    const counts = new Map();
    for (let x = 0; x < image.width; x++) {
      for (let y = 0; y < image.height; y++) counts.set(at(x, y), (counts.get(at(x, y)) ?? 0) + 1);
    }
    const [[most]] = [...counts].sort((a, b) => b[1] - a[1]);
    return {most, rail: at(image.width >> 2, image.height >> 1)};
  }, bytes);
}

/** A roll that follows the music jumps where a person wants no motion. */
export async function stillness(page) {
  await page.setViewportSize(SMALL);
  const behaviour = page.evaluate(() => new Promise((resolve) => {
    const {scrollTo} = Element.prototype;
    Element.prototype.scrollTo = function (...values) {
      if (this.matches('.roll-frame')) resolve(values[0].behavior);
      return scrollTo.apply(this, values);
    };
    window.studio.seek(3 * 96);
  }));
  await page.getByRole('button', {name: 'Play', exact: true}).click();
  assert.equal(await behaviour, 'auto');
}
