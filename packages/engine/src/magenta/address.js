/** Addresses of checkpoints. */

/**
 * The address of a checkpoint's folder, with a slash at its end.
 * @param {string | URL} checkpointURL relative to the page
 * @throws {Error}
 */
export function folderURL(checkpointURL) {
  const text = checkpointURL ? String(checkpointURL) : '';
  const page = globalThis.location?.href;
  const folder = `${text.replace(/\/+$/, '')}/`;
  if (text && URL.canParse(folder, page)) {
    const url = new URL(folder, page);
    if (page || url.protocol !== 'file:') return url;
  }
  throw new Error(
    `${text ? JSON.stringify(text) : 'checkpointURL'} is not the address of a folder. Give an http ` +
    'address; in Node, or for files, a function such as (name) => readFile(`model/${name}`).');
}
