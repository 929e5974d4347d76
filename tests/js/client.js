'use strict';
// The unmodified browser client, fed from a checkpoint folder over HTTP, as a page would do it.

const fs = require('fs');
const http = require('http');
const path = require('path');

// The client logs to the console; standard output is for our JSON alone.
console.log = console.info = console.error;

const tf = require('@tensorflow/tfjs');
const {MusicVAE} = require('@magenta/music/node/music_vae');
const {NoteSequence} = require('@magenta/music/node/protobuf');

/** Serves the files of one folder on a free port of this machine; no way out of the folder. */
function serve(folder) {
  const root = path.resolve(folder);
  const server = http.createServer((request, response) => {
    const name = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    const file = path.join(root, path.normalize('/' + name));
    // Kept-alive connections would keep node-fetch, and with it this process, waiting.
    response.setHeader('Connection', 'close');
    fs.readFile(file, (error, bytes) => {
      response.writeHead(error ? 404 : 200);
      response.end(error ? `no ${name}` : bytes);
    });
  });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

/** Loads the checkpoint of `folder`, gives the model to `use`, prints what it returns as JSON. */
async function withModel(folder, use) {
  const server = await serve(folder);
  try {
    const model = new MusicVAE(`http://127.0.0.1:${server.address().port}`);
    await model.initialize();
    const result = await use(model);
    model.dispose();
    process.stdout.write(JSON.stringify(result));
  } finally {
    server.close();
  }
}

/** Runs a script's main function; a failure goes to standard error and the exit code. */
function run(main) {
  main(...process.argv.slice(2)).catch((error) => {
    console.error(error && error.stack ? error.stack : error);
    process.exitCode = 1;
  });
}

const readJson = (file) => JSON.parse(fs.readFileSync(file, 'utf8'));

module.exports = {NoteSequence, readJson, run, tf, withModel};
