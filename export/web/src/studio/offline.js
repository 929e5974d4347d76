/** Makes the page available offline if the browser has service workers. */

const PATIENCE = 1000; // ms; longest wait for the service worker

/**
 * Resolves when further fetches are cached for later visits, or if they cannot be.
 * @param {string} script address of the service worker
 */
export async function keepOffline(script) {
  const {serviceWorker} = navigator;
  if (!serviceWorker || serviceWorker.controller) return;
  const claimed = new Promise((resolve) => {
    serviceWorker.addEventListener('controllerchange', resolve, {once: true});
  });
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const registered = serviceWorker.register(script).then((registration) => registration && claimed);
  await Promise.race([registered.catch(() => {}), late]); // unavailable in some private windows
  const links = Array.from(document.querySelectorAll('link'), ({href}) => href);
  const fetched = performance.getEntriesByType('resource').map(({name}) => name);
  const icon = new URL('icon.svg', script).href; // only the manifest refers to it
  const urls = new Set([location.href.split('#')[0], icon, ...links, ...fetched]);
  navigator.serviceWorker.controller?.postMessage(
    [...urls].filter((url) => url.startsWith(new URL('.', script).href)));
}

/**
 * Opens files with which the system launches the installed page.
 * @param {(file: File) => void} open
 */
export function takeLaunchedFiles(open) {
  /**
   * @typedef {{files: {getFile: () => Promise<File>}[]}} Launch
   * @typedef {{setConsumer: (take: (launch: Launch) => void) => void}} LaunchQueue
   */
  const {launchQueue} = /** @type {{launchQueue?: LaunchQueue}} */ (
    /** @type {unknown} */ (window));
  launchQueue?.setConsumer(async ({files}) => {
    if (files.length) open(await files[0].getFile());
  });
}
