// What is compared: the scripts of each in a page, and its classes there and in Node. See run.py.

import {createRequire} from 'node:module';
import {fileURLToPath, pathToFileURL} from 'node:url';

const JS = new URL('../../tests/js/', import.meta.url);
const MAGENTA = 'magenta/node_modules/@magenta/music';
const TFJS = 'tfjs/node_modules/@tensorflow';
const WASM = `${TFJS}/tfjs-backend-wasm/dist/`;

/** Of each library: paths on run.py's server, and code of the page that gives [class, library]. */
export const PAGES = {
  'an empty page': {scripts: [], open: 'null'},
  'gm-vae': {scripts: ['/package/dist/gm-vae.js'], open: '[gmvae.MusicVAE, null]'},
  'magenta.js': {
    scripts: [`/js/${MAGENTA}/dist/magentamusic.js`],
    // WebGL without a graphics card takes ten times as long
    open: "mm.tf.setBackend('cpu').then(() => [mm.MusicVAE, mm])",
  },
  'magenta.js on tfjs 4 wasm': {
    scripts: [
      `${TFJS}/tfjs/dist/tf.min.js`, `${WASM}tf-backend-wasm.min.js`,
      `${MAGENTA}/es6/music_vae.js`, `${MAGENTA}/es6/protobuf.js`,
    ].map((script) => `/js/${script}`),
    open: `(tf.wasm.setWasmPaths('/js/${WASM}'), tf.setBackend('wasm').then(() =>
      [music_vae.MusicVAE, {tf, NoteSequence: protobuf.NoteSequence}]))`,
  },
};

/**
 * [class, library] in Node.
 * @param {string} name
 * @param {string} ours the path of our module
 */
export async function openInNode(name, ours) {
  if (name === 'gm-vae') return [(await import(pathToFileURL(ours))).MusicVAE, null];
  const magenta = createRequire(new URL('magenta/', JS));
  if (name === 'magenta.js') {
    const {MusicVAE} = magenta('@magenta/music/node/music_vae');
    const {NoteSequence} = magenta('@magenta/music/node/protobuf');
    return [MusicVAE, {NoteSequence, tf: magenta('@tensorflow/tfjs')}];
  }
  const tfjs = createRequire(new URL('tfjs/', JS));
  const tf = tfjs('@tensorflow/tfjs');
  tfjs('@tensorflow/tfjs-backend-wasm').setWasmPaths(fileURLToPath(new URL(WASM, JS)));
  await tf.setBackend('wasm');
  globalThis.self = globalThis; // es6/ is written for pages
  // where the client looks for tfjs 2, as an alias of a bundler has it
  const filename = magenta.resolve('@tensorflow/tfjs');
  magenta.cache[filename] = {id: filename, filename, loaded: true, exports: tf};
  const {MusicVAE} = magenta('@magenta/music/es6/music_vae');
  const {NoteSequence} = magenta('@magenta/music/es6/protobuf');
  return [MusicVAE, {tf, NoteSequence}];
}
