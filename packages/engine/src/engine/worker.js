/**
 * Runs the model in a worker, so that the page's thread is not blocked. Each message gets one
 * answer; the progress of fetches is reported before it.
 */

import {readMeasures} from '../music/measures.js';
import {fetchBytes} from './fetching.js';
import {Model} from './model.js';

/** @import {Actions, Request} from './messages.js' */

/** @type {Promise<Model>} */
let model = Promise.reject(new Error('no model is loaded'));
model.catch(() => {}); // avoids an unhandled rejection; each request reports the error

/** @type {Actions} */
const actions = {
  async load({url}) {
    model = Model.load((name, report) => fetchBytes(new URL(name, url), report),
      (progress) => self.postMessage({progress}));
    const {format, latentSize, fingerprint, prior} = await model;
    return {format: format.fields, latentSize, fingerprint, prior};
  },

  async decode({rows, decoding}) {
    return (await model).decoder.decode(rows, decoding);
  },

  async programs({points}) {
    return (await model).decoder.programLogits(points);
  },

  async read({bytes}) {
    return readMeasures(bytes, (await model).format, {allChords: true});
  },

  async encode({tracks, chords}) {
    const {format} = await model;
    const encoder = await (await model).encoder();
    const absent = Array.from({length: format.maxTracks - tracks.length}, () => [format.end]);
    return encoder.encode([...tracks, ...absent], chords);
  },
};

/** @param {Request} request */
function act(request) {
  switch (request.action) {
    case 'load': return actions.load(request);
    case 'decode': return actions.decode(request);
    case 'programs': return actions.programs(request);
    case 'read': return actions.read(request);
    case 'encode': return actions.encode(request);
  }
}

self.onmessage = async ({data}) => {
  const request = /** @type {Request} */ (data);
  try {
    self.postMessage({id: request.id, result: await act(request)});
  } catch (reason) {
    const {name, message} = /** @type {Error} */ (reason);
    self.postMessage({id: request.id, error: {name, message}});
  }
};
