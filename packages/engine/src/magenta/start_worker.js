/** Starts the worker of `WorkerMusicVAE`: worker.js in the folder of this module. */

/** @throws {Error} workers are not available */
export function startWorker() {
  if (typeof Worker === 'undefined') {
    throw new Error(
      'There are no workers here, as in Node; use MusicVAE, or give a function that starts one.');
  }
  const script = new URL('./worker.js', import.meta.url);
  if (script.origin === location.origin) return new Worker(script);
  // Browsers do not start a worker from another origin, but a same-origin worker may import its
  // script.
  return new Worker(URL.createObjectURL(
    new Blob([`importScripts(${JSON.stringify(script.href)})`], {type: 'text/javascript'})));
}
