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
// a name follows from what is in the file, so that browsers may keep files for good
const NAMES = {entryNames: '[name]-[hash]', chunkNames: '[name]-[hash]', assetNames: '[name]-[hash]'};
const script = {
  bundle: true,
  format: 'esm',
  target: ['chrome111', 'firefox113', 'safari16.4'],
  minify: true,
  legalComments: 'linked',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  pure: ['console.log'], // the synthesiser's chatter
  logLevel: 'warning',
};

/**
 * Module -> our modules that it imports, as names below the page's or the engine's src/.
 * @param {string[]} entryPoints paths; the page's if absent
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

/** Makes dist/ whole: the old one goes only when the new one is complete. */
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
  await esbuild.build({ // its name stays, since browsers know it by that
    ...script, absWorkingDir: here, entryPoints: {sw: 'src/service_worker.js'}, outdir: part,
  });
  for (const name of PLAIN) await copyFile(path.join(here, 'src', name), path.join(part, name));
  await writeFile(path.join(part, 'index.html'), await index(built));
  await writeFile(path.join(part, 'LICENCES.txt'), await licences());
  await rm(out, {recursive: true, force: true});
  await rename(part, out);
}

/** The synthesiser's worklet, which is loaded by its name, as a file beside the page's. */
function takeProcessor(build) {
  build.onResolve({filter: /\.file$/}, () =>
    ({path: path.join(here, 'node_modules', PROCESSOR), namespace: 'copied'}));
  build.onLoad({filter: /./, namespace: 'copied'}, async ({path: file}) =>
    ({contents: await readFile(file), loader: 'file'}));
}

/** index.html, with the names that the files of its links have. */
async function index(built) {
  const outputs = built.flatMap(({metafile}) => Object.entries(metafile.outputs));
  let text = await readFile(path.join(here, 'src/index.html'), 'utf8');
  for (const [output, {entryPoint}] of outputs) {
    if (!entryPoint) continue;
    const name = path.basename(output);
    const plain = name.replace(/-[A-Z0-9]+(?=\.\w+$)/, '');
    text = text.replace(`="${plain}"`, `="${name}"`);
  }
  // in the page itself, since browsers ask for an icon again and again, also without a network
  const icon = encodeURIComponent(await readFile(path.join(here, 'src/icon.svg'), 'utf8'));
  return text.replace('href="icon.svg"', `href="data:image/svg+xml,${icon}"`);
}

/** The licences of what the page is made of. */
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
