/** Writes a song as a MIDI file, like `gm_vae.generate.midi_writer`. */

import {soundingNames} from './part_names.js';

const LEAST_TICKS_PER_QUARTER = 480;
// order at one tick: names, ends of notes, changes of program and volume, new notes
const [NAME, OFF, PROGRAM, ON] = [0, 1, 2, 3];
const DEFAULT_VOLUME = 100; // initial volume of MIDI channels

/** @import {Part, Song, SongNote} from './song.js' */

/**
 * The sound of a part: whether it is heard, its program and its MIDI volume.
 * @typedef {{heard: boolean, program: number, volume: number}} PartSound
 *
 * @typedef {(part: Part) => PartSound} Mix
 *
 * A MIDI event at a tick; and one with its order among events at the same tick.
 * @typedef {[tick: number, bytes: number[]]} TimedEvent
 * @typedef {[tick: number, order: number, bytes: number[]]} OrderedEvent
 */

/**
 * @param {Song} song
 * @param {object} options
 * @param {number} options.qpm
 * @param {string} [options.title] name of the first track
 * @param {string} [options.text] a text event in the first track
 * @param {Mix} options.mix
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function writeMidi(song, {qpm, title, text, mix}) {
  const {format} = song;
  const ticksPerStep = Math.ceil(LEAST_TICKS_PER_QUARTER / format.stepsPerQuarter);
  const endTick = song.bars * format.stepsPerMeasure * ticksPerStep;
  const tracks = [
    conductorEvents(song, ticksPerStep, qpm, title, text), ...partEvents(song, ticksPerStep, mix),
  ];
  return concatenate([
    [...utf8('MThd'), ...uint32(6), 0, 1, ...uint16(tracks.length),
      ...uint16(ticksPerStep * format.stepsPerQuarter)],
    ...tracks.map((events) => trackChunk(events, endTick)),
  ]);
}

/**
 * Returns the events of the first track: title, tempo, meter, sections, chords.
 * @param {Song} song
 * @param {number} ticksPerStep
 * @param {number} qpm
 * @param {string} [title]
 * @param {string} [text]
 * @returns {TimedEvent[]}
 */
function conductorEvents({format, chordChanges, sections}, ticksPerStep, qpm, title, text) {
  /** @type {TimedEvent[]} */
  const events = [];
  if (title) events.push([0, meta(0x03, utf8(title))]);
  if (text) events.push([0, meta(0x01, utf8(text))]);
  const tempo = Math.round(6e7 / qpm);
  events.push(
    [0, meta(0x51, [tempo >> 16, (tempo >> 8) & 255, tempo & 255])],
    [0, meta(0x58, [format.beatsPerBar, Math.log2(format.beatUnit), 24, 8])],
  );
  for (const {bar, name} of sections) {
    events.push([bar * format.stepsPerMeasure * ticksPerStep, meta(0x06, utf8(`[${name}]`))]);
  }
  for (const {step, symbol} of chordChanges) {
    // a marker for sequencers, and a text event for other programs
    for (const kind of [0x06, 0x01]) events.push([step * ticksPerStep, meta(kind, utf8(symbol))]);
  }
  return events.sort((a, b) => a[0] - b[0]); // stable: a section stays before its chord
}

/**
 * Returns the events of each audible part.
 * @param {Song} song
 * @param {number} ticksPerStep
 * @param {Mix} mix
 */
function partEvents(song, ticksPerStep, mix) {
  const sounds = song.parts.map(mix);
  /** @type {OrderedEvent[][]} */
  const tracks = soundingNames(song.parts, mix)
    .map((name) => [[0, NAME, meta(0x03, utf8(name))]]);
  addPrograms(tracks, song, ticksPerStep, sounds);
  addVolumes(tracks, song, ticksPerStep, sounds);
  addNotes(tracks, song, ticksPerStep);
  return tracks
    .filter((_, index) => sounds[index].heard)
    .map((events) => events
      .sort((a, b) => a[0] - b[0] || a[1] - b[1])
      .map(([tick, , bytes]) => /** @type {TimedEvent} */ ([tick, bytes])));
}

/**
 * Adds program changes for a channel's first part, and when another part starts to use the channel.
 * @param {OrderedEvent[][]} tracks
 * @param {Song} song
 * @param {number} ticksPerStep
 * @param {PartSound[]} sounds
 */
