/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

const KEPT = 60000; // ms; the receiver may read the file late

/** @param {string} name */
const fileName = (name) => name.replaceAll(/[\\/:*?"<>|]/g, ' ');

/**
 * Lets the browser save bytes as a file.
 * @param {Bytes} bytes
 * @param {string} name
 * @param {string} type
 */
export function download(bytes, name, type) {
  const url = URL.createObjectURL(new Blob([bytes], {type}));
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = fileName(name);
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(url), KEPT);
}

/**
 * Lets a dragged element be dropped as a file outside the browser, if the browser supports it.
 * @param {DragEvent} event
 * @param {Bytes} bytes
 * @param {string} name
 * @param {string} type
 */
export function drag(event, bytes, name, type) {
  const url = URL.createObjectURL(new Blob([bytes], {type}));
  event.dataTransfer?.setData('DownloadURL', `${type}:${fileName(name)}:${url}`);
  if (event.dataTransfer) event.dataTransfer.effectAllowed = 'copy';
  setTimeout(() => URL.revokeObjectURL(url), KEPT);
}
