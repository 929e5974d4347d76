// The tiny model of tests/vectors/engine.json, and the bundled one.

import {readFile} from 'node:fs/promises';

import {Model} from '../../packages/engine/src/engine/model.js';
import {vectors} from './vectors.mjs';

const {files} = vectors('engine');

/** The bytes of a file of its checkpoint. */
async function read(name) {
  const content = files[name];
  const bytes = typeof content === 'string'
    ? Buffer.from(content, 'base64') : Buffer.from(JSON.stringify(content));
  return Uint8Array.from(bytes).buffer;
}

export const loadModel = () => Model.load(read);

/** Reads a file of the bundled model. */
export async function readBundled(name) {
  const bytes = await readFile(new URL(`../../gm_vae/models/small/${name}`, import.meta.url));
  return Uint8Array.from(bytes).buffer;
}

export const loadBundled = () => Model.load(readBundled);
