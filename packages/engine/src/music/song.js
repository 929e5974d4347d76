/** Joins measures to a song: parts, notes, chords, channels (`gm_vae.music.arrangement`). */

import {NO_CHORD_SYMBOL} from './chords.js';
import {DRUMS, END, NOTE_OFF, NOTE_ON, PROGRAM, TIME_SHIFT, VELOCITY} from './format.js';
import {partName} from './part_names.js';

const DEFAULT_VELOCITY = 100; // for notes before a track's first velocity token
const DRUM_CHANNEL = 9;
const MELODIC_CHANNELS = [...Array(16).keys()].filter((channel) => channel !== DRUM_CHANNEL);

/** @import {Format} from './format.js' */

/**
 * One instrument of a song: the `number`-th track of its program in each measure.
 * @typedef {{key: string, program: number, number: number, isDrum: boolean, name: string}} Part
 *
 * A track of a measure as tokens; and a measure: its present tracks and its chord symbols, evenly
 * spaced.
 * @typedef {{tokens: ArrayLike<number>}} Track
 * @typedef {{tracks: Track[], symbols: string[]}} Measure
 *
 * A section's first bar, from 0, and its name.
 * @typedef {{bar: number, name: string}} SectionMark
 *
 * A note with steps from the start of the song; notes do not cross bar lines.
 * @typedef {{part: number, pitch: number, velocity: number, start: number, end: number}} SongNote
 *
 * @typedef {object} Song
 * @property {Format} format
 * @property {number} bars
 * @property {Part[]} parts by program, drums last
 * @property {SongNote[]} notes by part, onset and pitch
 * @property {{step: number, symbol: string}[]} chordChanges
 * @property {SectionMark[]} sections empty for a song without sections
 * @property {Map<number, number>[]} channels of each bar: part index -> channel
 */

/**
 * Returns the present tracks of a measure in the order of the corpus: by program, drums last.
 * @template {Track} T
 * @param {T[]} tracks
 */
export function presentTracks(tracks) {
  return tracks.filter(({tokens}) => tokens.length > 1)
    .sort((a, b) => a.tokens[0] - b.tokens[0]);
}

/**
 * Returns the part key of each of `presentTracks`.
 * @param {Track[]} tracks
 * @param {Format} format
 */
export function partKeys(tracks, format) {
  /** Program -> number of its tracks so far. @type {Map<number, number>} */
  const seen = new Map();
  return tracks.map(({tokens}) => {
    const program = tokens[0] - format.program;
    const number = seen.get(program) ?? 0;
    seen.set(program, number + 1);
    return `${program}.${number}`;
  });
}

/**
 * @param {Measure[]} measures
 * @param {Format} format
 * @param {SectionMark[]} sections
 * @returns {Song}
 */
export function makeSong(measures, format, sections = []) {
  return songOfNotes(notesByPart(measures, format), {
    format, bars: measures.length, chordChanges: chordChanges(measures, format), sections,
  });
}

/**
 * Makes a song from the notes of parts; parts without notes are dropped.
 * @param {Map<string, Omit<SongNote, 'part'>[]>} notesOf part key -> notes
 * @param {Pick<Song, 'format' | 'bars' | 'chordChanges' | 'sections'>} song its other properties
 * @returns {Song}
 */
export function songOfNotes(notesOf, {format, bars, chordChanges, sections}) {
  const parts = [...notesOf.keys()].filter((key) => notesOf.get(key)?.length).map(toPart)
    .sort((a, b) => a.program - b.program || a.number - b.number);
  const notes = parts.flatMap(({key}, part) =>
    (notesOf.get(key) ?? []).map((note) => ({...note, part}))
      .sort((a, b) => a.start - b.start || a.pitch - b.pitch));
  /** @type {Set<number>[]} */
  const playing = Array.from({length: bars}, () => new Set());
  for (const {part, start} of notes) playing[Math.floor(start / format.stepsPerMeasure)].add(part);
  return {
    format,
    bars,
    parts,
    notes,
    chordChanges,
    sections,
    channels: assignChannels(parts, playing.map((bar) => [...bar].sort((a, b) => a - b))),
  };
}

/** Part key -> its notes. @param {Measure[]} measures @param {Format} format */
function notesByPart(measures, format) {
  /** @type {Map<string, Omit<SongNote, 'part'>[]>} */
  const notesOf = new Map();
  measures.forEach(({tracks}, bar) => {
    partKeys(tracks, format).forEach((key, i) => {
      const notes = trackNotes(tracks[i].tokens, format, bar * format.stepsPerMeasure);
      if (notes.length) notesOf.set(key, [...(notesOf.get(key) ?? []), ...notes]);
    });
  });
  return notesOf;
}

