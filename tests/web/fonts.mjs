/**
 * Fonts of machines unlike this one: packages of npm, each as the only font that Chromium finds.
 *
 * The first has wide letters and digits, as Verdana has; the second has the widths of Arial and
 * Liberation Sans; in the third every letter is as wide as a digit.
 */

import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

const PACKAGES = fileURLToPath(new URL('node_modules', import.meta.url));
const FOLDERS = {
  'DejaVu Sans': 'dejavu-fonts-ttf/ttf',
  Arimo: '@expo-google-fonts/arimo',
  'DejaVu Sans Mono': 'dejavu-fonts-ttf/ttf',
};
export const FAMILIES = Object.keys(FOLDERS);

/** The environment of a program that finds one font family; its files lie in the folder `out`. */
export async function onlyWith(family, out) {
  const file = path.join(out, `${family}.conf`);
  await writeFile(file, `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>${escaped(path.join(PACKAGES, FOLDERS[family]))}</dir>
  <cachedir>${escaped(path.join(out, 'font-cache'))}</cachedir>
  <match>
    <edit name="family" mode="prepend" binding="strong"><string>${family}</string></edit>
  </match>
</fontconfig>
`);
  return {...process.env, FONTCONFIG_FILE: file};
}

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** The family in which a page draws an element, as Chromium tells it. */
export async function familyOf(page, selector) {
  const session = await page.context().newCDPSession(page);
  await session.send('DOM.enable');
  await session.send('CSS.enable');
  const {root} = await session.send('DOM.getDocument');
  const {nodeId} = await session.send('DOM.querySelector', {nodeId: root.nodeId, selector});
  const {fonts} = await session.send('CSS.getPlatformFontsForNode', {nodeId});
  await session.detach();
  return fonts[0].familyName;
}

/** Draws a page in a wide font, made wider by a share such as 1.25. */
export async function widen(page, share) {
  const file = await readFile(path.join(PACKAGES, 'dejavu-fonts-ttf/ttf/DejaVuSans.ttf'));
  await page.addStyleTag({content: `
    @font-face {
      font-family: Wider;
      src: url(data:font/ttf;base64,${file.toString('base64')});
      size-adjust: ${100 * share}%;
    }
    * { font-family: Wider !important; }`});
  await page.evaluate(() => document.fonts.load('16px Wider'));
}
