/** Pedals: extends held notes until the pedal is released (`gm_vae.music.sustain`). */

import {MIDI} from '../generated/tables.js';
import {upTo} from './channel_state.js';

/** @import {ChannelState, Pedal} from './channel_state.js' */
/** @import {Note} from './score.js' */

/**
 * Extends notes for as long as the pedals of their channels hold them.
 * @param {Note[]} notes changed in place
 * @param {ChannelState} state
 * @param {number} ticksPerQuarter
 */
export function applySustain(notes, state, ticksPerQuarter) {
  const isPressed = (/** @type {'sustain' | 'sostenuto'} */ which, /** @type {number} */ channel) =>
    state.pedal(which, channel).changed.length > 0;
  const played = notes.filter(({channel, isDrum}) =>
    !isDrum && (isPressed('sustain', channel) || isPressed('sostenuto', channel)));
  const endTick = notes.reduce((end, note) => Math.max(end, note.end), 0);
  const latest = endTick + MIDI.latestReleaseQuarters * ticksPerQuarter;
  /** Line -> starts of notes while a pedal is down. @type {Map<number, {tick: number}[]>} */
  const strikes = new Map();
  for (const note of played) {
    const sostenuto = state.pedal('sostenuto', note.channel);
    const sustain = state.pedal('sustain', note.channel);
    for (const {pedal, since} of [
      {pedal: sostenuto, since: note.start}, {pedal: sustain, since: -Infinity},
    ]) {
      const until = release(pedal, note.end, since);
      note.end = Math.max(note.end, until <= latest ? until : endTick);
    }
    if (isDown(sustain, note.start) || isDown(sostenuto, note.start)) {
      const line = lineOf(note);
      strikes.set(line, [...(strikes.get(line) ?? []), {tick: note.start}]);
    }
  }
  for (const starts of strikes.values()) starts.sort((a, b) => a.tick - b.tick);
  for (const note of played) {
    const starts = strikes.get(lineOf(note)) ?? [];
    note.end = Math.min(note.end, starts[upTo(starts, note.start)]?.tick ?? Infinity);
  }
}

/** @param {Note} note */
const lineOf = ({channel, pitch}) => channel * 128 + pitch;

/** @param {Pedal} pedal @param {number} tick */
const isDown = ({changed}, tick) => changed[upTo(changed, tick) - 1]?.down ?? false;

/**
 * Returns when a pedal pressed after `after` releases a note; the note's end if it is not held.
 * @param {Pedal} pedal
 * @param {number} end
 * @param {number} after
 */
function release({changed, releases}, end, after) {
  const latest = changed[upTo(changed, end, false) - 1];
  if (!latest?.down || latest.since <= after) return end;
  return releases[upTo(releases, end, false)]?.tick ?? Infinity;
}
