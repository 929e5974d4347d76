/**
 * Reads the bars of a MIDI file, each a measure or rejected with a reason
 * (`gm_vae.music.measures`).
 */

import {inferChords} from './chord_inference.js';
import {DRUMS, gcd} from './format.js';
import {MidiError} from './midi_chunks.js';
import {readScore} from './score.js';
import {tokenise} from './tokenise.js';

/** @import {Format} from './format.js' */
/** @import {Flaws} from './midi_bytes.js' */
/** @import {Note, Score} from './score.js' */
/** @import {BarNote, TokenTrack} from './tokenise.js' */

const MAX_BARS = 10000;

/**
 * Whether a program has no audible pitch: sound effects and percussion.
 * @param {number} program
 */
const isUnpitched = (program) =>
  (program >= 96 && program < 104) || (program >= 112 && program < 128);

/**
 * @typedef {object} Bar
 * @property {number} number from 1
 * @property {number[]} programs of its instruments, 128 for drums, in track order
 * @property {string[]} symbols its inferred chords, with sevenths
 * @property {number[]} chords ids of their triads
 * @property {?number[][]} tracks tokens of each instrument; null if rejected
 * @property {string} reason why it is rejected, or ''
 *
 * A range with one time signature; `counts`: whether its bars may be measures of the format.
 * @typedef {object} Section
 * @property {number} start in ticks
 * @property {number} end in ticks
 * @property {number} beats
 * @property {number} unit
 * @property {number} steps
 * @property {boolean} counts
 * @property {number} firstBar
 * @property {number} bars
 *
 * @typedef {Note & {section: Section}} SectionNote
 *
 * @typedef {(ticks: number) => number} ToSteps
 */

/**
 * @param {Uint8Array} data
 * @param {Format} format
 * @param {{allChords?: boolean}} options allChords: infer chords also in sections without measures
 * @returns {{bars: Bar[], qpm: number, texts: string[], flaws: Flaws}}
 * @throws {MidiError}
 */
export function readMeasures(data, format, {allChords = false} = {}) {
  const score = readScore(data);
  const {qpm, texts, flaws} = score;
  return {bars: score.notes.length ? barsOf(score, format, allChords) : [], qpm, texts, flaws};
}

/** @param {Score} score @param {Format} format @param {boolean} allChords */
function barsOf(score, format, allChords) {
  /** @type {ToSteps} */
  const toSteps = (ticks) =>
    Math.floor((2 * ticks * format.stepsPerQuarter + score.ticksPerQuarter) /
      (2 * score.ticksPerQuarter));
  const sections = findSections(score, format, toSteps);
  const notes = score.notes.map((note) => inSection(note, sections, toSteps, score.endTick));
  const barNotes = cutAtBarLines(notes, format, toSteps);
  const last = sections[sections.length - 1];
  if (last.counts) {
    // a note just before the last bar line may be rounded past it
    const needed = barNotes.reduce((most, {bar}) => Math.max(most, bar + 1), 0) - last.firstBar;
    last.bars = Math.max(last.bars, needed);
    checkLength(last.firstBar + last.bars);
  }
  const byBar = groupByBar(barNotes);
  return sections.flatMap((section) => {
    const bars = barsOfSection(section, section === last, byBar, format);
    const isWanted = allChords || bars.some(({reason}) => !reason);
    if (isWanted) addChords(bars, notes, section, score, format);
    return bars;
  });
}

/**
 * @param {Section} section
 * @param {boolean} isLast
 * @param {Map<number, BarNote[]>} byBar
 * @param {Format} format
 * @returns {Bar[]} without chords
 */
function barsOfSection(section, isLast, byBar, format) {
  return Array.from({length: section.bars}, (_, index) => {
    const number = section.firstBar + index;
    const notes = section.counts ? byBar.get(number) ?? [] : [];
    const tracks = tokenise(notes, format);
    const isCut =
      !isLast && index === section.bars - 1 && section.steps % format.stepsPerMeasure > 0;
    const reason = section.counts
      ? rejection(notes, tracks, isCut, format)
      : `its meter is not ${format.meter}`;
    return {
      number: number + 1,
      programs: tracks.map(({program}) => program),
      symbols: [],
      chords: [],
      tracks: reason ? null : tracks.map(({tokens}) => tokens),
      reason,
    };
  });
}

/** @param {BarNote[]} notes */
function groupByBar(notes) {
  /** @type {Map<number, BarNote[]>} */
  const groups = new Map();
  for (const note of notes) {
    const group = groups.get(note.bar);
    if (group) group.push(note);
    else groups.set(note.bar, [note]);
  }
  return groups;
}

/** @param {number} bars */
function checkLength(bars) {
  if (bars > MAX_BARS) {
    throw new MidiError('The MIDI file lasts over 10,000 bars, so a time in it must be damaged.');
  }
}

/**
 * Returns the sections of one time signature each, up to the last note's end.
 * @param {Score} score
 * @param {Format} format
 * @param {ToSteps} toSteps
 * @returns {Section[]}
 */
