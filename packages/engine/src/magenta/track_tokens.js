/** Converts between the notes and the tokens of a measure, with the same tokens as magenta.js. */

import {NOTE_OFF, NOTE_ON, PROGRAM, TIME_SHIFT, VELOCITY} from '../music/format.js';

/** @import {Format} from '../music/format.js' */
/** @import {QuantizedNote} from './note_sequence.js' */

/**
 * A note of one track. It has no velocity if it precedes the track's first velocity token.
 * @typedef {object} TrackNote
 * @property {number} pitch
 * @property {number} [velocity]
 * @property {number} program
 * @property {boolean} isDrum
 * @property {number} quantizedStartStep
 * @property {number} quantizedEndStep
 */

/** Number of velocities per bin. @param {Format} format */
const binSize = (format) => Math.ceil(127 / format.velocityBins);

/**
 * Returns the tokens of all T tracks, sorted by program, drums last. Surplus tracks are dropped;
 * absent tracks are [end].
 * @param {QuantizedNote[]} notes
 * @param {number} totalSteps length of the sequence; 0 if unknown
 * @param {Format} format
 */
export function tokensOfTracks(notes, totalSteps, format) {
  /** @type {Map<number, QuantizedNote[]>} */
  const parts = new Map();
  for (const note of notes) parts.set(note.instrument, [...parts.get(note.instrument) ?? [], note]);
  const melodic = [...parts.values()].filter(([{isDrum}]) => !isDrum)
    .sort(([a], [b]) => a.program - b.program);
  const drums = [...parts.values()].filter(([{isDrum}]) => isDrum)
    .reverse(); // the order that the sort of magenta.js produces
  const tracks = [...melodic, ...drums].slice(0, format.maxTracks)
    .map((part) => tokensOfTrack(part, totalSteps, format));
  const absent = Array.from({length: format.maxTracks - tracks.length}, () => [format.end]);
  return [...tracks, ...absent];
}

/** @param {QuantizedNote[]} notes of one instrument @param {number} totalSteps @param {Format} format */
function tokensOfTrack(notes, totalSteps, format) {
  const {stepsPerMeasure, velocityBins, timeShift} = format;
  const events = noteEvents(notes);
  const limit = Math.min(totalSteps || Infinity, stepsPerMeasure);
  /** @type {number[]} */
  const tokens = [];
  let step = 0;
  let bin = velocityBins; // a track's initial velocity bin
  const moveTo = (/** @type {number} */ goal) => {
    if (goal > step) tokens.push(timeShift - 1 + goal - step);
    step = goal;
  };
  for (const {at, note, isOff} of events) {
    if (at > step && step >= limit) break;
    moveTo(Math.max(step, Math.min(at, limit)));
    if (at > limit) break;
    const ownBin = Math.floor((note.velocity - 1) / binSize(format)) + 1;
    if (!isOff && ownBin !== bin) {
      tokens.push(format.velocity - 1 + ownBin);
      bin = ownBin;
    }
    tokens.push(isOff ? format.noteOff + note.pitch : note.pitch);
  }
  const last = format.shiftSteps(tokens[tokens.length - 1] ?? format.end);
  if (last && step < stepsPerMeasure) { // extend the final time shift to the bar line
    tokens.pop();
    step -= last;
  }
  moveTo(stepsPerMeasure);
  const [{isDrum, program}] = notes;
  return [
    isDrum ? format.drums : format.program + program, ...tokens.slice(0, format.maxEvents), format.end,
  ];
}

/**
 * Returns the starts and ends of notes in order of time. Ties are broken by the start in seconds,
 * then by pitch.
 * @param {QuantizedNote[]} notes
 */
function noteEvents(notes) {
  return [...notes].sort((a, b) => a.startTime - b.startTime || a.pitch - b.pitch)
    .flatMap((note, index) => [
      {at: note.startStep, index, isOff: false, note}, {at: note.endStep, index, isOff: true, note},
    ])
    .sort((a, b) => a.at - b.at || a.index - b.index || Number(a.isOff) - Number(b.isOff));
}

/**
 * Converts tokens to notes; any sequence of tokens is accepted. Notes with a note-off come first,
 * in the order of their ends, followed by notes that end at the bar line, by pitch.
 * @param {ArrayLike<number>} tokens tokens after an end token are ignored
 * @param {Format} format
 * @returns {TrackNote[]}
 */
export function notesOfTrack(tokens, format) {
  const all = Array.from(tokens);
  const end = all.indexOf(format.end);
  const played = end < 0 ? all : all.slice(0, end);
  const first = played.find((token) => format.kind(token) === PROGRAM) ?? format.program;
  const isDrum = first === format.drums;
  const program = isDrum ? 0 : first - format.program;
  /** Pitch -> its sounding notes, oldest first. @type {Map<number, TrackNote[]>} */
  const sounding = new Map();
  /** @type {TrackNote[]} */
  const notes = [];
  const close = (/** @type {TrackNote | undefined} */ note, /** @type {number} */ step) => {
    if (note && step > note.quantizedStartStep) notes.push({...note, quantizedEndStep: step});
  };
  const {stepsPerMeasure} = format;
  /** @type {{velocity?: number}} */
  let loudness = {};
  let step = 0;
  for (const token of played) {
    const kind = format.kind(token);
    if (kind === NOTE_ON) {
      const note = {
        pitch: token, ...loudness, program, isDrum, quantizedStartStep: step, quantizedEndStep: step,
      };
      sounding.set(token, [...sounding.get(token) ?? [], note]);
    } else if (kind === NOTE_OFF) {
      close(sounding.get(token - format.noteOff)?.shift(), step);
    } else if (kind === VELOCITY) {
      loudness = {velocity: 1 + binSize(format) * (token - format.velocity)};
    } else if (kind === TIME_SHIFT) {
      const goal = step + format.shiftSteps(token);
      if (step === stepsPerMeasure) break;
      step = Math.min(goal, stepsPerMeasure);
      if (goal > stepsPerMeasure) break;
    }
  }
  for (const [, open] of [...sounding].sort(([a], [b]) => a - b)) {
    for (const note of open) close(note, stepsPerMeasure);
  }
  return notes;
}
