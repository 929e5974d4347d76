'use strict';
// node host.js
//
// Runs the clients that our exports are for, in Node and in Chromium, as pages would: from a folder
// over HTTP. One server and one browser serve all requests. A request is a line of JSON,
// {where: "node" | "chromium", client: "magenta" | "tfjs", call, folder, args}; its answer is a
// line too, {result} or {error}.

const fs = require('fs');
const http = require('http');
const path = require('path');
const readline = require('readline');
const {fork} = require('child_process');
const {once} = require('events');

const {CHROMIUM} = process.env;
// What a page loads before the client's own script; paths on our server.
const PAGES = {
  magenta: ['/js/magenta/node_modules/@magenta/music/dist/magentamusic.js'],
  tfjs: [
    '/js/tfjs/node_modules/@tensorflow/tfjs/dist/tf.min.js',
    '/js/tfjs/node_modules/@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.min.js',
  ],
};

const folders = [];  // of requests, served as /0/, /1/, ...

/** Serves the scripts of this folder and the folders of requests; no way out of either. */
async function serve() {
  const server = http.createServer((request, response) => {
    const name = path.normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
    const [, first, ...rest] = name.split('/');
    const root = first === 'js' ? __dirname : folders[Number(first)];
    // Kept-alive connections would keep node-fetch, and with it a process, waiting.
    response.setHeader('Connection', 'close');
    if (name === '/') {  // an empty page
      response.writeHead(200, {'Content-Type': 'text/html'});
      return response.end('<!doctype html><meta charset="utf-8"><title>gm-vae</title>');
    }
    fs.readFile(path.join(root || '/nowhere', ...rest), (error, bytes) => {
      response.writeHead(error ? 404 : 200, {'Content-Type': name.endsWith('.wasm') ? 'application/wasm' : 'text/plain'});
      response.end(error ? `no ${name}` : bytes);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** A function that calls a client in a Node process of its own. */
function inNode(client, origin) {
  const child = fork(path.join(__dirname, 'node_client.js'), [client, origin], {stdio: ['ignore', 2, 2, 'ipc']});
  return async (call, url, args) => {
    child.send({call, url, args});
    const [answer] = await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(([code]) => [{error: `the ${client} process ended with ${code}`}]),
    ]);
    if (answer.error) throw new Error(answer.error);
    return answer.result;
  };
}

let browser = null;

/** A function that calls a client in a page of the browser. */
async function inChromium(client, origin) {
  const {chromium} = require('./tfjs/node_modules/playwright-core');
  browser = browser || await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--enable-unsafe-swiftshader'],
    timeout: 0,  // conftest.py ends what hangs
  });
  const page = await browser.newPage();
  page.setDefaultTimeout(0);
  page.on('pageerror', (error) => console.error(`page: ${error}`));
  await page.goto(origin);
  for (const url of [...PAGES[client], `/js/${client}_client.js`]) await page.addScriptTag({url});
  return (call, url, args) => page.evaluate(
    ([call, url, args]) => window.client.open(window).then((library) => window.client[call](library, url, args)),
    [call, url, args]);
}

async function main() {
  const server = await serve();
  const origin = `http://127.0.0.1:${server.address().port}`;
  const clients = {};
  for await (const line of readline.createInterface({input: process.stdin})) {
    let answer;
    try {
      const {where, client, call, folder, args} = JSON.parse(line);
      const key = `${where} ${client}`;
      clients[key] = clients[key] || await (where === 'node' ? inNode : inChromium)(client, origin);
      const url = `${origin}/${folders.push(path.resolve(folder)) - 1}`;
      answer = {result: await clients[key](call, url, args)};
    } catch (error) {
      answer = {error: String(error && error.stack || error)};
    }
    process.stdout.write(JSON.stringify(answer) + '\n');
  }
  if (browser) await browser.close();
  process.exit();  // and the children with it, whose channel closes
}

main();
