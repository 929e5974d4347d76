/** Renders a song to an audio buffer, for files and checks. */

import {NoteSender, sequence} from './sequence.js';

const SAMPLE_RATE = 44100;
const TAIL = 1.5; // seconds for the release of the last notes

/** @import {Mix} from '../../../../packages/engine/src/music/midi_writer.js' */
/** @import {Song} from '../../../../packages/engine/src/music/song.js' */
/** @import {Synthesiser} from './sequence.js' */
/** @import {Sounds} from './sounds.js' */

/**
 * @param {Song} song
 * @param {object} options
 * @param {number} options.qpm
 * @param {Mix} options.mix
 * @param {Sounds} options.sounds
 * @param {Uint8Array<ArrayBuffer>} options.midi the same song as a file
 * @returns {Promise<AudioBuffer>} stereo
 */
export function renderSong(song, {qpm, mix, sounds, midi}) {
  const stepSeconds = 60 / qpm / song.format.stepsPerQuarter;
  const seconds = song.bars * song.format.stepsPerMeasure * stepSeconds + TAIL;
  const context = new OfflineAudioContext(2, Math.ceil(seconds * SAMPLE_RATE), SAMPLE_RATE);
  const sendNotes = (/** @type {Synthesiser} */ synth) => {
    const sender = new NoteSender(synth);
    for (const note of sequence(song)) {
      const part = song.parts[note.part];
      const sound = mix(part);
      if (!sound.heard) continue;
      const {isDrum} = part;
      sender.play(note, {...sound, isDrum}, note.start * stepSeconds, note.end * stepSeconds);
    }
  };
  return sounds.render(context, sendNotes, midi);
}
