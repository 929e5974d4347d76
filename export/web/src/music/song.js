/** Measures of tokens -> one piece: parts, notes, chords, channels (`gm_vae.music.arrangement`). */

import {chordSymbol} from './chords.js';
import {DRUMS, END, NOTE_OFF, NOTE_ON, NO_CHORD, PROGRAM, TIME_SHIFT, VELOCITY} from './format.js';
import {instrumentName} from './general_midi.js';

const DEFAULT_VELOCITY = 100; // of notes before a track's first velocity token
const DRUM_CHANNEL = 9;
const MELODIC_CHANNELS = [...Array(16).keys()].filter((channel) => channel !== DRUM_CHANNEL);

/**
 * One instrument of a piece: the `number`-th track of its program in each measure.
 * @typedef {{key: string, program: number, number: number, isDrum: boolean, name: string}} Part
 *
 * Steps count from the start of the piece; no note crosses a bar line.
 * @typedef {{part: number, pitch: number, velocity: number, start: number, end: number}} SongNote
 *
 * @typedef {object} Song
 * @property {import('./format.js').Format} format
 * @property {number} bars
 * @property {Part[]} parts by program, drums last
 * @property {SongNote[]} notes by part, onset and pitch
 * @property {{step: number, symbol: string}[]} chordChanges
 * @property {Map<number, number>[]} channels of each bar: part index -> channel
 */

/** The tracks of a measure as the corpus orders them: by program, drums last; absent ones dropped. */
export function presentTracks(tracks) {
  return tracks.filter(({tokens}) => tokens.length > 1)
    .sort((a, b) => a.tokens[0] - b.tokens[0]);
}

/** The part that each of `presentTracks` plays. */
export function partKeys(tracks, format) {
  const seen = new Map();
  return tracks.map(({tokens}) => {
    const program = tokens[0] - format.program;
    const number = seen.get(program) ?? 0;
    seen.set(program, number + 1);
    return `${program}.${number}`;
  });
}

/**
 * @param {{tracks: {tokens: ArrayLike<number>}[], chords: number[]}[]} measures with present tracks
 * @returns {Song}
 */
export function makeSong(measures, format) {
  const notesOf = new Map(); // part key -> notes
  measures.forEach(({tracks}, bar) => {
    partKeys(tracks, format).forEach((key, i) => {
      const notes = trackNotes(tracks[i].tokens, format, bar * format.stepsPerMeasure);
      if (notes.length) notesOf.set(key, [...(notesOf.get(key) ?? []), ...notes]);
    });
  });
  const parts = [...notesOf.keys()].map(toPart)
    .sort((a, b) => a.program - b.program || a.number - b.number);
  const notes = parts.flatMap(({key}, part) =>
    notesOf.get(key).map((note) => ({part, ...note}))
      .sort((a, b) => a.start - b.start || a.pitch - b.pitch));
  const playing = measures.map(() => new Set());
  for (const {part, start} of notes) playing[Math.floor(start / format.stepsPerMeasure)].add(part);
  return {
    format,
    bars: measures.length,
    parts,
    notes,
    chordChanges: chordChanges(measures, format),
    channels: assignChannels(parts, playing.map((bar) => [...bar].sort((a, b) => a - b))),
  };
}

function toPart(key) {
  const [program, number] = key.split('.').map(Number);
  const name = instrumentName(program);
  return {
    key, program, number, isDrum: program === DRUMS, name: number ? `${name} ${number + 1}` : name,
  };
}

/** The notes that tokens spell, from step `offset` on; any sequence has a meaning. */
function trackNotes(tokens, format, offset) {
  const width = 128 / format.velocityBins;
  const sounding = new Map(); // pitch -> [{start, velocity}], oldest first
  const notes = [];
  let velocity = DEFAULT_VELOCITY;
  let step = 0;
  const close = (pitch) => {
    const {start, velocity: loudness} = sounding.get(pitch).shift();
    const end = Math.min(step, format.stepsPerMeasure);
    if (end > start) {
      notes.push({pitch, velocity: loudness, start: offset + start, end: offset + end});
    }
  };
  for (const token of tokens) {
    const kind = format.kind(token);
    if (kind === NOTE_ON) {
      sounding.set(token, [...(sounding.get(token) ?? []), {start: step, velocity}]);
    } else if (kind === NOTE_OFF) {
      if (sounding.get(token - format.noteOff)?.length) close(token - format.noteOff);
    } else if (kind === TIME_SHIFT) {
      step += format.shiftSteps(token);
    } else if (kind === VELOCITY) {
      velocity = 1 + width * (token - format.velocity);
    } else if (kind === END) {
      break;
    } else if (kind !== PROGRAM) {
      throw new Error(`no such token: ${token}`);
    }
  }
  step = format.stepsPerMeasure;
  for (const [pitch, open] of sounding) while (open.length) close(pitch);
  return notes;
}

function chordChanges(measures, format) {
  const changes = [];
  let current = NO_CHORD;
  measures.forEach(({chords}, bar) => {
    chords.forEach((id, label) => {
      if (id === current) return;
      const step = bar * format.stepsPerMeasure +
        Math.floor((label * format.stepsPerMeasure) / chords.length);
      changes.push({step, symbol: chordSymbol(id)});
      current = id;
    });
  });
  return changes;
}

/**
 * The channel of each part in each measure: a part keeps its own while there are enough; then the
 * one that was silent the longest goes to the newcomer (`assign_channels` of the package).
 */
function assignChannels(parts, playing) {
  const melodic = playing.map((bar) => bar.filter((index) => !parts[index].isDrum));
  const crowded = melodic.some((bar) => bar.length > MELODIC_CHANNELS.length);
  const free = [...MELODIC_CHANNELS];
  const holders = new Map(); // holder -> channel, the longest silent first
  return melodic.map((bar, number) => {
    const holderOf = (index) => (crowded ? parts[index].program : index);
    const needed = [...new Set(bar.map(holderOf))];
    for (const holder of needed) {
      if (!holders.has(holder)) continue;
      const channel = holders.get(holder);
      holders.delete(holder);
      holders.set(holder, channel);
    }
    for (const holder of needed) {
      if (holders.has(holder)) continue;
      let channel = free.shift();
      if (channel === undefined) {
        const [oldest] = holders.keys();
        channel = holders.get(oldest);
        holders.delete(oldest);
      }
      holders.set(holder, channel);
    }
    const channels = new Map(bar.map((index) => [index, holders.get(holderOf(index))]));
    for (const index of playing[number]) if (parts[index].isDrum) channels.set(index, DRUM_CHANNEL);
    return channels;
  });
}

