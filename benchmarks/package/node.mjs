// node node.mjs LIBRARY URL REPEATS: the times in Node as JSON; LIBRARY is one of our modules or
// "magenta.js".

import {createRequire} from 'node:module';
import {pathToFileURL} from 'node:url';

import {measure} from './operations.mjs';

const [, , name, url, repeats] = process.argv;
console.log = console.info = () => {};

/** The class, and what the client needs beside it. */
async function load() {
  if (name !== 'magenta.js') return [(await import(pathToFileURL(name))).MusicVAE, null];
  const require = createRequire(new URL('../../tests/js/magenta/', import.meta.url));
  const {MusicVAE} = require('@magenta/music/node/music_vae');
  const {NoteSequence} = require('@magenta/music/node/protobuf');
  return [MusicVAE, {NoteSequence, tf: require('@tensorflow/tfjs')}];
}

const [Model, library] = await load();
const times = await measure(Model, url, library, Number(repeats));
process.stdout.write(JSON.stringify({times, bytes: process.memoryUsage().rss}), () => process.exit());
