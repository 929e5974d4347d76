/**
 * What of the page does not fit: beside the window, cut off, overlapping, or too small to hit.
 *
 * `misfits` brings a page into its states, with the longest texts that it can have, and looks at
 * each in several fonts and at several widths of the window, in any language.
 */

const PHONE = 520; // px: page.css puts the chord panel at the bottom up to here
const LONG = 'a_name_without_spaces_that_is_much_longer_than_any_row_of_a_phone';

/**
 * Each state is reached from the one before it. Panels and dialogs lie over one another without
 * moving what is below, so one state may show them all.
 */
const STATES = {
  'as it opens': async () => {},
  'a song': async (page) => {
    await page.evaluate((name) => {
      const {studio} = window;
      const wide = [Array(4).fill('G#maj7(#11)/D#')];
      studio.change({
        a: {name, point: btoa('\0'.repeat(studio.latentSize)).replaceAll('=', '')},
        song: {
          form: ['A', 'A>B', 'B', 'C>D', 'D', 'H'], chords: {B: wide}, styles: {}, follow: true,
          contrast: 100, vary: 100, bars: 16, fills: true, ending: true,
        },
      });
    }, LONG);
    await page.locator('.song-note').filter({hasText: '96'}).waitFor();
    const chords = page.locator('.section-chords input').nth(2); // of section B
    await chords.fill(`C ${LONG}`);
    await chords.press('Enter');
    await page.locator('.section-chords .field-error:not(:empty)').waitFor();
    await page.locator('[aria-controls=character]').click();
    await page.waitForFunction(() => window.studio.isSettled);
  },
  'all open at once': async (page, {song, soundfont}) => {
    await page.locator('input[type=file]').setInputFiles({
      name: `${LONG}.sf2`, mimeType: 'audio/x-soundfont', buffer: soundfont,
    });
    await page.locator('.notice').filter({hasText: `${LONG}.sf2`}).waitFor();
    await page.evaluate((name) => {
      const {studio} = window;
      const wide = 'G#maj7(#11)/D#';
      const style = {name, point: btoa('\0'.repeat(studio.latentSize)).replaceAll('=', '')};
      studio.change({
        song: null,
        chords: Array.from({length: 16}, (_, bar) => Array(2 ** (bar % 3)).fill(wide)),
        blend: Array.from({length: 16}, () => 50),
        down: Array.from({length: 16}, () => 0),
        a: style,
        b: style,
        qpm: 240,
      });
      [name, 'A', 'B'].forEach((each, seed) => {
        studio.keep({seed});
        studio.rename({seed}, each);
      });
      studio.say(`${name}.mid: None of its 4 bars can be a style.`, true);
    }, LONG);
    await page.waitForFunction(() => window.studio.isSettled);
    await page.evaluate(() => {
      const program = 1; // "Bright Acoustic Piano": there is no longer name
      window.studio.change({parts: Object.fromEntries(window.studio.song.parts
        .filter(({isDrum}) => !isDrum).map(({key}) => [key, {program, mute: true}]))});
    });
    await page.locator('[aria-controls=pad]').click();
    await page.locator('.pad').waitFor();
    await page.evaluate(() => {
      const {studio} = window;
      const {c, d} = {c: studio.arrangement.a, d: studio.arrangement.a}; // as long a name
      studio.change({c, d, down: studio.arrangement.blend.map((_, bar) => 6 * bar)});
    });
    await page.waitForFunction(() => window.studio.isSettled);
    await page.evaluate(() => {
      const {studio} = window;
      studio.keeping.toggleBar(2);
      for (const {key} of studio.song.parts.slice(1)) studio.keeping.togglePart(key);
    });
    await page.locator('.edit-notes').click();
    await page.locator('.note-help summary').click();
    await page.locator('.note-buttons button').nth(1).click();
    const chords = page.locator('.chord-line .text-field');
    await chords.fill(`C ${LONG}`);
    await chords.press('Enter');
    await page.locator('#chord-error:not(:empty)').waitFor();
    await page.locator('.play').click();
    await page.locator('.notice').filter({hasText: 'None of its 4 bars'}).waitFor();
    await page.locator('.chord-button').nth(2).click();
    await page.locator('input[type=file]').setInputFiles({
      name: `${LONG}.mid`, mimeType: 'audio/midi', buffer: song,
    });
    await page.locator('dialog').waitFor();
    await page.evaluate(() => { // as if the page had saved it
      const {studio} = window;
      studio.midi = {...studio.midi, link: studio.link};
      studio.seek(0);
    });
    await page.locator('.restore button').waitFor();
    await page.evaluate(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([], 'a.mid'));
      document.body.dispatchEvent(new DragEvent('dragover', {bubbles: true, dataTransfer}));
    });
    await page.locator('.drop-hint').waitFor();
  },
  'no model': async (page) => {
    await page.evaluate((name) => {
      const {studio} = window;
      studio.player.stop();
      studio.song = null;
      studio.status = {loading: false, busy: false, error: `It could not be loaded (${name}).`};
      studio.seek(0);
    }, LONG);
    await page.getByRole('alert').waitFor();
  },
};

/**
 * @param {import('playwright-core').Page} page as it opens
 * @param {Object<string, number[]>} looks the windows' widths, px, in which to look, by font
 * @param {{song: Buffer, soundfont: Buffer}} files bytes of files to open
 * @param {(page: import('playwright-core').Page, font: string) => Promise} use makes it use a font
 * @returns {Promise<string[]>} a sentence for each fault
 */
