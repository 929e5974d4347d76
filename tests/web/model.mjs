// The tiny model of tests/vectors/engine.json.

import {assemble} from '../../export/web/build.mjs';
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

export const loadModel = async () => Model.load(read, new Uint8Array(await assemble()));
