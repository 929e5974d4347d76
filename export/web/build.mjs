// npm run build: src/ -> dist/, a folder that any web server can serve.

import {mkdir, readFile, rm, writeFile, copyFile} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';
import path from 'node:path';

import * as esbuild from 'esbuild';
import wabt from 'wabt';

const here = path.dirname(fileURLToPath(import.meta.url));

/** The bytes of the assembled kernel. */
export async function assemble() {
  const file = path.join(here, 'src/engine/kernel.wat');
  const module = (await wabt()).parseWat(file, await readFile(file, 'utf8'), {simd: true});
  return module.toBinary({}).buffer;
}
