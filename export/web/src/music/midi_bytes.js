/** The bytes of a Standard MIDI File -> events, as `gm_vae.music.midi_bytes` reads them. */

const MAX_BYTES = 1 << 26;
const MAX_EVENTS = 1000000;
const MAX_TICKS = 2 ** 40;
const MAX_UNIT_POWER = 10; // time signatures over 1024ths are damage

/** Bytes that are no MIDI file that we can read; the message is a sentence for people. */
export class MidiError extends Error {}

/**
 * A channel event: absolute tick, MIDI track, status byte, data bytes; `at` orders a file's events.
 * @typedef {{at: number, tick: number, track: number, status: number, data1: number, data2: number}}
 *   ChannelEvent
 */

/**
 * @param {Uint8Array} data
 * @returns {{ticksPerQuarter: number, events: ChannelEvent[],
 *   signatures: {track: number, tick: number, beats: number, unit: number}[],
 *   tempos: {track: number, tick: number, microseconds: number}[], texts: string[]}}
 */
export function readEvents(data) {
  if (data.length > MAX_BYTES) throw new MidiError('This file is too large for a MIDI file.');
  if (!data.length) throw new MidiError('This is not a MIDI file: it is empty.');
  const start = unwrapRiff(data);
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  if (ascii(data, start) !== 'MThd') {
    throw new MidiError('This is not a MIDI file: it does not begin with MThd.');
  }
  if (data.length < start + 14) throw new MidiError('The MIDI file ends within its header.');
  const headerBytes = view.getUint32(start + 4);
  const kind = view.getUint16(start + 8);
  const division = view.getUint16(start + 12);
  if (headerBytes < 6 || kind > 2) throw new MidiError("The MIDI file's header is damaged.");
  if (kind === 2) {
    throw new MidiError(
      'The MIDI file is of format 2, a set of patterns; save it as format 0 or 1.');
  }
  if (division & 0x8000) {
    throw new MidiError(
      'The MIDI file counts time in SMPTE frames, which have no bars; save it with beats.');
  }
  if (!division) throw new MidiError("The MIDI file's header is damaged.");
  const found = {ticksPerQuarter: division, events: [], signatures: [], tempos: [], texts: []};
  const chunks = trackChunks(data, view, start + 8 + headerBytes, view.getUint16(start + 10));
  chunks.forEach(([first, stop], track) => readTrack(data, first, stop, track, found));
  return found;
}

function unwrapRiff(data) {
  if (ascii(data, 0) !== 'RIFF' || ascii(data, 8) !== 'RMID') return 0;
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  for (let position = 12; position + 8 <= data.length; ) {
    if (ascii(data, position) === 'data') return position + 8;
    const size = view.getUint32(position + 4, true);
    position += 8 + size + (size % 2);
  }
  throw new MidiError('The RIFF file holds no MIDI data.');
}

function trackChunks(data, view, position, declared) {
  const chunks = [];
  while (position + 8 <= data.length) {
    const isTrack = ascii(data, position) === 'MTrk';
    const first = position + 8;
    const stop = first + view.getUint32(position + 4);
    if (stop > data.length) {
      if (isTrack || chunks.length < declared) {
        throw new MidiError(`The MIDI file is cut short in its track ${chunks.length + 1}.`);
      }
      break; // rubbish after the last track
    }
    if (isTrack) chunks.push([first, stop]);
    position = stop;
  }
  if (!chunks.length) throw new MidiError('The MIDI file has no tracks.');
  return chunks;
}

function readTrack(data, position, stop, track, found) {
  const damaged = (at) =>
    new MidiError(`The MIDI file is damaged at byte ${at}, in track ${track + 1}.`);
  /** A variable-length number of up to 4 bytes. */
  const number = () => {
    let value = 0;
    const begin = position;
    while (position < stop && position < begin + 4) {
      const byte = data[position++];
      value = (value << 7) | (byte & 0x7f);
      if (byte < 0x80) return value;
    }
    throw damaged(begin);
  };
  let tick = 0;
  let status = 0; // of running status
  while (position < stop) {
    tick += number();
    if (tick > MAX_TICKS) throw new MidiError('A time in the MIDI file is damaged.');
    const at = position;
    if (at >= stop) throw damaged(at);
    let byte = data[at];
    if (byte < 0x80 && !status) throw damaged(at);
    if (byte < 0xf0) {
      if (byte >= 0x80) {
        status = byte;
        position++;
      }
      const wide = !(status >= 0xc0 && status < 0xe0);
      if (position + (wide ? 2 : 1) > stop) throw damaged(at);
      const data1 = data[position];
      const data2 = wide ? data[position + 1] : 0;
      if (data1 > 0x7f || data2 > 0x7f) throw damaged(at);
      found.events.push({at: position, tick, track, status, data1, data2});
      if (found.events.length > MAX_EVENTS) {
        throw new MidiError('The MIDI file has over a million events; no song has as many.');
      }
      position += wide ? 2 : 1;
      continue;
    }
    position++;
    let kind = -1;
    if (byte === 0xff && position < stop) kind = data[position++];
    else if (byte !== 0xf0 && byte !== 0xf7) throw damaged(at);
    const length = number();
    const content = position;
    position += length;
    if (position > stop) throw damaged(at);
    if (kind === 0x2f) break;
    if (kind === 0x51 && length >= 3) {
      const microseconds = (data[content] << 16) | (data[content + 1] << 8) | data[content + 2];
      found.tempos.push({track, tick, microseconds});
    } else if (kind === 0x58 && length >= 2) {
      const [beats, power] = data.subarray(content, content + 2);
      if (!beats || power > MAX_UNIT_POWER) {
        throw new MidiError(`The MIDI file has a time signature of ${beats} over 2 to the ${power}.`);
      }
      found.signatures.push({track, tick, beats, unit: 1 << power});
    } else if (kind === 0x01) {
      found.texts.push(new TextDecoder().decode(data.subarray(content, position)));
    }
  }
}

const ascii = (data, at) => String.fromCharCode(...data.subarray(at, at + 4));
