// npm run build: src/ -> dist/, a folder that any web server can serve.

import {copyFile, mkdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';
import path from 'node:path';

import * as esbuild from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
const engine = path.join(here, '../../packages/engine/src');
const ENTRIES = {
  page: path.join(here, 'src/main.jsx'), worker: path.join(engine, 'engine/worker.js'),
};
const PLAIN = ['manifest.webmanifest', 'icon.svg'];
const PROCESSOR = 'spessasynth_lib/dist/spessasynth_processor.min.js';
// names contain a hash of the content, so that browsers may cache files indefinitely
const NAMES = {entryNames: '[name]-[hash]', chunkNames: '[name]-[hash]', assetNames: '[name]-[hash]'};
const script = {
  bundle: true,
  format: 'esm',
  target: ['chrome111', 'firefox113', 'safari16.4'],
  minify: true,
  legalComments: 'linked',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  pure: ['console.log'], // removes the synthesiser's log output
  logLevel: 'warning',
};

/**
 * Maps each of our modules to those it imports, as names below the page's or the engine's src/.
 * @param {string[]} entryPoints paths; page and worker by default
 */
export async function importsOf(entryPoints = Object.values(ENTRIES)) {
  const {metafile} = await esbuild.build({
    ...script,
    absWorkingDir: path.join(here, 'src'),
    entryPoints,
    outdir: 'nowhere',
    write: false,
    metafile: true,
    packages: 'external',
    external: ['*.file'],
  });
  const isOurs = (module) => !module.startsWith('<');
  const name = (module) => module.replace(/^.*packages\/engine\/src\//, '');
  return Object.fromEntries(Object.entries(metafile.inputs).filter(([module]) => isOurs(module))
    .map(([module, {imports}]) => [name(module), imports
      .filter(({external, path: target}) => !external && isOurs(target))
      .map(({path: target}) => name(target))]));
}

/** Builds dist/; replaces the old one only when the new one is complete. */
async function build() {
  const out = path.join(here, 'dist');
  const part = path.join(here, '.dist');
  await rm(part, {recursive: true, force: true});
  await mkdir(part);
  const into = {absWorkingDir: here, outdir: part, ...NAMES, metafile: true};
  const built = await Promise.all([
    esbuild.build({
      ...script,
      ...into,
      entryPoints: {page: ENTRIES.page},
      splitting: true,
      plugins: [{name: 'processor', setup: takeProcessor}],
    }),
    esbuild.build({
      ...script,
      ...into,
      entryPoints: {worker: ENTRIES.worker},
    }),
    esbuild.build({
      ...into,
      entryPoints: {page: 'src/page.css', dark: 'src/dark.css'},
      bundle: true,
      minify: true,
      logLevel: 'warning',
    }),
  ]);
  await esbuild.build({ // without a hash: browsers identify it by its name
    ...script, absWorkingDir: here, entryPoints: {sw: 'src/service_worker.js'}, outdir: part,
  });
  for (const name of PLAIN) await copyFile(path.join(here, 'src', name), path.join(part, name));
  await writeFile(path.join(part, 'index.html'), await index(built));
  await writeFile(path.join(part, 'LICENCES.txt'), await licences());
  await rm(out, {recursive: true, force: true});
  await rename(part, out);
}

/** Emits the synthesiser's worklet as a file of its own, since the page loads it by URL. */
function takeProcessor(build) {
  build.onResolve({filter: /\.file$/}, () =>
    ({path: path.join(here, 'node_modules', PROCESSOR), namespace: 'copied'}));
  build.onLoad({filter: /./, namespace: 'copied'}, async ({path: file}) =>
    ({contents: await readFile(file), loader: 'file'}));
}

/** Returns index.html with the hashed names of the built files in its links. */
async function index(built) {
  const outputs = built.flatMap(({metafile}) => Object.entries(metafile.outputs));
  let text = await readFile(path.join(here, 'src/index.html'), 'utf8');
  for (const [output, {entryPoint}] of outputs) {
    if (!entryPoint) continue;
    const name = path.basename(output);
    const plain = name.replace(/-[A-Z0-9]+(?=\.\w+$)/, '');
    text = text.replace(`="${plain}"`, `="${name}"`);
  }
  // inline, since browsers request an icon repeatedly, also without a network
  const icon = encodeURIComponent(await readFile(path.join(here, 'src/icon.svg'), 'utf8'));
  return text.replace('href="icon.svg"', `href="data:image/svg+xml,${icon}"`);
}

/** Returns the licences of the packages in the page. */
async function licences() {
  const texts = [];
  for (const name of ['preact', 'webaudio-tinysynth', 'spessasynth_lib', 'spessasynth_core']) {
    const folder = path.join(here, 'node_modules', name);
    const {version, license} = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
    const text = await readFile(path.join(folder, 'LICENSE'), 'utf8');
    texts.push(`${name} ${version} (${license})\n\n${text.trim()}\n`);
  }
  return texts.join(`\n${'-'.repeat(72)}\n\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
