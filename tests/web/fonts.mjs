/** Fonts of machines unlike this one, from packages of npm, for a browser that finds no others. */

import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

const PACKAGES = fileURLToPath(new URL('node_modules', import.meta.url));
const FOLDERS = ['dejavu-fonts-ttf/ttf', '@expo-google-fonts/arimo'];

/** What makes a page use a font: name -> stylesheet. */
export const FONTS = {
  // wide letters and digits, as Verdana has them
  'DejaVu Sans': using('DejaVu Sans'),
  // as wide as Arial, Helvetica and Liberation Sans
  Arimo: using('Arimo'),
  // each letter as wide as a digit
  'DejaVu Sans Mono': using('DejaVu Sans Mono'),
  // wider than any that systems come with
  Wide: `
    @font-face { font-family: Wide; src: local('DejaVu Sans'); size-adjust: 125%; }
    @font-face {
      font-family: Wide; src: local('DejaVu Sans Bold'); size-adjust: 125%; font-weight: 600 900;
    }
    ${using('Wide')}`,
};

function using(family) {
  return `* { font-family: '${family}' !important; }`;
}

/** The environment of a browser that finds the fonts of the packages only; `out` is for its files. */
export async function environment(out) {
  const file = path.join(out, 'fonts.conf');
  const folders = FOLDERS.map((folder) => `<dir>${escaped(path.join(PACKAGES, folder))}</dir>`);
  await writeFile(file, `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  ${folders.join('\n  ')}
  <cachedir>${escaped(path.join(out, 'font-cache'))}</cachedir>
</fontconfig>
`);
  return {...process.env, FONTCONFIG_FILE: file};
}

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** Makes a page use a font of `FONTS`, and checks that it does. */
export async function use(page, name) {
  const isUsed = await page.evaluate(async ({name, css}) => {
    const id = 'other-fonts';
    const style = document.getElementById(id) ?? document.createElement('style');
    style.id = id;
    style.textContent = css;
    document.head.append(style);
    await Promise.all(['16px', 'bold 16px'].map((size) => document.fonts.load(`${size} '${name}'`)));
    return isThere(name);

    /** A font that is there measures the same whatever stands in for it. */
    function isThere(family) {
      const context = document.createElement('canvas').getContext('2d');
      const widths = ['serif', 'monospace', 'Arimo', 'DejaVu Sans Mono'].map((other) => {
        context.font = `16px '${family}', '${other}'`;
        return context.measureText('Instruments 120').width;
      });
      return new Set(widths).size === 1;
    }
  }, {name, css: FONTS[name]});
  if (!isUsed) throw new Error(`the browser does not find the font ${name}`);
}
