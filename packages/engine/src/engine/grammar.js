/** The grammar of tokens, `gm_vae.model.grammar`, for one track at a time. */

import {
  END, NOTE_OFF, NOTE_ON, PITCHES, PROGRAM, PROGRAMS, TIME_SHIFT, VELOCITY,
} from '../music/format.js';

/** @import {Format} from '../music/format.js' */

export const NEVER = -1e9; // the logit of a forbidden token
const NOTHING = -1; // the last token's kind before the first token
const LATE = 2 ** 30; // greater than every onset * 128 + pitch

/**
 * Returns the penalty in nats for `vary` at a temperature: `strength` up to 0.5, then decreasing to
 * 0 at 1; 0 at temperature 0 (`gm_vae.model.grammar.repeat_penalty_at`).
 * @param {number} strength
 * @param {number} temperature
 */
export function repeatPenaltyAt(strength, temperature) {
  if (!(temperature > 0)) return 0;
  return strength * Math.min(Math.max(2 * (1 - temperature), 0), 1);
}

/**
 * Returns the default temperature of drum tracks, from the temperature of pitched tracks
 * (`gm_vae.model.grammar.drum_temperature_at`).
 * @param {number} temperature
 */
export const drumTemperatureAt = (temperature) =>
  Math.min(temperature, 0.5 * temperature * (1 + temperature));

export class TrackGrammar {
  /** @param {Format} format */
  constructor(format) {
    this.format = format;
    this.step = 0;
    this.kind = NOTHING; // of the last token
    this.velocity = 0; // the current bin, 0 before the first
    this.onset = new Int32Array(PITCHES).fill(-1); // onset step of each sounding pitch
    this.held = 0; // number of sounding pitches
    this.offFloor = -1; // the last note ended in this step, as onset * 128 + pitch
    this.onFloor = -1; // the last pitch struck in this step
    this.striking = new Uint8Array(PITCHES); // 1 where a pitch was struck in this step
    this.struck = new Uint8Array(PITCHES); // 1 where the previous onset struck a pitch
    this.isDrum = false;
    this.hasNote = false;
    this.done = false;
  }

  /**
   * Sets the logits of forbidden tokens to `NEVER`, in place. A token is allowed if the shortest
   * sequence from there to the end fits in `left` - 1 tokens. The probabilities of shifts past the
   * bar line and of an end before it are added to the shift to the bar line.
   *
   * @param {Float64Array} logits [V]
   * @param {number} left remaining tokens, including this one
   */
  constrain(logits, left) {
    // first, because the sum needs the original logits
    this._sumUpToBarLine(logits);
    const after = left - 1;
    const mayStrike = this._constrainNoteOns(logits, after);
    this._constrainNoteOffs(logits);
    this._constrainShifts(logits, after);
    this._constrainVelocities(logits, after, mayStrike);
    const {format, kind} = this;
    const isEmpty = kind === NOTHING;
    if (!isEmpty) logits.fill(NEVER, format.program, format.program + PROGRAMS + 1);
    if (!(isEmpty || (!this._inBar && this.held === 0))) logits[format.end] = NEVER;
  }

  /**
   * Subtracts `penalty` from the logits of the pitches of the track's last onset, in place. The
   * total probability of note-ons does not change. Drums are unchanged.
   *
   * @param {Float64Array} logits [V], constrained
   * @param {number} penalty in nats
   */
  vary(logits, penalty) {
    if (this.isDrum || !(penalty > 0) || !this.struck.includes(1)) return;
    const before = logSumExp(logits, 0, PITCHES);
    if (before < NEVER / 2) return; // all note-ons are forbidden
    for (let pitch = 0; pitch < PITCHES; pitch++) {
      if (this.struck[pitch] && logits[pitch] > NEVER / 2) logits[pitch] -= penalty;
    }
    const change = before - logSumExp(logits, 0, PITCHES);
    for (let pitch = 0; pitch < PITCHES; pitch++) {
      if (logits[pitch] > NEVER / 2) logits[pitch] += change;
    }
  }

  get _inBar() {
    return this.step < this.format.stepsPerMeasure;
  }

  /**
   * Whether time shifts and note-offs are forbidden: after a velocity, and before the program.
   */
  get _isUnfinished() {
    return this.kind === VELOCITY || this.kind === NOTHING;
  }

  /** @param {Float64Array} logits */
  _sumUpToBarLine(logits) {
    const {format, step} = this;
    const toBar = format.stepsPerMeasure - step;
    if (toBar <= 0) return;
    const first = format.timeShift - 1 + toBar;
    logits[first] = logSumExp(logits, first, format.velocity, format.end);
  }

