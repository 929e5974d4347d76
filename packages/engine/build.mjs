// npm run build: src/ -> dist/, which is what the package holds; tsc adds the types.

import {rename, rm} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';
import path from 'node:path';

import * as esbuild from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
const src = (name) => path.join(here, 'src', name);
const script = {
  bundle: true,
  target: ['chrome111', 'firefox114', 'safari16.4', 'node20'],
  minify: true,
  sourcemap: false,
  logLevel: 'warning',
};

const part = path.join(here, '.dist');
await rm(part, {recursive: true, force: true});
await Promise.all([
  esbuild.build({
    ...script,
    format: 'esm',
    splitting: true,
    outdir: part,
    entryPoints: {
      index: src('index.js'), midi: src('midi.js'), chords: src('chords.js'),
      worker_client: src('magenta/worker_client.js'),
    },
  }),
  // a worker's script is one file, so that any site can host it
  esbuild.build({
    ...script, format: 'iife', entryPoints: [src('magenta/worker.js')], outfile: path.join(part, 'worker.js'),
  }),
  esbuild.build({
    ...script,
    format: 'iife',
    globalName: 'gmvae',
    entryPoints: [src('global.js')],
    inject: [src('global_url.js')],
    define: {'import.meta.url': 'scriptUrl'},
    outfile: path.join(part, 'gm-vae.js'),
  }),
]);
await rm(path.join(here, 'dist'), {recursive: true, force: true});
await rename(part, path.join(here, 'dist'));
