'use strict';
// node node_client.js CLIENT ORIGIN, a child of host.js: calls a client for each message.

// Clients log to the console; standard output is not ours.
console.log = console.info = console.error;
const [name, origin] = process.argv.slice(2);
const client = require(`./${name}_client.js`);
const library = client.require(require('module').createRequire(`${__dirname}/${name}/`), origin);

process.on('disconnect', () => process.exit());
process.on('message', async ({call, url, args}) => {
  try {
    process.send({result: await client[call](await client.open(library), url, args)});
  } catch (error) {
    process.send({error: String(error && error.stack || error)});
  }
});
