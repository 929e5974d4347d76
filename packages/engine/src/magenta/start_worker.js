/** The worker of `WorkerMusicVAE`: worker.js beside this module, wherever that is hosted. */

/** @throws {Error} there are no workers */
export function startWorker() {
  if (typeof Worker === 'undefined') {
    throw new Error(
      'There are no workers here, as in Node; use MusicVAE, or give a function that starts one.');
  }
  const script = new URL('./worker.js', import.meta.url);
  if (script.origin === location.origin) return new Worker(script);
  // a browser runs no worker of another origin, but lets one of this origin import it
  return new Worker(URL.createObjectURL(
    new Blob([`importScripts(${JSON.stringify(script.href)})`], {type: 'text/javascript'})));
}
