/**
 * Caches the files of the page and its model, so that the page opens without a network. Files with
 * a hash in their names are fetched once; others always, and the cache is used if the network fails.
 */

/**
 * Service worker types that TypeScript's DOM library lacks.
 * @typedef {Event & {waitUntil: (work: Promise<unknown>) => void}} LastingEvent
 * @typedef {LastingEvent & {request: Request, respondWith: (answer: Promise<Response>) => void}}
 *   FetchEvent
 * @typedef {object} Scope
 * @property {() => Promise<void>} skipWaiting
 * @property {{claim: () => Promise<void>}} clients
 * @property {{scope: string}} registration
 */

const CACHE = 'gm-vae-files';
// names of build.mjs's files and of the package's shards: stem, hash, suffix
const HASHED = /^(.+)-(?:[0-9A-Z]{8}(\.\w+)|[0-9a-f]{8})$/;
const CHANGING = /^(index\.html|manifest\.webmanifest|icon\.svg|model\/(config|weights_manifest|attributes)\.json|)$/;

const scope = /** @type {Scope} */ (/** @type {unknown} */ (self));

self.addEventListener('install', (event) => {
  /** @type {LastingEvent} */ (event).waitUntil(scope.skipWaiting());
});

self.addEventListener('activate', (event) => {
  /** @type {LastingEvent} */ (event).waitUntil(scope.clients.claim());
});

// caches files that the page fetched before the service worker ran
self.addEventListener('message', (event) => {
  const urls = /** @type {string[]} */ (/** @type {MessageEvent} */ (event).data);
  /** @type {LastingEvent} */ (/** @type {unknown} */ (event)).waitUntil(
    Promise.allSettled(urls.map((url) => answer(new Request(url)))));
});

self.addEventListener('fetch', (event) => {
  const {request} = /** @type {FetchEvent} */ (event);
  const name = nameOf(request.url);
  if (request.method !== 'GET' || name === null) return;
  if (HASHED.test(name) || CHANGING.test(name)) {
    /** @type {FetchEvent} */ (event).respondWith(answer(request));
  }
});

/** Returns the path below the scope; null for URLs outside of it. @param {string} url */
function nameOf(url) {
  const path = url.split(/[?#]/)[0];
  return path.startsWith(scope.registration.scope)
    ? path.slice(scope.registration.scope.length) : null;
}

/** @param {Request} request @returns {Promise<Response>} */
async function answer(request) {
  const cache = await caches.open(CACHE);
  const name = nameOf(request.url) ?? '';
  const key = request.url.split(/[?#]/)[0];
  if (HASHED.test(name)) {
    const known = await cache.match(key);
    if (known) return known;
    const response = await fetch(request);
    if (response.ok) await keep(cache, key, name, response.clone());
    return response;
  }
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(key, response.clone());
    return response;
  } catch (error) {
    const known = await cache.match(key);
    if (known) return known;
    throw error;
  }
}

/**
 * Caches a file and deletes older versions of it.
 * @param {Cache} cache
 * @param {string} key
 * @param {string} name
 * @param {Response} response
 */
async function keep(cache, key, name, response) {
  const stem = stemOf(name);
  for (const {url} of await cache.keys()) {
    if (url !== key && stemOf(nameOf(url) ?? '') === stem) await cache.delete(url);
  }
  await cache.put(key, response);
}

/** Returns a hashed name without its hash; '' for other names. @param {string} name */
function stemOf(name) {
  const [, stem = '', suffix = ''] = HASHED.exec(name) ?? [];
  return stem + suffix;
}