function findSections({signatures, endTick}, format, toSteps) {
  const changes = [{tick: 0, beats: 4, unit: 4}];
  for (const change of signatures) {
    const now = changes[changes.length - 1];
    if (change.tick >= endTick) continue;
    if (change.beats === now.beats && change.unit === now.unit) continue;
    if (toSteps(change.tick - now.tick) < 1) changes.pop();
    changes.push(change);
  }
  let firstBar = 0;
  return changes.map(({tick, beats, unit}, i) => {
    const end = changes[i + 1]?.tick ?? endTick;
    const steps = toSteps(end - tick);
    const bars = Math.ceil((steps * unit) / (4 * format.stepsPerQuarter * beats));
    const section = {
      start: tick, end, beats, unit, steps, counts: format.counts(beats, unit), firstBar, bars,
    };
    firstBar += bars;
    checkLength(firstBar);
    return section;
  });
}

/**
 * Adds to a note its section, and cuts the note to it. A start that rounds to the next section's
 * start belongs to the next section.
 * @param {Note} note
 * @param {Section[]} sections
 * @param {ToSteps} toSteps
 * @param {number} endTick
 * @returns {SectionNote}
 */
function inSection(note, sections, toSteps, endTick) {
  let index = 0;
  while (index + 1 < sections.length && sections[index + 1].start <= note.start) index++;
  const step = toSteps(note.start - sections[index].start);
  if (step >= sections[index].steps && index < sections.length - 1) index++;
  const section = sections[index];
  const start = Math.max(note.start, section.start);
  const stop = sections[index + 1]?.start ?? endTick;
  return {...note, section, start, end: Math.max(Math.min(note.end, stop), start)};
}

/**
 * Returns the notes of sections that count, in steps of their bars and cut at bar lines.
 * @param {SectionNote[]} notes
 * @param {Format} format
 * @param {ToSteps} toSteps
 * @returns {BarNote[]}
 */
function cutAtBarLines(notes, format, toSteps) {
  const steps = format.stepsPerMeasure;
  return notes.filter(({section}) => section.counts).map((note) => {
    const start = toSteps(note.start - note.section.start);
    const end = toSteps(note.end - note.section.start);
    const bar = Math.floor(start / steps);
    const startStep = start - bar * steps;
    return {
      bar: note.section.firstBar + bar,
      instrument: note.instrument,
      program: note.isDrum ? DRUMS : note.program,
      pitch: note.pitch,
      velocity: note.velocity,
      startStep,
      endStep: Math.min(Math.max(end - bar * steps, startStep + 1), steps),
    };
  });
}

/**
 * Returns the first reason to reject a bar, or ''.
 * @param {BarNote[]} notes
 * @param {TokenTrack[]} tracks
 * @param {boolean} isCut
 * @param {Format} format
 */
function rejection(notes, tracks, isCut, format) {
  const events = tracks.reduce((sum, {tokens}) => sum + tokens.length - 2, 0);
  const isOutside = (/** @type {BarNote} */ {pitch, program}) =>
    program !== DRUMS && (pitch < format.minPitch || pitch > format.maxPitch);
  if (isCut) return 'a change of time signature cuts it short';
  if (!tracks.length) return 'no note begins in it';
  if (tracks.length < format.minInstruments) {
    return `it has fewer than ${format.minInstruments} instruments`;
  }
  if (tracks.length > format.maxInstruments) {
    return `it has more than ${format.maxInstruments} instruments`;
  }
  if (tracks.some(({tokens}) => tokens.length > format.maxTrackLength)) {
    return `an instrument has more than ${format.maxEvents} events`;
  }
  if (events < format.minEvents) return `it has fewer than ${format.minEvents} events`;
  if (notes.some(isOutside)) {
    return `a note (not of drums) is outside the pitches ${format.minPitch} to ${format.maxPitch}`;
  }
  return '';
}

/**
 * Adds inferred chords to the bars of a section.
 * @param {Bar[]} bars changed in place
 * @param {SectionNote[]} notes
 * @param {Section} section
 * @param {Score} score
 * @param {Format} format
 */
function addChords(bars, notes, section, {ticksPerQuarter}, format) {
  // A frame may be a fraction of a tick: scale time so that all values are integers.
  let frame = 4 * ticksPerQuarter * section.beats;
  let unit = section.unit * format.chordsPerMeasure;
  const divisor = gcd(frame, unit);
  frame /= divisor;
  unit /= divisor;
  const pitched = notes
    .filter((note) => note.section === section && !note.isDrum && !isUnpitched(note.program))
    .map(({start, end, pitch}) => ({
      start: (start - section.start) * unit, end: (end - section.start) * unit, pitch,
    }));
  const chords = inferChords(pitched, (section.end - section.start) * unit, frame);
  const count = format.chordsPerMeasure;
  bars.forEach((bar, index) => {
    for (let i = 0; i < count; i++) {
      const {id, symbol} = chords[Math.min(index * count + i, chords.length - 1)];
      bar.chords.push(id);
      bar.symbols.push(symbol);
    }
  });
}
