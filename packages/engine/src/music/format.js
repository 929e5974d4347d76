/**
 * The limits of a measure and its token ids: MeasureFormat and Vocabulary of the package.
 */

import {CHORDS, TOKENS} from '../generated/tables.js';

export const {pitches: PITCHES, programs: PROGRAMS, drums: DRUMS} = TOKENS; // DRUMS: as a program
export const {NOTE_ON, NOTE_OFF, TIME_SHIFT, VELOCITY, PROGRAM, END} = TOKENS.kinds;
export const {none: NO_CHORD, count: NUM_CHORDS} = CHORDS;

const DEFAULTS = TOKENS.format;

/** @typedef {typeof DEFAULTS} FormatFields the fields of MeasureFormat */

/**
 * The fields that are read from a checkpoint's config.json; gm-vae writes measureFormat.
 * @typedef {object} ClientConfig
 * @property {FormatFields} [measureFormat]
 * @property {number} [firstInput] the decoder's input before each track's first token
 * @property {{args: {stepsPerQuarter: number, totalSteps: number, numSegments: number,
 *   numSteps: number, numVelocityBins: number}}} dataConverter
 */

export class Format {
  /** @param {Partial<FormatFields>} fields missing ones are the default */
  constructor(fields = {}) {
    const all = {...DEFAULTS, ...fields};
    this.fields = all;
    this.beatsPerBar = all.beats_per_bar;
    this.beatUnit = all.beat_unit;
    this.stepsPerQuarter = all.steps_per_quarter;
    this.maxTracks = all.max_tracks;
    this.maxTrackLength = all.max_track_length;
    this.minInstruments = all.min_instruments;
    this.maxInstruments = all.max_instruments;
    this.minEvents = all.min_events;
    this.velocityBins = all.velocity_bins;
    this.chordsPerMeasure = all.chords_per_measure;
    this.minPitch = all.min_pitch;
    this.maxPitch = all.max_pitch;
    this.stepsPerMeasure = (this.beatsPerBar * this.stepsPerQuarter * 4) / this.beatUnit;
    this.maxEvents = this.maxTrackLength - 2;
    // the first token id of each kind
    this.noteOff = PITCHES;
    this.timeShift = 2 * PITCHES;
    this.velocity = this.timeShift + this.stepsPerMeasure;
    this.program = this.velocity + this.velocityBins;
    this.drums = this.program + PROGRAMS;
    this.end = this.drums + 1;
    this.vocabularySize = this.end + 1;
  }

  /**
   * Returns the format of a checkpoint's config.json (`read_client_config` of the package).
   * @param {ClientConfig} config
   */
  static fromConfig(config) {
    if (config.measureFormat) return new Format(config.measureFormat);
    const {args} = config.dataConverter;
    const {stepsPerQuarter, totalSteps: steps, numSegments: tracks} = args;
    const beatUnit = (4 * stepsPerQuarter) / gcd(steps, stepsPerQuarter);
    return new Format({
      beats_per_bar: (steps * beatUnit) / (4 * stepsPerQuarter),
      beat_unit: beatUnit,
      steps_per_quarter: stepsPerQuarter,
      max_tracks: tracks,
      max_track_length: args.numSteps / tracks,
      min_instruments: Math.min(DEFAULTS.min_instruments, tracks),
      max_instruments: Math.min(DEFAULTS.max_instruments, tracks),
      velocity_bins: args.numVelocityBins,
      chords_per_measure: gcd(DEFAULTS.chords_per_measure, steps),
    });
  }

  get meter() {
    return `${this.beatsPerBar}/${this.beatUnit}`;
  }

  /**
   * Whether bars of a time signature may be measures of this format.
   * @param {number} beats
   * @param {number} beatUnit
   */
  counts(beats, beatUnit) {
    if (beats === this.beatsPerBar && beatUnit === this.beatUnit) return true;
    const isCompound = (/** @type {number} */ count) => count > 3 && count % 3 === 0;
    if (isCompound(beats) || isCompound(this.beatsPerBar)) return false;
    return beats * this.beatUnit === this.beatsPerBar * beatUnit;
  }

  /** @param {number} token */
  kind(token) {
    if (token < this.noteOff) return NOTE_ON;
    if (token < this.timeShift) return NOTE_OFF;
    if (token < this.velocity) return TIME_SHIFT;
    if (token < this.program) return VELOCITY;
    return token < this.end ? PROGRAM : END;
  }

  /** Steps by which a token advances time; 0 for other kinds. @param {number} token */
  shiftSteps(token) {
    return token >= this.timeShift && token < this.velocity ? token - this.timeShift + 1 : 0;
  }
}

/** @param {number} a @param {number} b @returns {number} */
export function gcd(a, b) {
  return b ? gcd(b, a % b) : a;
}
