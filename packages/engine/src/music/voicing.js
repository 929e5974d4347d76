/**
 * Moves the notes of a measure to its full chords, as the model is conditioned only on triads;
 * `gm_vae.music.voicing` documents the rules.
 */

import {CHORDS, SPELLING, VOICING} from '../generated/tables.js';
import {pitchClass, readChord} from './chord_spelling.js';
import {nearestChordId, qualityOf} from './chords.js';
import {trackNotes} from './song.js';
import {tokenise} from './tokenise.js';

/** @import {Format} from './format.js' */

const [FIRST_BASS, AFTER_BASSES] = VOICING.basses;
const [MAJOR_THIRD, FIFTH] = [SPELLING.scale[2], SPELLING.scale[4]];

/**
 * The difference between a symbol and the triad that the model gets: by how many semitones notes of
 * the triad move, and the root in the bass; the seventh or sixth and the fifth above the root.
 * @typedef {object} Demand
 * @property {number} root pitch class
 * @property {Map<number, number>} moves pitch class -> semitones
 * @property {number} bass
 * @property {?number} seventh
 * @property {number} fifth
 *
 * @typedef {object} Note
 * @property {number} track
 * @property {number} program
 * @property {number} pitch
 * @property {number} velocity
 * @property {number} start
 * @property {number} end
 * @property {boolean} isBass
 *
 * The limits of a measure.
 * @typedef {Pick<Format, 'stepsPerMeasure' | 'minPitch' | 'maxPitch'>} Bounds
 */

/**
 * Returns the demand of a symbol; null for a triad or no chord.
 * @param {string} symbol
 * @returns {?Demand}
 */
function demandOf(symbol) {
  const chord = readChord(symbol);
  const quality = qualityOf(nearestChordId(symbol));
  if (!chord.root || quality === null) return null;
  const root = pitchClass(chord.root);
  const [, third, fifth] = CHORDS.triads[quality];
  // a power chord has the fifth instead of the third
  const wanted = chord.third === null ? FIFTH : MAJOR_THIRD + chord.third;
  const ownFifth = FIFTH + chord.fifth;
  /** @type {Map<number, number>} */
  const moves = new Map();
  for (const [heard, asked] of [[third, wanted], [fifth, ownFifth]]) {
    if (asked !== heard) moves.set((root + heard) % 12, asked - heard);
  }
  const bass = chord.bass > 5 ? chord.bass - 12 : chord.bass;
  if (!moves.size && !bass && chord.seventh === null) return null;
  return {root, moves, bass, seventh: chord.seventh, fifth: ownFifth};
}

/**
 * Returns the tracks of a measure with their notes moved to its chords.
 * @template {{tokens: ArrayLike<number>}} Track
 * @param {Track[]} tracks in their order, each with notes
 * @param {string[]} symbols evenly spaced
 * @param {Format} format
 * @returns {(Track | {tokens: number[]})[]}
 */
export function voiced(tracks, symbols, format) {
  const notes = tracks.flatMap((track, index) => notesOf(track.tokens, index, format));
  const before = notes.map(({pitch}) => pitch);
  moveNotes(notes, symbols, format);
  const changed = new Set(notes.filter(({pitch}, i) => pitch !== before[i]).map(({track}) => track));
  return tracks.map((track, index) => {
    if (!changed.has(index)) return track;
    const tokens = tokensOf(notes.filter((note) => note.track === index), format);
    return tokens.length <= format.maxTrackLength ? {tokens} : track;
  });
}

/**
 * Moves the notes of a measure to its chords, in place.
 * @param {Note[]} notes the pitched notes, of each track by time and pitch
 * @param {string[]} symbols evenly spaced
 * @param {Bounds} bounds
 */
