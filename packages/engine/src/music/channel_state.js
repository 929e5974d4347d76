/**
 * The state of MIDI channels: programs, drum parts, messages that end all notes, pedals
 * (`gm_vae.music.channel_state` and `pedal`). `gm_vae.music.midi_file` documents the rules.
 */

import {MIDI} from '../generated/tables.js';
import {MidiError} from './midi_chunks.js';

/** @import {MidiEvents} from './midi_bytes.js' */

/**
 * A change of a channel's state. `kind` is a controller number, `PROGRAM`, `PART` (value: whether
 * it is a drum part) or `RESET` (value: whether XG's rules apply).
 * @typedef {{at: number, tick: number, kind: number, value: number}} Change
 *
 * @typedef {{program: number, isDrum: boolean}} Sound
 *
 * The history of a pedal: its position after each change and since when, and when it is released.
 * @typedef {object} Pedal
 * @property {{tick: number, down: boolean, since: number}[]} changed empty if it is never pressed
 * @property {{tick: number}[]} releases
 *
 * @typedef {object} Channel
 * @property {(Sound & {tick: number})[]} sounds
 * @property {{tick: number}[]} ends
 * @property {Pedal} sustain
 * @property {Pedal} sostenuto
 */

const {channels: CHANNELS, drumChannel: DRUM_CHANNEL} = MIDI;
const [PROGRAM, PART, RESET] = [128, 129, 130]; // kinds of changes; lower ones are controllers
const [RESET_TO_GM_OR_GS, RESET_TO_XG, GS_PART, XG_PART] = [
  MIDI.resetToGmOrGs, MIDI.resetToXg, MIDI.gsPart, MIDI.xgPart,
].map((pattern) => new RegExp(`^(?:${pattern})`, 's'));

/** @type {Pedal} */
const UNTOUCHED = {changed: [], releases: []};

/** @param {number} channel */
const isDrumChannel = (channel) => channel % CHANNELS === DRUM_CHANNEL;

/** The state that determines the sounds and ends of notes on a file's channels. */
export class ChannelState {
  /** @param {MidiEvents} events */
  constructor(events) {
    /** The changes of each channel, by time. @type {Map<number, Channel>} */
    this.channels = new Map();
    for (const [channel, changes] of changesByChannel(events)) {
      this.channels.set(channel, {
        sounds: soundsOf(channel, changes),
        ends: changes.filter(({kind}) => kind === RESET || MIDI.endsNotes.includes(kind)),
        sustain: pedalOf(MIDI.sustain, changes),
        sostenuto: pedalOf(MIDI.sostenuto, changes),
      });
    }
  }

  /**
   * Returns the sound of a note that begins at a tick.
   * @param {number} channel
   * @param {number} tick
   * @returns {Sound}
   */
  soundAt(channel, tick) {
    const sounds = this.channels.get(channel)?.sounds ?? [];
    return sounds[upTo(sounds, tick) - 1] ?? {program: 0, isDrum: isDrumChannel(channel)};
  }

  /**
   * Returns the tick of the first message after a tick that ends all notes of a channel.
   * @param {number} channel
   * @param {number} tick
   */
  nextEnd(channel, tick) {
    const ends = this.channels.get(channel)?.ends ?? [];
    return ends[upTo(ends, tick)]?.tick ?? Infinity;
  }

  /** @param {'sustain' | 'sostenuto'} which @param {number} channel */
  pedal(which, channel) {
    return this.channels.get(channel)?.[which] ?? UNTOUCHED;
  }
}

/**
 * Returns how many of the rows, sorted by tick, are at or before a tick; only before it if not
 * `including`.
 * @param {{tick: number}[]} rows
 * @param {number} tick
 */
export function upTo(rows, tick, including = true) {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle].tick < tick || (including && rows[middle].tick === tick)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Returns the changes of each channel's state, in the order in which they apply.
 * @param {MidiEvents} events
 */
