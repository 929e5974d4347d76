/** Checks of page.mjs: songs, their panel, and what is over the roll. */

import assert from 'node:assert/strict';

const SONG = '&f=A.A-B.B.C&o=b4c60v80o&cB=F_G&sC=s77';
const LENGTH = 96; // steps of a bar

/**
 * @param {object} tools
 * @param {string} tools.url with a link of four bars between two styles
 */
export function songChecks({link, open, settled, notesOf, save, slide, findFaults}) {
  const button = (page, name) => page.getByRole('button', {name, exact: true});
  const field = (page, name) => page.getByRole('textbox', {name, exact: true});
  const arrangementOf = (page) => page.evaluate(() => window.studio.arrangement);
  const barsOf = (page) => page.evaluate(() => window.studio.song.bars);
  const sectionsOf = (page) => page.evaluate(() =>
    window.studio.song.sections.map(({bar, name}) => `${bar} ${name}`));
  const inBars = (notes, first, last) => notes
    .filter(({start}) => start >= first * LENGTH && start < last * LENGTH)
    .map(({pitch, start, end}) => [pitch, start - first * LENGTH, end - first * LENGTH].join())
    .sort();
  const type = async (box, text) => {
    await box.fill(text);
    await box.press('Enter');
  };

  /** What Python compares with its own song, and with the saved file. */
  async function factsOf(page, name) {
    const saved = await save(page, 'Save MIDI', name);
    return {saved, ...await page.evaluate(() => {
      const {studio} = window;
      const {parts, notes, sections} = studio.song;
      return {
        parts, notes, sections, title: studio.title, arrangement: studio.arrangement,
        points: ['a', 'b'].map((which) => [...studio.point(studio.arrangement[which])]),
      };
    })};
  }

  return {
    /** A song is made, its sections change, undo and links know it, and it is left again. */
    async song(page) {
      await type(page.getByLabel('Chords', {exact: true}), 'C G Am F');
      await settled(page);
      await button(page, 'Song').click();
      await settled(page);
      assert.equal(await page.evaluate(() => document.activeElement.innerText), 'Leave song');
      assert.deepEqual(await sectionsOf(page), ['0 A', '4 A', '8 B', '12 A', '16 Ending']);
      assert.equal(await barsOf(page), 17);
      assert.equal(await page.getByRole('button', {name: /^Bar \d+:/}).count(), 16);
      const first = await notesOf(page);
      const held = (notes) => inBars(notes, 16, 17).every((note) => /,0,96$/.test(note));
      assert.ok(held(first) && inBars(first, 16, 17).length);

      // another line of chords for B leaves the sections of A as they are
      await type(field(page, 'Chords of section B'), 'Dm Em F G');
      await settled(page);
      const second = await notesOf(page);
      for (const bar of [0, 4, 12]) {
        assert.deepEqual(inBars(second, bar, bar + 4), inBars(first, bar, bar + 4));
      }
      assert.notDeepEqual(inBars(second, 8, 12), inBars(first, 8, 12));
      // over the roll a chord of a section changes wherever the section is played
      await page.getByRole('button', {name: /^Bar 6: G/}).click();
      const panel = page.getByRole('dialog', {name: 'Chord of bar 6'});
      await panel.getByRole('button', {name: 'E♭'}).click();
      await panel.getByRole('button', {name: 'Move to the right'}).click();
      await page.getByRole('dialog', {name: 'Chord of bar 7'}).waitFor();
      await page.keyboard.press('Escape');
      assert.equal(await field(page, 'Chords of section A').inputValue(), 'C Am Eb F');
      for (const bar of [3, 7, 15]) {
        assert.equal(await page.getByRole('button', {name: `Bar ${bar}: Eb.`}).count(), 1, `${bar}`);
      }
      await button(page, 'Undo').click();
      await button(page, 'Undo').click();
      await settled(page);
      assert.deepEqual(await notesOf(page), second);

      // forms: any letters from A to H, and ways between them
      const form = field(page, 'Form');
      await type(form, 'a a>b, b');
      await settled(page);
      assert.equal(await form.inputValue(), 'A A>B B');
      assert.deepEqual(await sectionsOf(page), ['0 A', '4 A>B', '8 B', '12 Ending']);
      await field(page, 'Chords of section A>B').waitFor();
      await type(form, 'A X');
      await page.getByText('Write letters from A to H').waitFor();
      assert.equal(await form.getAttribute('aria-invalid'), 'true');
      await form.press('Escape');
      await page.getByLabel('Example forms').selectOption('A B A C A');
      await page.getByLabel('Bars of each section').selectOption('8 bars each');
      await settled(page);
      assert.equal(await barsOf(page), 41);
      await page.getByLabel('Bars of each section').selectOption('16 bars each');
      await page.getByText('The first 64 of 80 bars are played').waitFor();
      await settled(page);
      assert.equal(await barsOf(page), 65);
      await page.getByLabel('Bars of each section').selectOption('Chords once');
      await button(page, 'Ending').click();
      await slide(page.getByRole('slider', {name: /^Contrast/}), 0);
      await slide(page.getByRole('slider', {name: /^Variation/}), 0);
      await button(page, 'Fills').click();
      await type(field(page, 'Chords of section B'), ''); // as in A, then
      await type(form, 'A B');
      await settled(page);
      const same = await notesOf(page);
      assert.deepEqual(inBars(same, 4, 8), inBars(same, 0, 4));

      // a style of one's own for B
      await button(page, 'New style B').click();
      await page.waitForFunction(() => !window.studio.arrangement.song.follow);
      await settled(page);
      const own = await notesOf(page);
      assert.deepEqual(inBars(own, 0, 4), inBars(same, 0, 4));
      assert.notDeepEqual(inBars(own, 4, 8), inBars(own, 0, 4));
      const {b} = await arrangementOf(page);
      await button(page, 'Surprise me').click();
      await page.waitForFunction((old) => window.studio.arrangement.b.seed !== old, b.seed);
      await settled(page);

      await button(page, 'Leave song').click();
      await settled(page);
      assert.equal(await page.evaluate(() => document.activeElement.innerText), 'Song');
      assert.equal(await barsOf(page), 4);
      assert.equal(await page.getByRole('group', {name: 'Sections'}).count(), 0);
      await button(page, 'Undo').click();
      await settled(page);
      assert.equal(await barsOf(page), 8);
    },

    /** A link brings a song back; its file has the sections, and brings it back as well. */
    async 'song link'(page) {
      const other = await open(page.context(), link + SONG);
      assert.deepEqual(await sectionsOf(other), ['0 A', '4 A>B', '8 B', '12 C', '16 Ending']);
      const facts = await factsOf(other, 'song_own.mid');
      assert.equal(facts.arrangement.song.follow, false);
      await other.waitForFunction(() => window.location.hash.includes('&f=A.A-B.B.C&'));
      const again = await open(page.context(), other.url());
      assert.deepEqual(await notesOf(again), facts.notes);
      assert.deepEqual(await arrangementOf(again), facts.arrangement);
      await again.close();
      await button(other, 'Leave song').click();
      await settled(other);
      await other.getByLabel('Open a file').setInputFiles(facts.saved);
      await other.getByText(/bars can be a style/).waitFor();
      await other.getByRole('button', {name: 'Open the arrangement'}).click();
      await settled(other);
      assert.deepEqual(await notesOf(other), facts.notes);
      // what is damaged in a link is as in a new song
      const odd = await open(page.context(), `${link}&f=..Z.A.B-&o=b9999&cA=Q&cB=Hm&sC=~&sZ=1&cZ=C`);
      assert.deepEqual((await arrangementOf(odd)).song.form, ['A']);
      await odd.close();
      await other.close();
      return facts;
    },

    /** One band: the other styles follow from the first. */
    async 'song band'(page) {
      const other = await open(page.context(),
        `${link.replace('x=0.30.60.100', 'x=0')}&f=A.B.A.C&o=b4c70v50&cB=F_G_Em_Am`);
      const facts = await factsOf(other, 'song_band.mid');
      assert.ok(facts.arrangement.song.follow);
      await other.close();
      return facts;
    },

    /** The names over the roll lead to their sections, and the one that plays is marked. */
    async 'song sections'(page) {
      const other = await open(page.context(), link + SONG);
      const row = other.getByRole('group', {name: 'Sections'});
      assert.deepEqual(await row.getByRole('button').evaluateAll((all) => all.map((each) => each.ariaLabel)), [
        'A, bars 1 to 4: go there', 'A>B, bars 5 to 8: go there', 'B, bars 9 to 12: go there',
        'C, bars 13 to 16: go there', 'Ending, bar 17: go there',
      ]);
      // each is over its bars
      const left = async (locator) => (await locator.boundingBox()).x;
      const third = row.getByRole('button').nth(2);
      assert.ok(Math.abs(await left(third) -
        await left(other.getByRole('button', {name: /^Bar 9:/}))) < 4);
      await third.focus();
      await other.keyboard.press('Enter');
      assert.equal(await other.evaluate(() => window.studio.player.step), 8 * LENGTH);
      await button(other, 'Play').click();
      await row.locator('[aria-current="true"]').filter({hasText: 'B'}).waitFor();
      await button(other, 'Pause').click();
      await other.close();
    },

    /** Names, contrast and room: in both themes, with the keyboard alone, on a narrow phone. */
    async 'song access'(page) {
      const other = await open(page.context(), link + SONG.replace('A.A-B.B.C', 'A.B-C.D.E.F.G.H'));
      await other.getByRole('button', {name: 'Keep style A'}).click();
      for (const theme of ['light', 'dark']) {
        await other.emulateMedia({colorScheme: theme});
        await other.locator(`[data-theme=${theme}]`).waitFor();
        assert.deepEqual(await other.evaluate(findFaults), [], theme);
      }
      const reached = new Set();
      await field(other, 'Form').focus();
      for (let i = 0; i < 90; i++) {
        await other.keyboard.press('Tab');
        reached.add(await other.evaluate(() => {
          const {ariaLabel, innerText, labels} = document.activeElement;
          return ariaLabel || innerText || labels?.[0]?.innerText;
        }));
      }
      for (const name of ['Example forms', 'Leave song', 'New style D', 'Chords of section B>C',
        'One band', 'Variation', 'A, bars 1 to 4: go there', 'Bar 3: Am']) {
        assert.ok([...reached].some((label) => label?.includes(name)), `${name} is not reached`);
      }
      await other.setViewportSize({width: 320, height: 640});
      assert.equal(await other.evaluate(() => document.scrollingElement.scrollWidth), 320);
      await other.close();
    },
  };
}
