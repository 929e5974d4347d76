/** Weights of a TensorFlow.js folder; shards are fetched on demand. */

/** @import {Progress} from './fetching.js' */

/** @type {Record<string, number>} */
const ITEM_BYTES = {float32: 4, float16: 2, uint16: 2, uint8: 1};

/**
 * A tensor in weights_manifest.json.
 * @typedef {object} Weight
 * @property {string} name
 * @property {number[]} shape
 * @property {string} dtype
 * @property {{dtype: string, scale: number, min: number}} [quantization]
 *
 * @typedef {{paths: string[], weights: Weight[]}[]} Manifest
 *
 * Reads the bytes of a file of the folder; calls `report` as bytes arrive, if supported.
 * @typedef {(name: string, report: (progress: Progress) => void) => Promise<Bytes>} ReadFile
 * @typedef {ArrayBuffer | Uint8Array} Bytes
 *
 * A tensor, its storage type, and its position in the shards of its group.
 * @typedef {Weight & {stored: string, size: number, paths: string[], offset: number, bytes: number,
 *   groupBytes: number}} Entry
 */

export class TensorFolder {
  /**
   * @param {ReadFile} read
   * @param {Manifest} manifest the parsed weights_manifest.json
   * @param {(progress: Progress) => void} report called as shards arrive
   */
  constructor(read, manifest, report = () => {}) {
    this._read = read;
    this._report = report;
    this._loads = 0; // number of loads in progress; the next two maps cover all of them
    /** Shard -> bytes fetched so far. @type {Map<string, number>} */
    this._loaded = new Map();
    /** Shard to fetch -> its approximate size in bytes. @type {Map<string, number>} */
    this._wanted = new Map();
    /** @type {Map<string, Promise<Bytes>>} */
    this._shards = new Map();
    /** @type {Map<string, Entry>} */
    this._entries = new Map();
    for (const {paths, weights} of manifest) {
      let offset = 0;
      for (const weight of weights) {
        const stored = weight.quantization?.dtype ?? weight.dtype;
        if (!(stored in ITEM_BYTES)) throw new Error(`the weights are stored as ${stored}`);
        const size = weight.shape.reduce((product, length) => product * length, 1);
        const bytes = size * ITEM_BYTES[stored];
        this._entries.set(weight.name, {...weight, stored, size, paths, offset, bytes, groupBytes: 0});
        offset += bytes;
      }
      for (const {name} of weights) Object.assign(this._entries.get(name) ?? {}, {groupBytes: offset});
    }
  }

  /** Name -> shape of every tensor. */
  get shapes() {
    return new Map([...this._entries].map(([name, {shape}]) => [name, shape]));
  }

  /**
   * Loads the named tensors, in the order of the names.
   * @param {string[]} names
   * @returns {Promise<Float32Array[]>}
   */
  async load(names) {
    this._loads++;
    for (const name of names) this._want(name);
    this._tell();
    try {
      return await Promise.all(names.map((name) => this._tensor(name)));
    } finally {
      this._loads--;
      if (!this._loads) for (const map of [this._loaded, this._wanted]) map.clear();
    }
  }

  /** Clears the cache of shards; they are fetched again when needed. */
  forget() {
    this._shards.clear();
  }

  /** Adds the shards that a tensor still needs to `_wanted`. @param {string} name */
  _want(name) {
    const entry = this._entries.get(name);
    if (!entry) return;
    const {paths, offset, bytes, groupBytes} = entry;
    const size = groupBytes / paths.length; // the mean; all shards but the last are slightly larger
    const last = Math.ceil((offset + bytes) / size);
    for (const path of [paths[0], ...paths.slice(Math.floor(offset / size), last)]) {
      if (!this._shards.has(path)) this._wanted.set(path, size);
    }
  }

  /** @param {string} path @param {number} bytes fetched so far */
  _count(path, bytes) {
    this._loaded.set(path, bytes);
    this._tell();
  }

  _tell() {
    const [loaded, total] = [this._loaded, this._wanted]
      .map((map) => [...map.values()].reduce((sum, each) => sum + each, 0));
    if (!total) return; // nothing to fetch
    this._report({loaded: Math.min(loaded, Math.round(total)), total: Math.round(total)});
  }

  /** @param {string} name */
  async _tensor(name) {
    const entry = this._entries.get(name);
    if (!entry) throw new Error(`the model has no ${name}`);
    const bytes = await this._bytes(entry);
    return dequantise(bytes, entry);
  }

  /** The bytes of one tensor, joined from its shards. @param {Entry} entry */
  async _bytes({paths, offset, bytes}) {
    const tensor = new Uint8Array(bytes);
    // All shards of a group except the last have the size of the first.
    let begin = 0;
    for (const path of paths) {
      const size = await this._size(path, paths);
      const from = Math.max(offset, begin);
      const to = Math.min(offset + bytes, begin + size);
      if (from < to) {
        const shard = new Uint8Array(await this._fetch(path));
        tensor.set(shard.subarray(from - begin, to - begin), from - offset);
      }
      begin += size;
      if (begin >= offset + bytes) return tensor;
    }
    throw new Error('the weights are cut short');
  }

  /** @param {string} path @param {string[]} paths of its group */
  async _size(path, paths) {
    if (path === paths[paths.length - 1] || this._shards.has(path)) {
      return (await this._fetch(path)).byteLength;
    }
    return (await this._fetch(paths[0])).byteLength;
  }

  /** The bytes of a shard. @param {string} path */
  _fetch(path) {
    const shard = this._shards.get(path) ??
      this._read(path, ({loaded}) => this._count(path, loaded));
    this._shards.set(path, shard);
    return shard;
  }
}

/** @param {Uint8Array<ArrayBuffer>} bytes @param {Entry} entry */
function dequantise(bytes, {stored, size, quantization}) {
  if (stored === 'float32') return new Float32Array(bytes.buffer, 0, size);
  if (stored === 'float16') return fromFloat16(new Uint16Array(bytes.buffer, 0, size));
  const {scale, min} = quantization ?? {scale: 1, min: 0};
  const levels = stored === 'uint8' ? bytes : new Uint16Array(bytes.buffer, 0, size);
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) values[i] = levels[i] * scale + min;
  return values;
}

/** @param {Uint16Array} halves */
function fromFloat16(halves) {
  const table = float16Table();
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) values[i] = table[halves[i]];
  return values;
}

/** @type {Float32Array | undefined} */
let table16;

/** The value of each half-precision number [65536]. */
function float16Table() {
  if (table16) return table16;
  table16 = new Float32Array(65536);
  for (let bits = 0; bits < 65536; bits++) {
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    const sign = bits >> 15 ? -1 : 1;
    if (exponent === 31) table16[bits] = fraction ? NaN : sign * Infinity;
    else if (exponent) table16[bits] = sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
    else table16[bits] = sign * 2 ** -14 * (fraction / 1024);
  }
  return table16;
}
