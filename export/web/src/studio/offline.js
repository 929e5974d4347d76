/** Lets the page open without a network, where the browser has service workers. */

const PATIENCE = 1000; // ms; music need not wait for it

/**
 * Resolves when what is fetched from now on is kept for later visits, or cannot be.
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
  await Promise.race([registered.catch(() => {}), late]); // private windows may have none
  const links = Array.from(document.querySelectorAll('link'), ({href}) => href);
  const fetched = performance.getEntriesByType('resource').map(({name}) => name);
  const icon = new URL('icon.svg', script).href; // of the manifest; no page asks for it
  const urls = new Set([location.href.split('#')[0], icon, ...links, ...fetched]);
  navigator.serviceWorker.controller?.postMessage(
    [...urls].filter((url) => url.startsWith(new URL('.', script).href)));
}

/**
 * Opens the files that the system hands to the installed page.
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
