/** Fetches files and reports the progress. */

/**
 * Progress of a download, in bytes; `total` is 0 if unknown.
 * @typedef {{loaded: number, total: number}} Progress
 */

/**
 * Fetches the bytes of a file.
 * @param {URL} url
 * @param {(progress: Progress) => void} report called as bytes arrive
 * @param {AbortSignal} [signal]
 * @returns {Promise<ArrayBuffer>}
 * @throws {Error} with a message that names the file, or the reason of `signal`
 */
export async function fetchBytes(url, report = () => {}, signal) {
  const name = decodeURIComponent(url.pathname);
  const response = await fetch(url, {signal}).catch(() => {
    signal?.throwIfAborted();
    throw new Error(`${name} could not be fetched: the network or the server is away`);
  });
  if (!response.ok) throw new Error(`${name} is missing on the server (${response.status})`);
  // Content-Length is the compressed size, but the progress counts decompressed bytes.
  const total = response.headers.has('Content-Encoding') ? 0
    : Number(response.headers.get('Content-Length') ?? 0);
  try {
    return await joined(response, (loaded) => report({loaded, total: Math.max(total, 0)}));
  } catch {
    signal?.throwIfAborted();
    throw new Error(`${name} broke off: the network or the server is away`);
  }
}

/** @param {Response} response @param {(loaded: number) => void} report */
async function joined(response, report) {
  const reader = response.body?.getReader();
  if (!reader) return response.arrayBuffer();
  /** @type {Uint8Array[]} */
  const pieces = [];
  let loaded = 0;
  for (;;) {
    const {done, value} = await reader.read();
    if (done) break;
    pieces.push(value);
    loaded += value.length;
    report(loaded);
  }
  const bytes = new Uint8Array(loaded);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes.buffer;
}
