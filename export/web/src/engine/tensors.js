/** Weights of a TensorFlow.js folder, fetched shard by shard as they are asked for. */

const ITEM_BYTES = {float32: 4, float16: 2, uint16: 2, uint8: 1};

export class TensorFolder {
  /**
   * @param {(name: string) => Promise<ArrayBuffer>} read the bytes of a file of the folder
   * @param {Array} manifest the parsed weights_manifest.json
   */
  constructor(read, manifest) {
    this._read = read;
    this._shards = new Map(); // name -> promise of its bytes
    this._entries = new Map(); // tensor name -> entry
    for (const {paths, weights} of manifest) {
      let offset = 0;
      for (const weight of weights) {
        const stored = weight.quantization?.dtype ?? weight.dtype;
        if (!(stored in ITEM_BYTES)) throw new Error(`the weights are stored as ${stored}`);
        const size = weight.shape.reduce((product, length) => product * length, 1);
        const bytes = size * ITEM_BYTES[stored];
        this._entries.set(weight.name, {...weight, stored, size, paths, offset, bytes});
        offset += bytes;
      }
    }
  }

  /** Name -> shape of every tensor. */
  get shapes() {
    return new Map([...this._entries].map(([name, {shape}]) => [name, shape]));
  }

  /** Float32Array of each named tensor, in the order of the names. */
  async load(names) {
    return Promise.all(names.map((name) => this._tensor(name)));
  }

  /** Lets go of the bytes of shards; they are fetched again if need be. */
  forget() {
    this._shards.clear();
  }

  async _tensor(name) {
    const entry = this._entries.get(name);
    if (!entry) throw new Error(`the model has no ${name}`);
    const bytes = await this._bytes(entry);
    return dequantise(bytes, entry);
  }

  /** The bytes of one tensor, put together from the shards that it lies in. */
  async _bytes({paths, offset, bytes}) {
    const found = new Uint8Array(bytes);
    // Shards but the last of a group are of one size, that of the first.
    let begin = 0;
    for (const path of paths) {
      const size = await this._size(path, paths, begin);
      const from = Math.max(offset, begin);
      const to = Math.min(offset + bytes, begin + size);
      if (from < to) {
        const shard = new Uint8Array(await this._fetch(path));
        found.set(shard.subarray(from - begin, to - begin), from - offset);
      }
      begin += size;
      if (begin >= offset + bytes) return found;
    }
    throw new Error('the weights are cut short');
  }

  async _size(path, paths, begin) {
    if (path === paths[paths.length - 1] || this._shards.has(path)) {
      return (await this._fetch(path)).byteLength;
    }
    return (await this._fetch(paths[0])).byteLength;
  }

  _fetch(path) {
    if (!this._shards.has(path)) this._shards.set(path, this._read(path));
    return this._shards.get(path);
  }
}

function dequantise(bytes, {stored, size, quantization}) {
  if (stored === 'float32') return new Float32Array(bytes.buffer, 0, size);
  if (stored === 'float16') return fromFloat16(new Uint16Array(bytes.buffer, 0, size));
  const {scale, min} = quantization;
  const levels = stored === 'uint8' ? bytes : new Uint16Array(bytes.buffer, 0, size);
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) values[i] = levels[i] * scale + min;
  return values;
}

function fromFloat16(halves) {
  const table = float16Table();
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) values[i] = table[halves[i]];
  return values;
}

let table16;

/** Float32Array [65536]: the value of each half-precision number. */
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