function changesByChannel({events, exclusives}) {
  /** @type {Map<number, Change[]>} */
  const changes = new Map();
  const add = (/** @type {number} */ channel, /** @type {Change} */ change) => {
    const others = changes.get(channel);
    if (others) others.push(change);
    else changes.set(channel, [change]);
  };
  for (const {at, tick, channel, status, data1, data2} of events) {
    const kind = status & 0xf0;
    if (kind === 0xb0) add(channel, {at, tick, kind: data1, value: data2});
    else if (kind === 0xc0) add(channel, {at, tick, kind: PROGRAM, value: data1});
  }
  let resets = 0;
  for (const {at, tick, port, content} of exclusives) {
    const first = CHANNELS * port;
    const text = String.fromCharCode(...content);
    const isXg = RESET_TO_XG.test(text);
    const gs = GS_PART.exec(text);
    const xg = XG_PART.exec(text);
    if (isXg || RESET_TO_GM_OR_GS.test(text)) {
      if (++resets > MIDI.maxResets) {
        throw new MidiError('The MIDI file resets its channels too often for a song.');
      }
      for (let i = 0; i < CHANNELS; i++) add(first + i, {at, tick, kind: RESET, value: Number(isXg)});
    } else if (gs) {
      const part = gs[1].charCodeAt(0) % 16; // 0: channel 10; 1..9: channels 1..9; 10..15: 11..16
      const channel = part > DRUM_CHANNEL ? part : (part + DRUM_CHANNEL) % (DRUM_CHANNEL + 1);
      add(first + channel, {at, tick, kind: PART, value: Number(gs[2] > '\0')});
    } else if (xg) {
      add(first + xg[1].charCodeAt(0), {at, tick, kind: PART, value: Number(xg[2] > '\0')});
    }
  }
  for (const mine of changes.values()) {
    mine.sort((a, b) =>
      a.tick - b.tick || Number(b.kind === RESET) - Number(a.kind === RESET) || a.at - b.at);
  }
  return changes;
}

/**
 * Returns the sound of notes after each change.
 * @param {number} channel
 * @param {Change[]} changes
 */
function soundsOf(channel, changes) {
  let [program, bank, isXg, part] = [0, 0, false, isDrumChannel(channel)];
  let ofBank = /** @type {?boolean} */ (null); // whether the bank has drums; null if unspecified
  const sounds = [];
  for (const {tick, kind, value} of changes) {
    if (kind === RESET) {
      [program, bank, isXg, part] = [0, 0, value > 0, isDrumChannel(channel)];
      ofBank = null;
    } else if (kind === PART) {
      part = value > 0;
      ofBank = null;
    } else if (kind === PROGRAM) {
      program = value;
      const isDrum = bank === MIDI.gm2Drums || (isXg && MIDI.xgDrums.includes(bank));
      ofBank = isDrum ? true : bank === MIDI.gm2Melodic ? false : null;
    } else {
      if (kind === MIDI.bank) bank = value;
      continue;
    }
    sounds.push({tick, program, isDrum: ofBank ?? part});
  }
  return sounds;
}

/**
 * Returns the history of a pedal.
 * @param {number} pedal
 * @param {Change[]} changes
 * @returns {Pedal}
 */
function pedalOf(pedal, changes) {
  /** @type {Pedal} */
  const {changed, releases} = {changed: [], releases: []};
  let [down, since] = [false, 0];
  for (const {tick, kind, value} of changes) {
    const presses = kind === pedal && value >= MIDI.pedalDown;
    if (kind === pedal || kind === MIDI.resetControllers || kind === RESET) {
      if (!down) since = tick;
      down = presses;
    } else if (kind !== MIDI.soundOff) { // all sound off releases notes but not the pedal
      continue;
    } else if (!down) {
      since = tick;
    }
    changed.push({tick, down, since});
    if (!presses) releases.push({tick});
  }
  return changed.some((change) => change.down) ? {changed, releases} : UNTOUCHED;
}
