/** Finds the header and the tracks in a file's bytes, also in damaged files. */

import {MIDI} from '../generated/tables.js';

/** Thrown if bytes are not a readable MIDI file; the message can be shown to users. */
export class MidiError extends Error {
  /** @override */ name = 'MidiError';
}

/**
 * A track's content: its first byte, the latest byte at which it ends, and whether this matches the
 * chunk's size field.
 * @typedef {{first: number, stop: number, sizeIsRight: boolean}} TrackChunk
 */

const META = 0xff;
const END_OF_TRACK = 0x2f;
const END_EVENT = [META, END_OF_TRACK, 0];

/** @param {string} text */
const codes = (text) => [...text].map((letter) => letter.charCodeAt(0));

const TRACK = codes('MTrk');

/**
 * @param {Uint8Array} data
 * @returns {{ticksPerQuarter: number, chunks: TrackChunk[]}}
 * @throws {MidiError}
 */
export function readChunks(data) {
  if (data.length > MIDI.maxBytes) throw new MidiError('This file is too large for a MIDI file.');
  if (!data.length) throw new MidiError('This is not a MIDI file: it is empty.');
  const begin = unwrapRiff(data);
  const start = find(data.subarray(0, begin + MIDI.maxPreambleBytes), codes('MThd'), begin);
  if (start < 0) throw new MidiError('This is not a MIDI file: it does not begin with MThd.');
  if (data.length < start + 14) throw new MidiError('The MIDI file ends within its header.');
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const headerBytes = view.getUint32(start + 4);
  const division = view.getUint16(start + 12);
  checkHeader(headerBytes, view.getUint16(start + 8), division);
  const chunks = trackChunks(data, view, start + 8 + headerBytes, view.getUint16(start + 10));
  return {ticksPerQuarter: division, chunks};
}

/** @param {number} bytes @param {number} kind @param {number} division */
function checkHeader(bytes, kind, division) {
  if (bytes < 6 || kind > 2) throw new MidiError("The MIDI file's header is damaged.");
  if (kind === 2) {
    throw new MidiError(
      'The MIDI file is of format 2, a set of patterns; save it as format 0 or 1.');
  }
  if (division & 0x8000) {
    throw new MidiError(
      'The MIDI file counts time in SMPTE frames, which have no bars; save it with beats.');
  }
  if (!division) throw new MidiError("The MIDI file's header is damaged.");
}

/** @param {Uint8Array} data @param {number[]} content @param {number} at */
const holds = (data, content, at) => content.every((byte, i) => data[at + i] === byte);

/**
 * Returns the first position of some bytes at or after a position, or -1.
 * @param {Uint8Array} data
 * @param {number[]} content
 * @param {number} position
 */
function find(data, content, position) {
  let at = data.indexOf(content[0], position);
  while (at >= 0 && !holds(data, content, at)) at = data.indexOf(content[0], at + 1);
  return at;
}

/** Start of the MIDI file in a RIFF file, or 0. @param {Uint8Array} data */
function unwrapRiff(data) {
  if (!holds(data, codes('RIFF'), 0) || !holds(data, codes('RMID'), 8)) return 0;
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  for (let position = 12; position + 8 <= data.length; ) {
    if (holds(data, codes('data'), position)) return position + 8;
    const size = view.getUint32(position + 4, true);
    position += 8 + size + (size % 2);
  }
  throw new MidiError('The RIFF file holds no MIDI data.');
}

/**
 * Finds the tracks. Chunks of other kinds are skipped. Bytes that are not a chunk are skipped only
 * if fewer tracks than declared were found; later bytes may be leftovers of an older, longer file.
 * @param {Uint8Array} data
 * @param {DataView} view
 * @param {number} position
 * @param {number} declared
 */
function trackChunks(data, view, position, declared) {
  /** @type {TrackChunk[]} */
  const chunks = [];
  for (let i = 0; i < 2 * MIDI.maxTracks && position + 8 <= data.length; i++) {
    const first = position + 8;
    if (holds(data, TRACK, position)) {
      const chunk = {first, ...trackStop(data, view, first)};
      chunks.push(chunk);
      position = chunk.stop;
    } else if (isChunk(data, view, position)) {
      position = first + view.getUint32(first - 4);
    } else {
      position = chunks.length < declared ? find(data, TRACK, position) : -1;
      if (position < 0) break;
    }
  }
  if (!chunks.length) throw new MidiError('The MIDI file has no tracks.');
  if (chunks.length > MIDI.maxTracks) throw new MidiError('The MIDI file has too many tracks.');
  return chunks;
}

/**
 * Returns where a track's content ends at the latest, and whether this matches its size field.
 * @param {Uint8Array} data
 * @param {DataView} view
 * @param {number} first
 */
function trackStop(data, view, first) {
  const stop = first + view.getUint32(first - 4);
  const atEndEvent = holds(data, END_EVENT, stop - END_EVENT.length);
  const nextFits = stop < data.length && (atEndEvent || isChunk(data, view, stop));
  if (stop === data.length || nextFits) return {stop, sizeIsRight: true};
  const following = find(data, TRACK, first);
  if (following >= 0) return {stop: following, sizeIsRight: false};
  if (stop > data.length) return {stop: data.length, sizeIsRight: false};
  const endEvent = find(data, END_EVENT, Math.max(first, stop - END_EVENT.length + 1));
  return endEvent < 0
    ? {stop, sizeIsRight: true}
    : {stop: endEvent + END_EVENT.length, sizeIsRight: false};
}

/**
 * Whether a chunk may begin at a position: a track, or four letters or digits and a size that fits.
 * @param {Uint8Array} data
 * @param {DataView} view
 * @param {number} position
 */
function isChunk(data, view, position) {
  if (holds(data, TRACK, position)) return true;
  const kind = String.fromCharCode(...data.subarray(position, position + 4));
  return /^[0-9A-Za-z]{4}$/.test(kind) && position + 8 <= data.length &&
    position + 8 + view.getUint32(position + 4) <= data.length;
}
