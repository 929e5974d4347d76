/** Long work in pieces: between them the page answers to its user. */

/** Resolves in a task of its own. @returns {Promise<void>} */
export function nextTask() {
  const {scheduler} = /** @type {{scheduler?: {yield?: () => Promise<void>}}} */ (
    /** @type {unknown} */ (globalThis));
  if (scheduler?.yield) return scheduler.yield();
  return new Promise((resolve) => {
    const {port1, port2} = new MessageChannel(); // timers wait longer
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
