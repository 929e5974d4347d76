/** A song as sound, all at once: for a file, and for checks. */

import {NoteSender, sequence} from './sequence.js';

const SAMPLE_RATE = 44100;
const TAIL = 1.5; // seconds for the last notes to ring out

/**
 * @param {import('../music/song.js').Song} song
 * @param {object} options
 * @param {number} options.qpm
 * @param {(part: object) => {heard: boolean, program: number, volume: number}} options.mix
 * @param {import('./sounds.js').Sounds} options.sounds
 * @param {Uint8Array} options.midi the same song as a file
 * @returns {Promise<AudioBuffer>} stereo
 */
export function renderSong(song, {qpm, mix, sounds, midi}) {
  const stepSeconds = 60 / qpm / song.format.stepsPerQuarter;
  const seconds = song.bars * song.format.stepsPerMeasure * stepSeconds + TAIL;
  const context = new OfflineAudioContext(2, Math.ceil(seconds * SAMPLE_RATE), SAMPLE_RATE);
  const sendNotes = (synth) => {
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

/** The bytes of a WAV file, 16 bits a sample. */
export function wavBytes(buffer) {
  const channels = [...Array(buffer.numberOfChannels).keys()].map((i) => buffer.getChannelData(i));
  const frameBytes = 2 * channels.length;
  const dataBytes = buffer.length * frameBytes;
  const view = new DataView(new ArrayBuffer(44 + dataBytes));
  const ascii = (at, text) => [...text].forEach((c, i) => view.setUint8(at + i, c.charCodeAt(0)));
  ascii(0, 'RIFF');
  view.setUint32(4, 36 + dataBytes, true);
  ascii(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels.length, true);
  view.setUint32(24, buffer.sampleRate, true);
  view.setUint32(28, buffer.sampleRate * frameBytes, true);
  view.setUint16(32, frameBytes, true);
  view.setUint16(34, 16, true);
  ascii(36, 'data');
  view.setUint32(40, dataBytes, true);
  let at = 44;
  for (let i = 0; i < buffer.length; i++) {
    for (const samples of channels) {
      const sample = Math.max(-1, Math.min(1, samples[i]));
      view.setInt16(at, Math.round(sample * 32767), true);
      at += 2;
    }
  }
  return new Uint8Array(view.buffer);
}
