// node kernel.mjs: assembles src/engine/kernel.wat into src/generated/kernel.js, which is in the
// repository, so that the sources run as they are; a test compares it.

import {readFile, writeFile} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';

import wabt from 'wabt';

const SOURCE = new URL('src/engine/kernel.wat', import.meta.url);
const MODULE = new URL('src/generated/kernel.js', import.meta.url);

/** The text of the generated module. */
export async function kernelModule() {
  const {parseWat} = await wabt();
  const code = parseWat('kernel.wat', await readFile(SOURCE, 'utf8'), {simd: true}).toBinary({}).buffer;
  const lines = Buffer.from(code).toString('base64').match(/.{1,94}/g).map((line) => `  '${line}'`);
  return '// Written by kernel.mjs from engine/kernel.wat: change it there, then `npm run kernel`.\n\n' +
    `const BASE64 =\n${lines.join(' +\n')};\n\n` +
    '/** The assembled engine/kernel.wat. */\n' +
    'export const KERNEL = Uint8Array.from(atob(BASE64), (letter) => letter.charCodeAt(0));\n';
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(MODULE, await kernelModule());
