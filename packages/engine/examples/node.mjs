// node node.mjs MODEL OUTPUT.mid [CHORDS]: a bar of music for each chord, as a MIDI file.

import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';

import {MusicVAE} from 'gm-vae';
import {chordLine} from 'gm-vae/chords';
import {sequenceProtoToMidi} from 'gm-vae/midi';

const [, , folder, output, chords = 'C | Am | F | G7'] = process.argv;
const model = new MusicVAE((name) => readFile(path.join(folder, name)));

const chordProgressions = chordLine(chords);
await model.initialize();
const [style] = await (await model.encode(
  await model.sample(1, 0.5, {chordProgression: ['C'], seed: 1}), {chordProgression: ['C']})).array();
const bars = await model.decode(chordProgressions.map(() => style), 0.5,
  {chordProgressions, seed: 1, repeatPenalty: 1});
await writeFile(output, sequenceProtoToMidi(bars));
console.log(`${output}: ${bars.length} bars, ${bars.flatMap(({notes}) => notes).length} notes`);
