// node engine.mjs FOLDER REQUEST.json: what the page's engine makes of a model, as JSON.
//
// The request has lists `decode` [{z, chords, seed, decoding, rows}],
// each a batch as Python decodes it, `rows` [B * T] being what else the page's engine takes of each
// track; `encode` [{tracks, chords}]; and `songs` as songs.mjs has them.

import {readFile} from 'node:fs/promises';
import path from 'node:path';

import {Model} from '../../packages/engine/src/engine/model.js';
import {songTokens} from './songs.mjs';

const [, , folder, requestFile] = process.argv;

const read = async (name) => {
  const bytes = await readFile(path.join(folder, name));
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
};
const {decode = [], encode = [], songs = []} = JSON.parse(await readFile(requestFile, 'utf8'));
const model = await Model.load(read);

const decoded = decode.map(({z, chords, seed, decoding, rows: more = []}) => {
  const rows = z.map((point) => Float32Array.from(point)).flatMap((point, draw) =>
    Array.from({length: model.format.maxTracks}, (_, track) => ({
      z: point, track, chords: chords[draw], seed, draw,
      ...more[draw * model.format.maxTracks + track],
    })));
  const margins = new Float64Array(rows.length);
  const tokens = model.decoder.decode(rows, decoding, margins);
  return {tokens: tokens.map((track) => [...track]), margins: [...margins]};
});
const encoder = encode.length ? await model.encoder() : null;
const encoded = encode.map(({tracks, chords}) => [...encoder.encode(tracks, chords)]);
const played = await Promise.all(songs.map((song) => songTokens(model, song)));
process.stdout.write(JSON.stringify({decoded, encoded, songs: played}));
