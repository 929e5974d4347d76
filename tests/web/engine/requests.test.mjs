// Requests to a worker that a test plays.

import assert from 'node:assert/strict';
import {test} from 'node:test';

import {Requests} from '../../../packages/engine/src/engine/requests.js';

/** Requests, the workers that were started, and reports without a request. */
function playedByTest() {
  const workers = [];
  const strays = [];
  const requests = new Requests(() => {
    const worker = {
      sent: [], isEnded: false,
      postMessage: (message) => worker.sent.push(message),
      terminate: () => { worker.isEnded = true; },
      answer: (data) => worker.onmessage({data}),
    };
    workers.push(worker);
    return worker;
  }, 'no script', (progress) => strays.push(progress));
  return {requests, workers, strays};
}

test('answers go to whom they are for, in any order', async () => {
  const {requests, workers} = playedByTest();
  const asked = ['a', 'b'].map((what) => requests.ask({what}));
  const [worker] = workers;
  assert.deepEqual(worker.sent.map(({what}) => what), ['a', 'b']);
  for (const {id, what} of worker.sent.toReversed()) worker.answer({id, result: `${what}!`});
  assert.deepEqual(await Promise.all(asked), ['a!', 'b!']);
  assert.equal(workers.length, 1);
});

test('an error has the name that it had in the worker', async () => {
  const {requests, workers} = playedByTest();
  const asked = requests.ask({});
  workers[0].answer({id: workers[0].sent[0].id, error: {name: 'ChordError', message: 'no chord'}});
  await assert.rejects(asked, {name: 'ChordError', message: 'no chord'});
});

test('reports go to the request that they name, others to all', async () => {
  const {requests, workers, strays} = playedByTest();
  const heard = [];
  const asked = requests.ask({}, {onProgress: (progress) => heard.push(progress)});
  const [{id}] = workers[0].sent;
  workers[0].answer({id, progress: 1});
  workers[0].answer({progress: 2});
  workers[0].answer({id, result: null});
  await asked;
  workers[0].answer({id, progress: 3});
  assert.deepEqual([heard, strays], [[1], [2, 3]]);
});

test('a signal asks for the end, and its reason is what comes', async () => {
  const {requests, workers} = playedByTest();
  const controller = new AbortController();
  const asked = requests.ask({}, {signal: controller.signal});
  const [{id}] = workers[0].sent;
  controller.abort(new Error('enough'));
  assert.deepEqual(workers[0].sent[1], {abort: id});
  workers[0].answer({id, error: {name: 'AbortError', message: 'aborted'}});
  await assert.rejects(asked, /enough/);
  await assert.rejects(requests.ask({}, {signal: controller.signal}), /enough/);
  assert.equal(workers[0].sent.length, 2);
});

test('a signal that outlives its request asks for nothing', async () => {
  const {requests, workers} = playedByTest();
  const controller = new AbortController();
  const asked = requests.ask({}, {signal: controller.signal});
  workers[0].answer({id: workers[0].sent[0].id, result: 1});
  await asked;
  controller.abort();
  assert.equal(workers[0].sent.length, 1);
});

test('a script that is missing is said, and tried anew', async () => {
  const {requests, workers} = playedByTest();
  const asked = requests.ask({});
  workers[0].onerror({});
  await assert.rejects(asked, /no script/);
  requests.ask({}).catch(() => {});
  assert.equal(workers.length, 2);
});

test('a worker that throws is said and goes on', async () => {
  const {requests, workers} = playedByTest();
  const asked = requests.ask({});
  workers[0].onerror({message: 'out of memory'});
  await assert.rejects(asked, /out of memory/);
  requests.ask({}).catch(() => {});
  assert.equal(workers.length, 1);
});

test('an end rejects what waits, and the next request starts a new worker', async () => {
  const {requests, workers} = playedByTest();
  const asked = requests.ask({});
  requests.end('over');
  await assert.rejects(asked, /over/);
  assert.ok(workers[0].isEnded);
  requests.ask({}).catch(() => {});
  assert.equal(workers.length, 2);
});
