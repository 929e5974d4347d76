// node music.mjs REQUEST.json: what the page's MIDI and chord code makes of things, as JSON.

import {readFile, writeFile} from 'node:fs/promises';

import {moved, readAttributes} from '../../packages/engine/src/engine/attributes.js';
import {priorPoint} from '../../packages/engine/src/engine/prior.js';
import {voiced as voicedSequences} from '../../packages/engine/src/index.js';
import {MultitrackConverter} from '../../packages/engine/src/magenta/data_converter.js';
import {chordLine} from '../../packages/engine/src/music/chord_lines.js';
import {ChordError, readChord} from '../../packages/engine/src/music/chord_spelling.js';
import {chordId, chordSymbol, hasTriad, nearestChordId} from '../../packages/engine/src/music/chords.js';
import {Format} from '../../packages/engine/src/music/format.js';
import {readMeasures} from '../../packages/engine/src/music/measures.js';
import {writeMidi} from '../../packages/engine/src/music/midi_writer.js';
import {readScore} from '../../packages/engine/src/music/score.js';
import {makeSong} from '../../packages/engine/src/music/song.js';
import {voiced} from '../../packages/engine/src/music/voicing.js';

const attempt = (run) => {
  try {
    return run();
  } catch (error) {
    return {error: error.message};
  }
};

/** What `run` gives, or null for what is no chord; other errors are faults. */
const refused = (run) => {
  try {
    return run();
  } catch (error) {
    if (error instanceof ChordError && !error.message.includes('“”')) return null;
    throw error;
  }
};

const actions = {
  bars: ({file, format}) => readFile(file).then((bytes) =>
    attempt(() => readMeasures(new Uint8Array(bytes), new Format(format)).bars)),
  /** Notes as [instrument, start, end, pitch, velocity, program, isDrum, channel], and flaws. */
  notes: ({file}) => readFile(file).then((bytes) => attempt(() => {
    const {notes, flaws, signatures, qpm} = readScore(new Uint8Array(bytes));
    const rows = notes.map((n) => [
      n.instrument, n.start, n.end, n.pitch, n.velocity, n.program, n.isDrum, n.channel]);
    return {notes: rows, flaws, signatures: signatures.map(({tick, beats, unit}) => [tick, beats, unit]), qpm};
  })),
  chord: ({symbol}) => ({
    id: refused(() => chordId(symbol)),
    nearest: refused(() => nearestChordId(symbol)),
    hasTriad: refused(() => hasTriad(symbol)),
    chord: refused(() => Object.values(readChord(symbol))),
  }),
  voiced: ({tracks, symbols, format}) =>
    voiced(tracks.map((tokens) => ({tokens})), symbols, new Format(format))
      .map(({tokens}) => Array.from(tokens)),
  /** The notes of a sequence: [instrument, program or drums, pitch, start, end]. */
  voicedSequence: ({tracks, symbols, format}) => {
    const sequence = new MultitrackConverter(new Format(format)).toSequence(tracks);
    const [moved] = voicedSequences([sequence], symbols);
    return moved.notes.map(({instrument, program, isDrum, pitch, quantizedStartStep, quantizedEndStep}) =>
      [instrument, isDrum ? 128 : program, pitch, quantizedStartStep, quantizedEndStep]);
  },
  moved: ({point, steps, attributes}) => [
    ...moved(Float32Array.from(point), steps, readAttributes(attributes, point.length))],
  point: ({seed, draw, size}) => [...priorPoint(seed, draw, size)],
  line: ({text}) => refused(() => chordLine(text)),
  write: ({measures, format, qpm, title, file}) => {
    const song = makeSong(
      measures.map(({tracks, chords}) => ({
        tracks: tracks.map((tokens) => ({tokens})), symbols: chords.map(chordSymbol),
      })),
      new Format(format));
    const mix = ({program}) => ({heard: true, program, volume: 100});
    return writeFile(file, writeMidi(song, {qpm, title, mix}));
  },
};

const requests = JSON.parse(await readFile(process.argv[2], 'utf8'));
const answers = [];
for (const {action, ...values} of requests) answers.push((await actions[action](values)) ?? null);
process.stdout.write(JSON.stringify(answers));
