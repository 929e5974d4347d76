/** Worker script that runs the requests of `WorkerMusicVAE`. */

import {MusicVAE} from './music_vae.js';
import {Tensor} from './tensor.js';

/** @import {ControlArgs} from './control_args.js' */
/** @import {Abort, Loaded, Request} from './worker_protocol.js' */

/** @type {MusicVAE | undefined} */
let model;
/** @type {Map<number, AbortController>} */
const running = new Map();

/**
 * Index of the control arguments among each method's arguments.
 * @type {Record<string, number>}
 */
const CONTROL_ARGS = {sample: 2, decode: 2, encode: 1, interpolate: 3, similar: 4, song: 2};

/** @param {Request} request @returns {Promise<unknown>} */
async function act({id, method, args, watch}) {
  const controller = new AbortController();
  running.set(id, controller);
  const {signal} = controller;
  const onProgress = watch
    ? (/** @type {unknown} */ progress) => self.postMessage({id, progress}) : undefined;
  if (method === 'initialize') {
    const [url, spec] = args;
    model ??= new MusicVAE(/** @type {string} */ (url), /** @type {any} */ (spec));
    await model.initialize({onProgress, signal});
    return /** @type {Loaded} */ ({
      zDims: model.zDims, spec: model.spec, format: model.dataConverter?.format.fields,
    });
  }
  if (method in CONTROL_ARGS) {
    const at = CONTROL_ARGS[method];
    const controls = /** @type {ControlArgs} */ (args[at] ?? {});
    args[at] = {...controls, onProgress, signal};
  }
  const result = await /** @type {any} */ (model)[method](...args);
  return result instanceof Tensor ? {values: await result.data(), shape: result.shape} : result;
}

self.onmessage = async ({data}) => {
  if ('abort' in data) {
    running.get(/** @type {Abort} */ (data).abort)?.abort();
    return;
  }
  const request = /** @type {Request} */ (data);
  const {id} = request;
  try {
    const result = /** @type {any} */ (await act(request));
    const sent = ArrayBuffer.isView(result.values) ? [result.values.buffer] : [];
    self.postMessage({id, result}, {transfer: sent});
  } catch (reason) {
    const {name, message} = /** @type {Error} */ (reason);
    self.postMessage({id, error: {name, message}});
  } finally {
    running.delete(id);
  }
};