export async function misfits(page, looks, files, use) {
  const faults = [];
  for (const [state, enter] of Object.entries(STATES)) {
    await page.setViewportSize({width: 1280, height: 860});
    await enter(page, files);
    for (const [font, widths] of Object.entries(looks)) {
      await use(page, font);
      for (const width of widths) {
        await page.setViewportSize({width, height: width <= PHONE ? 640 : 860});
        const found = await page.evaluate(findMisfits, PHONE);
        faults.push(...found.map((fault) => `${font}, ${state}, ${width} px: ${fault}`));
      }
    }
  }
  return faults;
}

/** Runs in the page. */
async function findMisfits(phone) {
  // two frames: the roll and its canvases follow the width in the first
  for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
  const faults = new Set();
  const {innerWidth, innerHeight} = window;
  const SCROLLER = '.roll-frame, .favourites'; // what is inside may be beside it
  const LAYERS = '.transport, .chord-panel, dialog, .bars, .notices, .drop-hint, .roll-frame, .favourites';
  // some names are on phones for screen readers only
  const isForReaders = (element) => element.closest('.brand span, .tool span') !== null &&
    getComputedStyle(element.closest('.verb, span')).clipPath !== 'none';
  const isShown = (element) => element.getClientRects().length > 0 &&
    !element.closest('option, script, noscript') && !isForReaders(element);
  const named = (element) => {
    const text = (element.ariaLabel || element.innerText || element.title || '').replace(/\s+/g, ' ');
    return `${element.localName}.${element.classList[0] ?? ''} “${text.slice(0, 30)}”`;
  };

  // the page, and each box in it
  if (document.scrollingElement.scrollWidth > innerWidth) {
    faults.add(`the page is ${document.scrollingElement.scrollWidth} px wide`);
  }
  for (const element of document.body.querySelectorAll('*:not(svg *)')) {
    if (!isShown(element)) continue;
    const inside = element.parentElement.closest(SCROLLER);
    if (inside && !(element.closest('.chord-panel') && innerWidth <= phone)) continue;
    const {left, right} = element.getBoundingClientRect();
    if (left < -0.5 || right > innerWidth + 0.5) faults.add(`beside the window: ${named(element)}`);
  }

  // overlays are within the window, or, for the panel of a wide page, within the roll
  for (const element of document.querySelectorAll('.transport, .chord-panel, dialog, .notice')) {
    if (!isShown(element)) continue;
    const frame = innerWidth > phone && element.closest(SCROLLER);
    const {top, bottom} = element.getBoundingClientRect();
    const [least, most] = frame ? [-Infinity, frame.getBoundingClientRect().bottom] : [0, innerHeight];
    if (top < least - 0.5 || bottom > most + 0.5) faults.add(`above or below: ${named(element)}`);
  }

  // each line of text is within every box around it, or ends in an ellipsis and has a title
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !isShown(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    const lines = [...range.getClientRects()].map(({left, right, top, bottom}) => {
      const room = (bottom - top) / 5; // fonts have some above and below their letters
      return {left, right, top: top + room, bottom: bottom - room};
    });
    let isCut = false;
    for (let box = element; box !== document.body && !box.matches(SCROLLER); box = box.parentElement) {
      const style = getComputedStyle(box);
      const {left, right, top, bottom} = box.getBoundingClientRect();
      const isBeside = lines.some((line) => line.left < left - 1 || line.right > right + 1);
      const isBelow = box.closest('button') &&
        lines.some((line) => line.top < top - 1 || line.bottom > bottom + 1);
      if (style.display !== 'inline' && (isBeside || isBelow)) {
        const hasEllipsis = style.textOverflow === 'ellipsis' && style.overflowX !== 'visible';
        isCut = hasEllipsis && box.closest('[title]') !== null;
        if (!isCut) faults.add(`text outside of ${named(box)}`);
        break;
      }
      if (['absolute', 'fixed'].includes(style.position)) break;
    }
    if (!isCut) texts.push(...lines.map((line) => ({element, ...line})));
  }

  // controls and texts of one layer do not overlap
  const controls = [...document.querySelectorAll('button, input, select')].filter(isShown);
  const items = controls.map((element) => {
    const {left, right, top, bottom} = element.getBoundingClientRect();
    return {element, left, right, top, bottom};
  }).concat(texts).map((item) => ({...item, layer: item.element.closest(LAYERS)}));
  items.forEach((one, i) => {
    for (const other of items.slice(i + 1)) {
      const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      if (across <= 1 || down <= 1 || one.layer !== other.layer) continue;
      if (one.element.contains(other.element) || other.element.contains(one.element)) continue;
      faults.add(`${named(one.element)} over ${named(other.element)}`);
    }
  });

  // fingers find the buttons
  const least = (element) => {
    if (element.matches('.play, .chord-button')) return 40;
    if (element.matches('.key')) return innerWidth <= phone ? 40 : 30;
    return element.matches('.header .tool') ? 36 : 24;
  };
  for (const element of controls.filter(({localName}) => localName === 'button')) {
    const {width, height} = element.getBoundingClientRect();
    if (height < least(element) || width < Math.min(least(element), 36)) {
      faults.add(`${named(element)} is ${width} x ${height} px`);
    }
  }

  // the last of the page can be scrolled to above the transport
  const transport = document.querySelector('.transport');
  if (transport) {
    window.scrollTo(0, document.scrollingElement.scrollHeight);
    const {bottom} = document.querySelector('main').getBoundingClientRect();
    const {top, height} = transport.getBoundingClientRect();
    if (bottom > top + 0.5) faults.add('the transport covers the end of the page');
    if (height > innerHeight / 2) faults.add('the transport covers half of the window');
    window.scrollTo(0, 0);
  }
  return [...faults];
}
