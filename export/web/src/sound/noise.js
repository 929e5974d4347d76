/** The noises that oscillators cannot make: of drums and cymbals, and of a room. */

const SECONDS = 0.5; // of each, which are repeated
const RINGS = 64; // pairs of sines that a cymbal is made of
const LOWEST = 440; // waves of a sine in a noise's length
const ECHO_DECAY = 3;

/** As many samples as a noise has. @param {BaseAudioContext} context */
const lengthIn = ({sampleRate}) => Math.floor(sampleRate * SECONDS);

/**
 * A buffer with samples in each channel.
 * @param {BaseAudioContext} context
 * @param {number} channels
 * @param {(samples: Float32Array) => void} fill
 */
function filled(context, channels, fill) {
  const buffer = context.createBuffer(channels, lengthIn(context), context.sampleRate);
  for (let channel = 0; channel < channels; channel++) fill(buffer.getChannelData(channel));
  return buffer;
}

/** The echo of a room, stereo: fewer and fewer, fainter and fainter. @param {BaseAudioContext} context */
export const roomEcho = (context) => filled(context, 2, (samples) => {
  for (let i = 0; i < samples.length; i++) {
    const share = i / samples.length;
    if (Math.random() > share) samples[i] = Math.exp(-ECHO_DECAY * share) * (Math.random() - 0.5) / 2;
  }
});

/** All frequencies alike. @param {BaseAudioContext} context */
export const whiteNoise = (context) => filled(context, 1, (samples) => {
  for (let i = 0; i < samples.length; i++) samples[i] = 2 * Math.random() - 1;
});

/** Rings of two sines' product each, as metal rings. @param {BaseAudioContext} context */
export const metalNoise = (context) => filled(context, 1, (samples) => {
  const {length} = samples;
  const frequency = () => (2 * Math.PI * LOWEST * (1 + 10 * Math.random())) / length;
  for (let ring = 0; ring < RINGS; ring++) {
    const [a, b] = [frequency(), frequency()];
    // sin a sin b is half of cos (a - b) less cos (a + b)
    addCosine(samples, a - b, 1 / 16);
    addCosine(samples, a + b, -1 / 16);
  }
});

/**
 * Adds size * cos(step * i) to each sample; each cosine follows from the two before it, which is many
 * times as fast as `Math.cos`.
 * @param {Float32Array} samples
 * @param {number} step
 * @param {number} size
 */
export function addCosine(samples, step, size) {
  const twice = 2 * Math.cos(step);
  let before = size * Math.cos(step);
  let now = size;
  for (let i = 0; i < samples.length; i++) {
    samples[i] += now;
    const next = twice * now - before;
    before = now;
    now = next;
  }
}
