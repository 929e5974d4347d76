/**
 * Modules import one way: the page's view -> studio -> state and sound -> texts, then the package's
 * magenta -> engine -> music.
 */

import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import {fileURLToPath} from 'node:url';

import {importsOf} from '../../../export/web/build.mjs';

// A folder may import from itself and from those behind it.
const PAGE = ['main.jsx', 'view', 'studio', 'state', 'sound', 'texts'];
const EXPORTS = ['global.js', 'index.js', 'midi.js', 'chords.js'];
const ORDER = [...PAGE, ...EXPORTS, 'magenta', 'engine', 'music', 'generated'];
const SOURCES = new URL('../../../packages/engine/src/', import.meta.url);

let imports; // module -> our modules that it imports
before(async () => {
  const entries = ['global.js', 'magenta/worker_client.js', 'magenta/worker.js'];
  imports = {
    ...await importsOf(),
    ...await importsOf(entries.map((name) => fileURLToPath(new URL(name, SOURCES)))),
  };
});

const folder = (module) => module.split('/')[0];

test('the graph is that of the page and the package', () => {
  const modules = Object.keys(imports);
  assert.ok(modules.length > 60);
  assert.ok(imports['main.jsx'].includes('studio/studio.js'));
  assert.ok(imports['engine/worker.js'].includes('music/measures.js'));
  assert.deepEqual([...new Set(modules.map(folder))].sort(), [...ORDER].sort());
});

test('arrows go one way', () => {
  const wrong = Object.entries(imports).flatMap(([module, targets]) => targets
    .filter((target) => ORDER.indexOf(folder(target)) < ORDER.indexOf(folder(module)))
    .map((target) => `${module} imports ${target}`));
  assert.deepEqual(wrong, []);
});

test('there are no import cycles', () => {
  const done = new Set();
  const visit = (module, way) => {
    assert.ok(!way.includes(module), [...way, module].join(' -> '));
    if (done.has(module)) return;
    for (const target of imports[module] ?? []) visit(target, [...way, module]);
    done.add(module);
  };
  for (const module of Object.keys(imports)) visit(module, []);
});