/** @param {string} key @returns {Part} */
function toPart(key) {
  const [program, number] = key.split('.').map(Number);
  const name = partName({program, number});
  return {key, program, number, isDrum: program === DRUMS, name};
}

/**
 * Converts tokens to notes, shifted by `offset` steps. Sequences need not be well-formed.
 * @param {ArrayLike<number>} tokens
 * @param {Format} format
 * @param {number} offset
 */
export function trackNotes(tokens, format, offset) {
  const width = 128 / format.velocityBins;
  /**
   * Pitch -> its sounding notes, oldest first.
   * @type {Map<number, {start: number, velocity: number}[]>}
   */
  const sounding = new Map();
  /** @type {Omit<SongNote, 'part'>[]} */
  const notes = [];
  let velocity = DEFAULT_VELOCITY;
  let step = 0;
  const close = (/** @type {number} */ pitch) => {
    const stroke = sounding.get(pitch)?.shift();
    const end = Math.min(step, format.stepsPerMeasure);
    if (stroke && end > stroke.start) {
      notes.push({
        pitch, velocity: stroke.velocity, start: offset + stroke.start, end: offset + end,
      });
    }
  };
  for (const token of Array.from(tokens)) {
    const kind = format.kind(token);
    if (kind === NOTE_ON) {
      sounding.set(token, [...(sounding.get(token) ?? []), {start: step, velocity}]);
    } else if (kind === NOTE_OFF) {
      close(token - format.noteOff);
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

/** @param {Measure[]} measures @param {Format} format */
function chordChanges(measures, format) {
  /** @type {Song['chordChanges']} */
  const changes = [];
  let current = NO_CHORD_SYMBOL;
  measures.forEach(({symbols}, bar) => {
    symbols.forEach((symbol, label) => {
      if (symbol === current) return;
      const step = bar * format.stepsPerMeasure +
        Math.floor((label * format.stepsPerMeasure) / symbols.length);
      changes.push({step, symbol});
      current = symbol;
    });
  });
  return changes;
}

/**
 * Assigns a channel to each part in each measure. A part keeps its channel while channels are
 * available; then a new part gets the channel that was silent the longest (`assign_channels`).
 * @param {Part[]} parts
 * @param {number[][]} playing the parts that play in each measure
 * @returns {Song['channels']}
 */
export function assignChannels(parts, playing) {
  const melodic = playing.map((bar) => bar.filter((index) => !parts[index].isDrum));
  const crowded = melodic.some((bar) => bar.length > MELODIC_CHANNELS.length);
  const holderOf = (/** @type {number} */ index) => (crowded ? parts[index].program : index);
  const channels = new ChannelHolders();
  return melodic.map((bar, number) => {
    channels.give([...new Set(bar.map(holderOf))]);
    const drums = playing[number].filter((index) => parts[index].isDrum);
    return new Map([
      ...bar.map((index) => /** @type {[number, number]} */ ([index, channels.of(holderOf(index))])),
      ...drums.map((index) => /** @type {[number, number]} */ ([index, DRUM_CHANNEL])),
    ]);
  });
}

/** The holders of melodic channels: parts, or programs if parts outnumber the channels. */
class ChannelHolders {
  constructor() {
    this._free = [...MELODIC_CHANNELS];
    /** Holder -> channel, the longest silent first. @type {Map<number, number>} */
    this._held = new Map();
  }

  /** Assigns a channel to each holder that plays now. @param {number[]} holders */
  give(holders) {
    for (const holder of holders) {
      if (this._held.has(holder)) this._hold(holder, this._take(holder));
    }
    for (const holder of holders) {
      if (!this._held.has(holder)) {
        this._hold(holder, this._free.shift() ?? this._take([...this._held.keys()][0]));
      }
    }
  }

  /** The channel of a holder. @param {number} holder */
  of(holder) {
    return this._held.get(holder) ?? 0;
  }

  /** @param {number} holder @param {number} channel */
  _hold(holder, channel) {
    this._held.set(holder, channel);
  }

  /** @param {number} holder */
  _take(holder) {
    const channel = this.of(holder);
    this._held.delete(holder);
    return channel;
  }
}