export function moveNotes(notes, symbols, bounds) {
  const spans = spansOf(symbols, bounds.stepsPerMeasure).flatMap(({symbol, ...span}) => {
    const demand = demandOf(symbol);
    return demand ? [{demand, ...span}] : [];
  });
  if (!spans.length) return;
  markBass(notes);
  for (const {demand, start, end} of spans) {
    const inside = notes.filter((note) => start <= note.start && note.start < end);
    for (const note of inside) move(note, demand.moves.get(note.pitch % 12) ?? 0, notes, bounds);
    for (const note of inside) {
      if (note.isBass && note.pitch % 12 === demand.root) move(note, demand.bass, notes, bounds);
    }
    takeSeventh(demand, notes, start, end, bounds);
  }
}

/**
 * Returns symbols with their start and end steps; consecutive equal symbols are merged.
 * @param {string[]} symbols
 * @param {number} steps
 */
function spansOf(symbols, steps) {
  /** @type {{symbol: string, start: number, end: number}[]} */
  const spans = [];
  let start = 0;
  symbols.forEach((symbol, i) => {
    if (symbols[i + 1] === symbol) return;
    const end = Math.floor(((i + 1) * steps) / symbols.length);
    spans.push({symbol, start, end});
    start = end;
  });
  return spans;
}

/** Whether notes of a program have pitches that belong to chords. @param {number} program */
export const isPitched = (program) => program < VOICING.pitched;

/**
 * Returns the notes of a track; none if its program is not pitched.
 * @param {ArrayLike<number>} tokens
 * @param {number} track
 * @param {Format} format
 * @returns {Note[]}
 */
function notesOf(tokens, track, format) {
  const program = tokens[0] - format.program;
  if (!isPitched(program)) return [];
  return trackNotes(tokens, format, 0).sort((a, b) => a.start - b.start || a.pitch - b.pitch)
    .map((note) => ({...note, track, program, isBass: false}));
}

/** @param {Note[]} notes of one track @param {Format} format */
function tokensOf(notes, format) {
  const [{tokens}] = tokenise(notes.map(({track: _, start, end, ...note}) =>
    ({...note, bar: 0, instrument: 0, startStep: start, endStep: end})), format);
  return tokens;
}

/**
 * Marks the bass: the lowest note of each onset of the bass track. This is the track with the
 * lowest mean pitch among those with a bass program, else among all.
 * @param {Note[]} notes
 */
function markBass(notes) {
  /** @type {Map<number, Note[]>} */
  const tracks = new Map();
  for (const note of notes) tracks.set(note.track, [...(tracks.get(note.track) ?? []), note]);
  const [bass] = [...tracks.values()]
    .map((own) => ({
      own,
      isOther: own[0].program < FIRST_BASS || own[0].program >= AFTER_BASSES,
      mean: own.reduce((sum, {pitch}) => sum + pitch, 0) / own.length,
    }))
    .sort((a, b) => Number(a.isOther) - Number(b.isOther) || a.mean - b.mean);
  /** @type {Map<number, Note>} */
  const lowest = new Map();
  for (const note of [...(bass?.own ?? [])].sort((a, b) => b.pitch - a.pitch)) {
    lowest.set(note.start, note);
  }
  for (const note of lowest.values()) note.isBass = true;
}

/**
 * Returns for how many steps a note sounds between two steps.
 * @param {Note} note
 * @param {number} start
 * @param {number} end
 */
const overlap = (note, start, end) =>
  Math.max(0, Math.min(note.end, end) - Math.max(note.start, start));

/**
 * Moves a note by semitones, in another octave if necessary. The format must allow the new pitch,
 * and the note's track must not sound it already; otherwise the note does not move.
 * @param {Note} note
 * @param {number} semitones
 * @param {Note[]} notes
 * @param {Bounds} bounds
 */
function move(note, semitones, notes, bounds) {
  if (!semitones) return;
  const octave = [0, -12, 12].find((each) =>
    isFree(note, note.pitch + semitones + each, notes, bounds));
  if (octave !== undefined) note.pitch += semitones + octave;
}