  /**
   * @param {Float64Array} logits
   * @param {number} after
   * @returns {boolean} whether a pitch is free
   */
  _constrainNoteOns(logits, after) {
    const {format, kind, held, onset} = this;
    let mayStrike = false;
    const noteOn = kind !== NOTHING && this._inBar && this.velocity > 0 && held + 3 <= after;
    for (let pitch = 0; pitch < PITCHES; pitch++) {
      const inRange = this.isDrum || (pitch >= format.minPitch && pitch <= format.maxPitch);
      const free = inRange && onset[pitch] < 0 && pitch > this.onFloor;
      if (free) mayStrike = true;
      if (!(noteOn && free)) logits[pitch] = NEVER;
    }
    return mayStrike;
  }

  /** @param {Float64Array} logits */
  _constrainNoteOffs(logits) {
    const {onset, _inBar: inBar} = this;
    const noteOff = !this._isUnfinished && this.onFloor < 0;
    let next = LATE; // at the bar line all notes end, in order of onset and pitch
    if (!inBar) {
      for (let pitch = 0; pitch < PITCHES; pitch++) {
        if (onset[pitch] >= 0) next = Math.min(next, onset[pitch] * PITCHES + pitch);
      }
    }
    for (let pitch = 0; pitch < PITCHES; pitch++) {
      const turn = onset[pitch] * PITCHES + pitch;
      const allowed =
        noteOff && onset[pitch] >= 0 && turn > this.offFloor && (inBar || turn === next);
      if (!allowed) logits[PITCHES + pitch] = NEVER;
    }
  }

  /** @param {Float64Array} logits @param {number} after */
  _constrainShifts(logits, after) {
    const {format, step, kind, held} = this;
    const bar = format.stepsPerMeasure;
    const mayShift = !this._isUnfinished && kind !== TIME_SHIFT;
    // Before the bar line an event must follow: a note-off, or (a velocity and) a complete note.
    const toEnd = held > 0 ? held + 2 : 4 + (this.velocity === 0 ? 1 : 0);
    for (let shift = 1; shift <= bar; shift++) {
      const goal = step + shift;
      const allowed =
        mayShift &&
        ((goal < bar && toEnd <= after) || (goal === bar && this.hasNote && held + 1 <= after));
      if (!allowed) logits[format.timeShift - 1 + shift] = NEVER;
    }
  }

  /** @param {Float64Array} logits @param {number} after @param {boolean} mayStrike */
  _constrainVelocities(logits, after, mayStrike) {
    const {format, kind, held} = this;
    const mayVelocity =
      kind !== NOTHING && this._inBar && kind !== VELOCITY && held + 4 <= after && mayStrike;
    for (let bin = 1; bin <= format.velocityBins; bin++) {
      if (!mayVelocity || bin === this.velocity) logits[format.velocity - 1 + bin] = NEVER;
    }
  }

  /** Updates the state with a token. @param {number} token */
  advance(token) {
    const {format} = this;
    const kind = format.kind(token);
    const pitch = token % PITCHES;
    if (kind === NOTE_ON) {
      this.held += this.onset[pitch] < 0 ? 1 : 0;
      this.onset[pitch] = this.step;
      this.onFloor = pitch;
      this.striking[pitch] = 1;
      this.hasNote = true;
    } else if (kind === NOTE_OFF) {
      this.held -= this.onset[pitch] >= 0 ? 1 : 0;
      this.offFloor = Math.max(this.onset[pitch], 0) * PITCHES + pitch;
      this.onset[pitch] = -1;
    } else if (kind === TIME_SHIFT) {
      this.step += format.shiftSteps(token);
      if (this.onFloor >= 0) { // a shift ends an onset
        this.struck = this.striking;
        this.striking = new Uint8Array(PITCHES);
      }
      this.offFloor = this.onFloor = -1;
    } else if (kind === VELOCITY) {
      this.velocity = token - format.velocity + 1;
    } else if (kind === PROGRAM) {
      this.isDrum ||= token === format.drums;
    } else if (kind === END) {
      this.done = true;
    }
    this.kind = kind;
  }
}

/**
 * Returns the log-sum-exp of the logits from `first` to `stop` and of `logits[another]`.
 * @param {Float64Array} logits
 * @param {number} first
 * @param {number} stop
 * @param {number} [another] outside this range
 */
function logSumExp(logits, first, stop, another) {
  const rest = another === undefined ? -Infinity : logits[another];
  let highest = rest;
  for (let i = first; i < stop; i++) if (logits[i] > highest) highest = logits[i];
  let sum = Math.exp(rest - highest);
  for (let i = first; i < stop; i++) sum += Math.exp(logits[i] - highest);
  return highest + Math.log(sum);
}
