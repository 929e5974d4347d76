const LOUDEST = 10 ** (-1 / 20); // of full scale: 1 dB below, since converters overshoot between samples

/**
 * Returns a WAV file with 16 bits per sample, attenuated as a whole if its peak exceeds `LOUDEST`.
 * @param {AudioBuffer} buffer
 */
export function wavBytes(buffer) {
  const channels = [...Array(buffer.numberOfChannels).keys()].map((i) => buffer.getChannelData(i));
  const peak = channels.reduce((most, samples) =>
    samples.reduce((max, sample) => Math.max(max, Math.abs(sample)), most), 0);
  const gain = peak > LOUDEST ? LOUDEST / peak : 1;
  const frameBytes = 2 * channels.length;
  const dataBytes = buffer.length * frameBytes;
  const view = new DataView(new ArrayBuffer(44 + dataBytes));
  const ascii = (/** @type {number} */ at, /** @type {string} */ text) =>
    [...text].forEach((c, i) => view.setUint8(at + i, c.charCodeAt(0)));
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
      view.setInt16(at, Math.round(gain * samples[i] * 32767), true);
      at += 2;
    }
  }
  return new Uint8Array(view.buffer);
}
