/** Yields to the event loop, so that the page remains responsive during long work. */

/** Resolves in a new task. @returns {Promise<void>} */
export function nextTask() {
  const {scheduler} = /** @type {{scheduler?: {yield?: () => Promise<void>}}} */ (
    /** @type {unknown} */ (globalThis));
  if (scheduler?.yield) return scheduler.yield();
  return new Promise((resolve) => {
    const {port1, port2} = new MessageChannel(); // has less delay than timers
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
