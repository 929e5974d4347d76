/** A MIDI file -> its bars, each a measure or the reason why it is none (`gm_vae.music.measures`). */

import {inferChords} from './chord_inference.js';
import {DRUMS, gcd} from './format.js';
import {MidiError} from './midi_bytes.js';
import {readScore} from './score.js';

const MAX_BARS = 10000;

// Sound effects and percussion sounds have a pitch in the file and none to the ear.
const isUnpitched = (program) =>
  (program >= 96 && program < 104) || (program >= 112 && program < 128);

/**
 * @typedef {object} Bar
 * @property {number} number from 1
 * @property {number[]} programs of its instruments, 128 for drums, in track order
 * @property {string[]} symbols its inferred chords, with sevenths
 * @property {number[]} chords the same as ids of triads
 * @property {?number[][]} tracks tokens of each instrument, or null
 * @property {string} reason why it is no measure, or ''
 */

/**
 * @param {Uint8Array} data
 * @param {import('./format.js').Format} format
 * @returns {{bars: Bar[], qpm: number, texts: string[], flaws: Object<string, number>}} flaws are
 *   what was mended or passed over, by kind (`MIDI.flaws`)
 * @throws {MidiError}
 */
export function readMeasures(data, format) {
  const score = readScore(data);
  const {qpm, texts, flaws} = score;
  return {bars: score.notes.length ? barsOf(score, format) : [], qpm, texts, flaws};
}

function barsOf(score, format) {
  const toSteps = (ticks) =>
    Math.floor((2 * ticks * format.stepsPerQuarter + score.ticksPerQuarter) /
      (2 * score.ticksPerQuarter));
  const sections = findSections(score, format, toSteps);
  const notes = score.notes.map((note) => inSection(note, sections, toSteps, score.endTick));
  const barNotes = cutAtBarLines(notes, sections, format, toSteps);
  const last = sections[sections.length - 1];
  if (last.counts) {
    // a note just before the last bar line may have been rounded past it
    const needed = barNotes.reduce((most, {bar}) => Math.max(most, bar + 1), 0) - last.firstBar;
    last.bars = Math.max(last.bars, needed);
    checkLength(last.firstBar + last.bars);
  }
  const bars = [];
  const byBar = byBarNumber(barNotes);
  for (const section of sections) {
    const found = [];
    for (let place = 0; place < section.bars; place++) {
      const number = section.firstBar + place;
      const mine = section.counts ? byBar.get(number) ?? [] : [];
      const tracks = tokenise(mine, format);
      const isCut =
        section !== last && place === section.bars - 1 && section.steps % format.stepsPerMeasure;
      const reason = section.counts
        ? rejection(mine, tracks, isCut, format)
        : `its meter is not ${format.meter}`;
      found.push({
        number: number + 1,
        programs: tracks.map(({program}) => program),
        symbols: [],
        chords: [],
        tracks: reason ? null : tracks.map(({tokens}) => tokens),
        reason,
      });
    }
    if (found.some(({reason}) => !reason)) addChords(found, notes, section, score, format);
    bars.push(...found);
  }
  return bars;
}

function byBarNumber(items) {
  const groups = new Map();
  for (const item of items) {
    if (!groups.has(item.bar)) groups.set(item.bar, []);
    groups.get(item.bar).push(item);
  }
  return groups;
}

function checkLength(bars) {
  if (bars > MAX_BARS) {
    throw new MidiError('The MIDI file lasts over 10,000 bars, so a time in it must be damaged.');
  }
}

/** Stretches of one time signature, up to the last note's end. */
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

/** A note with its section, in which it ends; one that rounds to the next section belongs there. */
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

/** Notes of the sections that count, in steps of their bars. */
function cutAtBarLines(notes, sections, format, toSteps) {
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

/** The first reason that applies, or ''. */
function rejection(notes, tracks, isCut, format) {
  const events = tracks.reduce((sum, {tokens}) => sum + tokens.length - 2, 0);
  const isOutside = ({pitch, program}) =>
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

/** Each instrument of a bar as program, events, end (`gm_vae.music.tokenise`). */
export function tokenise(notes, format) {
  const parts = new Map();
  for (const note of notes) {
    const key = note.program * 65536 + note.instrument;
    if (!parts.has(key)) parts.set(key, []);
    parts.get(key).push(note);
  }
  return [...parts.keys()].sort((a, b) => a - b).map((key) => {
    const mine = parts.get(key);
    return {program: mine[0].program, tokens: tokensOf(mine, format)};
  });
}

function tokensOf(notes, format) {
  const ordered = [...notes].sort((a, b) => a.startStep - b.startStep || a.pitch - b.pitch);
  const offs = ordered.map(({endStep, pitch}) => ({step: endStep, token: format.noteOff + pitch}));
  const width = 128 / format.velocityBins;
  const ons = ordered.map(({startStep, pitch, velocity}) => ({
    step: startStep, token: pitch, bin: 1 + Math.floor((velocity - 1) / width),
  }));
  const tokens = [format.program + notes[0].program];
  let now = 0;
  let loudness = 0;
  const moveTo = (step) => {
    if (step > now) tokens.push(format.timeShift - 1 + step - now);
    now = step;
  };
  // note-offs come first in a step, and of older notes first
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

function addChords(bars, notes, section, {ticksPerQuarter}, format) {
  // A frame is a fraction of a bar, which is a fraction of ticks: count time in whole fractions.
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
  bars.forEach((bar, place) => {
    for (let i = 0; i < count; i++) {
      const {id, symbol} = chords[Math.min(place * count + i, chords.length - 1)];
      bar.chords.push(id);
      bar.symbols.push(symbol);
    }
  });
}
