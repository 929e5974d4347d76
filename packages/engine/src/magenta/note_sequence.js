/**
 * NoteSequences of magenta.js. Input may be plain objects, protobufjs messages or their JSON;
 * output is plain objects.
 */

const DEFAULT_QPM = 120;
const DEFAULT_VELOCITY = 80; // as in magenta.js
const DEFAULT_METER = {time: 0, numerator: 4, denominator: 4};

/**
 * A 64-bit integer of protobufjs, or its string in JSON.
 * @typedef {number | string | {low: number, high: number}} Whole
 *
 * A note; absent fields are 0.
 * @typedef {object} SequenceNote
 * @property {?number} [pitch] 0..127
 * @property {?number} [velocity] 1..127
 * @property {?number} [instrument] notes with the same number form one track
 * @property {?number} [program] 0..127
 * @property {?boolean} [isDrum]
 * @property {?number} [startTime] seconds
 * @property {?number} [endTime] seconds
 * @property {?Whole} [quantizedStartStep]
 * @property {?Whole} [quantizedEndStep]
 *
 * @typedef {object} NoteSequence
 * @property {?SequenceNote[]} [notes]
 * @property {?{time?: ?number, qpm?: ?number}[]} [tempos]
 * @property {?{time?: ?number, numerator?: ?number, denominator?: ?number}[]} [timeSignatures]
 * @property {?number} [totalTime] seconds
 * @property {?Whole} [totalQuantizedSteps]
 * @property {?{stepsPerQuarter?: ?number, stepsPerSecond?: ?number}} [quantizationInfo]
 *
 * A note whose times are steps.
 * @typedef {object} QuantizedNote
 * @property {number} pitch
 * @property {number} velocity
 * @property {number} instrument
 * @property {number} program
 * @property {boolean} isDrum
 * @property {number} startTime in seconds; 0 if the sequence has only steps
 * @property {number} startStep
 * @property {number} endStep
 */

/** Thrown if a NoteSequence cannot be read; the message suggests a remedy. */
export class SequenceError extends Error {
  /** @override */ name = 'SequenceError';
}

/**
 * Returns the notes in steps and the length of the sequence in steps, 0 if unknown.
 * @param {NoteSequence} sequence quantised, or in seconds
 * @param {number} stepsPerQuarter of the model
 * @returns {{notes: QuantizedNote[], totalSteps: number}}
 * @throws {SequenceError}
 */
export function quantizedNotes(sequence, stepsPerQuarter) {
  const info = requireSequence(sequence).quantizationInfo;
  if (info?.stepsPerSecond) {
    throw new SequenceError(
      'The NoteSequence is quantized in steps per second; give one in seconds, or one with ' +
      `${stepsPerQuarter} steps per quarter.`);
  }
  const given = info?.stepsPerQuarter;
  if (given && given !== stepsPerQuarter) {
    throw new SequenceError(
      `Steps per quarter note mismatch: ${given} != ${stepsPerQuarter}; quantize the NoteSequence ` +
      `with ${stepsPerQuarter}, or give it in seconds.`);
  }
  return given ? readSteps(sequence) : quantize(sequence, stepsPerQuarter);
}

/**
 * Returns the steps per quarter of a quantised sequence.
 * @param {NoteSequence} sequence
 * @throws {SequenceError} the sequence is not quantised
 */
export function requireResolution(sequence) {
  const resolution = requireSequence(sequence).quantizationInfo?.stepsPerQuarter;
  if (resolution) return resolution;
  throw new SequenceError('The NoteSequence is not quantized; its notes are in seconds already.');
}

/** @param {NoteSequence} sequence */
function requireSequence(sequence) {
  if (typeof sequence === 'object' && sequence) return sequence;
  throw new SequenceError(`A NoteSequence is missing; got ${sequence}.`);
}

/**
 * Returns the tempo of a sequence.
 * @param {NoteSequence} sequence
 * @throws {SequenceError} the tempo changes
 */
export function tempoOf({tempos}) {
  const sorted = [...tempos ?? []].sort((a, b) => (a.time ?? 0) - (b.time ?? 0));
  const first = sorted[0]?.qpm ?? DEFAULT_QPM;
  const change = (sorted[0]?.time ?? 0) > 0 && first !== DEFAULT_QPM ? sorted[0]
    : sorted.find(({qpm}) => qpm !== first);
  if (change) {
    throw new SequenceError(
      `The tempo of the NoteSequence changes at ${change.time ?? 0} s; cut it into pieces of one tempo.`);
  }
  return first;
}

/**
 * Returns the meter of a sequence.
 * @param {NoteSequence} sequence
 * @throws {SequenceError} the meter changes
 */
export function meterOf({timeSignatures}) {
  const sorted = [...timeSignatures ?? []].sort((a, b) => (a.time ?? 0) - (b.time ?? 0));
  const {numerator, denominator} = sorted[0] ?? DEFAULT_METER;
  const change = sorted.find((each) =>
    each.numerator !== numerator || each.denominator !== denominator);
  if (change) {
    throw new SequenceError(
      `The meter of the NoteSequence changes at ${change.time ?? 0} s; cut it into pieces of one meter.`);
  }
  return {numerator: numerator ?? 4, denominator: denominator ?? 4};
}

/** @param {NoteSequence} sequence */
function readSteps(sequence) {
  const notes = (sequence.notes ?? []).map((note) =>
    ({...readNote(note), ...steps(whole(note.quantizedStartStep), whole(note.quantizedEndStep))}));
  return {notes, totalSteps: whole(sequence.totalQuantizedSteps)};
}

/** @param {NoteSequence} sequence @param {number} stepsPerQuarter */
function quantize(sequence, stepsPerQuarter) {
  const stepsPerSecond = (stepsPerQuarter * tempoOf(sequence)) / 60;
  meterOf(sequence); // throws if the meter changes
  const step = (/** @type {?number | undefined} */ time) =>
    Math.floor((time ?? 0) * stepsPerSecond + 0.5);
  const notes = (sequence.notes ?? []).map((note) =>
    ({...readNote(note), ...steps(step(note.startTime), step(note.endTime))}));
  return {notes, totalSteps: notes.reduce((most, {endStep}) => Math.max(most, endStep), 0)};
}

/** @param {number} startStep @param {number} endStep */
function steps(startStep, endStep) {
  if (!(startStep >= 0 && endStep >= 0)) {
    throw new SequenceError('A note of the NoteSequence begins or ends before 0; give later times.');
  }
  if (endStep < startStep) {
    throw new SequenceError(`A note of the NoteSequence lasts from step ${startStep} to ${endStep}.`);
  }
  return {startStep, endStep: endStep === startStep ? endStep + 1 : endStep};
}

/** @param {SequenceNote} note */
function readNote({pitch, velocity, instrument, program, isDrum, startTime}) {
  for (const [name, value] of Object.entries({pitch, velocity, program})) {
    if (value && !(Number.isInteger(value) && value > 0 && value < 128)) {
      throw new SequenceError(`A note of the NoteSequence has the ${name} ${value}; 0 to 127 is right.`);
    }
  }
  return {
    pitch: pitch ?? 0,
    velocity: velocity || DEFAULT_VELOCITY,
    instrument: instrument ?? 0,
    program: program ?? 0,
    isDrum: isDrum ?? false,
    startTime: startTime ?? 0,
  };
}

/** @param {?Whole} [value] */
function whole(value) {
  if (typeof value === 'object' && value) return value.high * 2 ** 32 + (value.low >>> 0);
  return Number(value ?? 0);
}