/** @param {Note} note @param {number} pitch @param {Note[]} notes @param {Bounds} bounds */
const isFree = (note, pitch, notes, bounds) =>
  pitch >= bounds.minPitch && pitch <= bounds.maxPitch && !notes.some((other) => other !== note &&
    other.track === note.track && other.pitch === pitch && overlap(other, note.start, note.end));

/**
 * Moves the most suitable voice, if any, to the seventh.
 * @param {Demand} demand
 * @param {Note[]} notes
 * @param {number} start
 * @param {number} end
 * @param {Bounds} bounds
 */
function takeSeventh({root, seventh, fifth}, notes, start, end, bounds) {
  if (seventh === null) return;
  const heard = notes.filter(({pitch}) => pitch % 12 === (root + seventh) % 12)
    .reduce((sum, note) => sum + overlap(note, start, end), 0);
  if (heard * VOICING.heard >= end - start) return;
  const comping = compingTracks(notes, end - start);
  const ranked = voicesOf(notes, start, end).flatMap((voice) => {
    const [{track, pitch}] = voice;
    const isRoot = pitch % 12 === root;
    if (!isRoot && pitch % 12 !== (root + fifth) % 12) return [];
    const shift = isRoot ? seventh - 12 : seventh - fifth;
    if (isRoot && !isDoubled(voice[0], notes, start, end)) return [];
    if (!voice.every((note) => isFree(note, pitch + shift, notes, bounds))) return [];
    if (rubs(voice, pitch + shift, notes) > rubs(voice, pitch, notes)) return [];
    const time = voice.reduce((sum, note) => sum + note.end - note.start, 0);
    return [{
      voice, shift, rank: [Number(!comping.has(track)), -time, Number(!isRoot), pitch, track],
    }];
  }).sort((a, b) => {
    const first = a.rank.findIndex((value, i) => value !== b.rank[i]);
    return first < 0 ? 0 : a.rank[first] - b.rank[first];
  });
  if (ranked.length) for (const note of ranked[0].voice) note.pitch += ranked[0].shift;
}

/**
 * Returns the notes of each track and pitch within a span, without the bass.
 * @param {Note[]} notes
 * @param {number} start
 * @param {number} end
 */
function voicesOf(notes, start, end) {
  /** @type {Map<number, Note[]>} */
  const voices = new Map();
  for (const note of notes) {
    if (note.isBass || note.start < start || note.end > end) continue;
    const key = 128 * note.track + note.pitch;
    voices.set(key, [...(voices.get(key) ?? []), note]);
  }
  return [...voices.values()];
}

/**
 * Returns the tracks that begin several notes at once, or hold one for half of a chord's steps.
 * @param {Note[]} notes
 * @param {number} steps
 */
function compingTracks(notes, steps) {
  return new Set(notes.filter((note) => 2 * (note.end - note.start) >= steps ||
    notes.some((other) => other !== note &&
      other.track === note.track && other.start === note.start)).map(({track}) => track));
}

/**
 * Whether another voice sounds this note's pitch class.
 * @param {Note} note
 * @param {Note[]} notes
 * @param {number} start
 * @param {number} end
 */
const isDoubled = ({track, pitch}, notes, start, end) => notes.some((other) =>
  other.pitch % 12 === pitch % 12 && (other.track !== track || other.pitch !== pitch) &&
  overlap(other, start, end));

/**
 * Returns for how many steps a voice at a pitch clashes with other notes.
 * @param {Note[]} voice
 * @param {number} pitch
 * @param {Note[]} notes
 */
const rubs = (voice, pitch, notes) => notes
  .filter((other) => VOICING.rubs.includes(Math.abs(other.pitch - pitch)) && !voice.includes(other))
  .reduce((sum, other) =>
    sum + voice.reduce((steps, note) => steps + overlap(other, note.start, note.end), 0), 0);
