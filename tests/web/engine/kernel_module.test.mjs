/** The kernel in the repository is the one that kernel.wat assembles to. */

import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {test} from 'node:test';

import {kernelModule} from '../../../packages/engine/kernel.mjs';

const MODULE = new URL('../../../packages/engine/src/generated/kernel.js', import.meta.url);

test('the kernel is up to date', async () => {
  assert.equal(await readFile(MODULE, 'utf8'), await kernelModule(), 'run npm run kernel');
});
