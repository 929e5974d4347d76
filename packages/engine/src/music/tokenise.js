/** Converts the notes of a bar to tokens of each instrument (`gm_vae.music.tokenise`). */

/** @import {Format} from './format.js' */

/**
 * A note in steps of its bar; the program is 128 for drums.
 * @typedef {object} BarNote
 * @property {number} bar
 * @property {number} instrument
 * @property {number} program
 * @property {number} pitch
 * @property {number} velocity
 * @property {number} startStep
 * @property {number} endStep
 *
 * @typedef {{program: number, tokens: number[]}} TokenTrack
 */

/**
 * Returns the tokens of each instrument of a bar: program, events, end.
 * @param {BarNote[]} notes
 * @param {Format} format
 * @returns {TokenTrack[]}
 */
export function tokenise(notes, format) {
  /** @type {Map<number, BarNote[]>} */
  const parts = new Map();
  for (const note of notes) {
    const key = note.program * 65536 + note.instrument;
    const part = parts.get(key);
    if (part) part.push(note);
    else parts.set(key, [note]);
  }
  return [...parts].sort(([a], [b]) => a - b)
    .map(([, part]) => ({program: part[0].program, tokens: tokensOf(part, format)}));
}

/** @param {BarNote[]} notes of one instrument @param {Format} format */
function tokensOf(notes, format) {
  const ordered = [...notes].sort((a, b) => a.startStep - b.startStep || a.pitch - b.pitch);
  const offs = ordered.map(({endStep, pitch}) =>
    ({step: endStep, token: format.noteOff + pitch, bin: 0}));
  const width = 128 / format.velocityBins;
  const ons = ordered.map(({startStep, pitch, velocity}) =>
    ({step: startStep, token: pitch, bin: 1 + Math.floor((velocity - 1) / width)}));
  const tokens = [format.program + notes[0].program];
  let now = 0;
  let loudness = 0;
  const moveTo = (/** @type {number} */ step) => {
    if (step > now) tokens.push(format.timeShift - 1 + step - now);
    now = step;
  };
  // in a step note-offs come first, those of older notes before others
  for (const {step, token, bin} of [...offs, ...ons].sort((a, b) => a.step - b.step)) {
    moveTo(step);
    if (bin && bin !== loudness) {
      tokens.push(format.velocity - 1 + bin);
      loudness = bin;
    }
    tokens.push(token);
  }
  moveTo(format.stepsPerMeasure);
  tokens.push(format.end);
  return tokens;
}
