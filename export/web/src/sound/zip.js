/** Writes ZIP archives without compression, which would hardly shrink sound. */

const UTF8_NAMES = 0x800;
const [LOCAL, CENTRAL, END] = [0x04034b50, 0x02014b50, 0x06054b50];
const VERSION = 20;
const EARLIEST = 0x0021; // 1 January 1980; a constant date makes archives reproducible

const CRCS = Uint32Array.from({length: 256}, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** @param {Uint8Array} bytes */
function checksum(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRCS[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/**
 * @param {{name: string, bytes: Uint8Array<ArrayBuffer>}[]} files less than 4 GB in all
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function zip(files) {
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const pieces = [];
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const directory = [];
  let offset = 0;
  for (const {name, bytes} of files) {
    const path = new TextEncoder().encode(name);
    // version, flags, stored, time, date, checksum, both sizes, length of the name, no extra field
    const about = numbers([
      [2, VERSION], [2, UTF8_NAMES], [2, 0], [2, 0], [2, EARLIEST], [4, checksum(bytes)],
      [4, bytes.length], [4, bytes.length], [2, path.length], [2, 0],
    ]);
    pieces.push(numbers([[4, LOCAL]]), about, path, bytes);
    // no comment, first disk, no attributes, offset
    directory.push(numbers([[4, CENTRAL], [2, VERSION]]), about,
      numbers([[2, 0], [2, 0], [2, 0], [4, 0], [4, offset]]), path);
    offset += 4 + about.length + path.length + bytes.length;
  }
  const size = directory.reduce((sum, {length}) => sum + length, 0);
  const end = numbers([
    [4, END], [2, 0], [2, 0], [2, files.length], [2, files.length], [4, size], [4, offset], [2, 0],
  ]);
  return joined([...pieces, ...directory, end]);
}

/** Encodes little-endian numbers. @param {[bytes: number, value: number][]} fields */
function numbers(fields) {
  return Uint8Array.from(fields.flatMap(([bytes, value]) =>
    Array.from({length: bytes}, (_, i) => (value >>> (8 * i)) & 255)));
}

/** @param {Uint8Array[]} pieces */
function joined(pieces) {
  const bytes = new Uint8Array(pieces.reduce((sum, {length}) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
