/** The `dataConverter` of a multitrack model: converts between NoteSequences and one-hot rows. */

import {Tensor, toArrays} from './tensor.js';
import {quantizedNotes} from './note_sequence.js';
import {notesOfTrack, tokensOfTracks} from './track_tokens.js';

/** @import {Format} from '../music/format.js' */
/** @import {NoteSequence} from './note_sequence.js' */
/** @import {TensorLike} from './tensor.js' */
/** @import {TrackNote} from './track_tokens.js' */

/**
 * A measure as a NoteSequence; instruments are numbered by track.
 * @typedef {object} MeasureSequence
 * @property {{stepsPerQuarter: number}} quantizationInfo
 * @property {{time: number, qpm: number}[]} tempos
 * @property {{time: number, numerator: number, denominator: number}[]} timeSignatures
 * @property {(TrackNote & {instrument: number})[]} notes
 * @property {number} totalQuantizedSteps
 */

export class MultitrackConverter {
  /** @param {Format} format */
  constructor(format) {
    this.format = format;
    this.SEGMENTED_BY_TRACK = /** @type {const} */ (true);
    this.NUM_SPLITS = 0;
    this.numSteps = format.maxTracks * format.maxTrackLength;
    this.numSegments = format.maxTracks;
    this.stepsPerQuarter = format.stepsPerQuarter;
    this.totalSteps = format.stepsPerMeasure;
    this.numVelocityBins = format.velocityBins;
    this.endToken = format.end;
    this.depth = format.vocabularySize;
  }

  /**
   * Returns the tokens of each track; an absent track is [end]. Quantises the sequence if necessary
   * and reads only its first measure.
   * @param {NoteSequence} sequence
   * @throws {import('./note_sequence.js').SequenceError}
   */
  toTokens(sequence) {
    const {notes, totalSteps} = quantizedNotes(sequence, this.stepsPerQuarter);
    return tokensOfTracks(notes, totalSteps, this.format);
  }

  /**
   * Returns these tokens as one-hot rows [numSteps, depth]; rows after a track's end are 0.
   * @param {NoteSequence} sequence
   */
  toTensor(sequence) {
    const {depth, numSteps, format: {maxTrackLength}} = this;
    const values = new Float32Array(numSteps * depth);
    this.toTokens(sequence).forEach((tokens, track) => tokens.forEach((token, i) => {
      values[(track * maxTrackLength + i) * depth + token] = 1;
    }));
    return new Tensor(values, [numSteps, depth]);
  }

  /**
   * Converts rows [numSteps, depth] to a measure; the largest value of each row selects the token.
   * @param {TensorLike | number[][]} rows
   * @param {number} [stepsPerQuarter]
   * @param {number} [qpm]
   */
  async toNoteSequence(rows, stepsPerQuarter, qpm) {
    const ids = (await toArrays(rows)).map((row) =>
      row.reduce((best, value, i) => (value > row[best] ? i : best), 0));
    const {maxTrackLength, maxTracks} = this.format;
    return this.toSequence(Array.from({length: maxTracks}, (_, track) =>
      ids.slice(track * maxTrackLength, (track + 1) * maxTrackLength)), stepsPerQuarter, qpm);
  }

  /**
   * Converts tokens to a measure.
   * @param {ArrayLike<number>[]} tracks
   * @param {number} [stepsPerQuarter] written to `quantizationInfo`; steps are not rescaled
   * @param {number} [qpm]
   * @returns {MeasureSequence}
   */
  toSequence(tracks, stepsPerQuarter = this.stepsPerQuarter, qpm = 120) {
    const {beatsPerBar, beatUnit} = this.format;
    return {
      quantizationInfo: {stepsPerQuarter},
      tempos: [{time: 0, qpm}],
      timeSignatures: [{time: 0, numerator: beatsPerBar, denominator: beatUnit}],
      notes: tracks.flatMap((tokens, instrument) =>
        notesOfTrack(tokens, this.format).map((note) => ({...note, instrument}))),
      totalQuantizedSteps: this.totalSteps,
    };
  }
}