function addPrograms(tracks, {parts, format, channels}, ticksPerStep, sounds) {
  /** Channel -> program. @type {Map<number, number>} */
  const current = new Map();
  const told = new Set(); // "part channel" keys for which the part's track has set the program
  channels.forEach((playing, bar) => {
    for (const [index, channel] of playing) {
      const {program: wanted, heard} = sounds[index];
      if (!heard) continue;
      const program = parts[index].isDrum ? 0 : wanted;
      const key = `${index} ${channel}`;
      if (current.get(channel) !== program || !told.has(key)) {
        const tick = current.has(channel) ? bar * format.stepsPerMeasure * ticksPerStep : 0;
        tracks[index].push([tick, PROGRAM, [0xc0 | channel, program]]);
      }
      current.set(channel, program);
      told.add(key);
    }
  });
}

/**
 * Adds volume changes before notes whose part's volume differs from the channel's, like
 * `NoteSender`.
 * @param {OrderedEvent[][]} tracks
 * @param {Song} song
 * @param {number} ticksPerStep
 * @param {PartSound[]} sounds
 */
function addVolumes(tracks, song, ticksPerStep, sounds) {
  /** Channel -> volume. @type {Map<number, number>} */
  const current = new Map();
  const heard = song.notes.filter(({part}) => sounds[part].heard)
    .sort((a, b) => a.start - b.start || a.part - b.part);
  for (const note of heard) {
    const channel = channelOf(note, song);
    const {volume} = sounds[note.part];
    if ((current.get(channel) ?? DEFAULT_VOLUME) !== volume) {
      const tick = current.has(channel) ? note.start * ticksPerStep : 0;
      tracks[note.part].push([tick, PROGRAM, [0xb0 | channel, 7, volume]]);
    }
    current.set(channel, volume);
  }
}

/** @param {SongNote} note @param {Song} song */
const channelOf = ({part, start}, {channels, format}) =>
  channels[Math.floor(start / format.stepsPerMeasure)].get(part) ?? 0;

/** @param {OrderedEvent[][]} tracks @param {Song} song @param {number} ticksPerStep */
function addNotes(tracks, song, ticksPerStep) {
  const {notes} = song;
  /** "channel pitch step" -> parts that begin such a note. @type {Map<string, Set<number>>} */
  const strikers = new Map();
  for (const note of notes) {
    const key = `${channelOf(note, song)} ${note.pitch} ${note.start}`;
    strikers.set(key, (strikers.get(key) ?? new Set()).add(note.part));
  }
  for (const note of notes) {
    const {part, pitch, velocity, start, end} = note;
    const channel = channelOf(note, song);
    // Players process events at one tick track by track, so end this note a tick earlier if another
    // part begins the same note then.
    const others = [...(strikers.get(`${channel} ${pitch} ${end}`) ?? [])].some((i) => i !== part);
    const endTick = end * ticksPerStep - (others && ticksPerStep > 1 ? 1 : 0);
    tracks[part].push([start * ticksPerStep, ON, [0x90 | channel, pitch, velocity]]);
    tracks[part].push([endTick, OFF, [0x80 | channel, pitch, 64]]);
  }
}

/** @param {TimedEvent[]} events @param {number} endTick */
function trackChunk(events, endTick) {
  const body = [];
  let now = 0;
  for (const [tick, bytes] of events) {
    body.push(...variableLength(tick - now), ...bytes);
    now = tick;
  }
  body.push(...variableLength(endTick - now), ...meta(0x2f, []));
  return [...utf8('MTrk'), ...uint32(body.length), ...body];
}

/** @param {number} kind @param {number[]} bytes */
const meta = (kind, bytes) => [0xff, kind, ...variableLength(bytes.length), ...bytes];
/** @param {string} text */
const utf8 = (text) => [...new TextEncoder().encode(text)];
/** @param {number} n */
const uint16 = (n) => [n >> 8, n & 255];
/** @param {number} n */
const uint32 = (n) => [n >>> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255];

/** @param {number} n */
function variableLength(n) {
  const bytes = [n & 127];
  for (let rest = n >> 7; rest; rest >>= 7) bytes.unshift((rest & 127) | 128);
  return bytes;
}

/** @param {number[][]} pieces */
function concatenate(pieces) {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
