// node node.mjs LIBRARY OURS URL REPEATS: the times in Node as JSON; OURS is the path of our module.

import {openInNode} from './libraries.mjs';
import {measure} from './operations.mjs';

const [, , name, ours, url, repeats] = process.argv;
console.log = console.info = console.warn = () => {};
const [Model, library] = await openInNode(name, ours);
const times = await measure(Model, url, library, Number(repeats));
process.stdout.write(JSON.stringify({times, memory: process.memoryUsage().rss}), () => process.exit());
