/** The model in a worker, so that the page never waits for it. One message in, one out. */

import code from './kernel.wat';
import {readMeasures} from '../music/measures.js';
import {Model} from './model.js';

let model; // a promise

const actions = {
  /** Loads the folder at `url`. */
  async load({url}) {
    model = Model.load((name) => fetchFile(new URL(name, url)), code);
    const {format, latentSize} = await model;
    return {format: format.fields, latentSize};
  },

  /** Tokens of each row; see `Decoder.decode`. */
  async decode({rows, temperature}) {
    return (await model).decoder.decode(rows, temperature);
  },

  /** The bars of a MIDI file; see `readMeasures`. */
  async read({bytes}) {
    return readMeasures(bytes, (await model).format);
  },

  /** The point of a measure. */
  async encode({tracks, chords}) {
    const {format} = await model;
    const encoder = await (await model).encoder();
    const absent = Array.from({length: format.maxTracks - tracks.length}, () => [format.end]);
    return encoder.encode([...tracks, ...absent], chords);
  },
};

async function fetchFile(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.pathname} is missing (${response.status})`);
  return response.arrayBuffer();
}

self.onmessage = async ({data: {id, action, ...values}}) => {
  try {
    self.postMessage({id, result: await actions[action](values)});
  } catch (error) {
    self.postMessage({id, error: {name: error.constructor.name, message: error.message}});
  }
};
