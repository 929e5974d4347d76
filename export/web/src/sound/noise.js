/** Noise buffers: for drums, cymbals and reverberation. */

const SECONDS = 0.5; // length of each buffer
const RINGS = 64; // pairs of sines in the cymbals' noise
const LOWEST = 440; // waves of a sine in a noise's length
const ECHO_DECAY = 3;

/** Number of samples of a noise. @param {BaseAudioContext} context */
const lengthIn = ({sampleRate}) => Math.floor(sampleRate * SECONDS);

/**
 * Returns a buffer whose channels are filled with samples.
 * @param {BaseAudioContext} context
 * @param {number} channels
 * @param {(samples: Float32Array) => void} fill
 */
function filled(context, channels, fill) {
  const buffer = context.createBuffer(channels, lengthIn(context), context.sampleRate);
  for (let channel = 0; channel < channels; channel++) fill(buffer.getChannelData(channel));
  return buffer;
}

/** A decaying stereo impulse response of a room. @param {BaseAudioContext} context */
export const roomEcho = (context) => filled(context, 2, (samples) => {
  for (let i = 0; i < samples.length; i++) {
    const share = i / samples.length;
    if (Math.random() > share) samples[i] = Math.exp(-ECHO_DECAY * share) * (Math.random() - 0.5) / 2;
  }
});

/** White noise. @param {BaseAudioContext} context */
export const whiteNoise = (context) => filled(context, 1, (samples) => {
  for (let i = 0; i < samples.length; i++) samples[i] = 2 * Math.random() - 1;
});

/** Metallic noise: a sum of ring-modulated sines. @param {BaseAudioContext} context */
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
 * Adds size * cos(step * i) to each sample. Computes each cosine from the previous two, which is
 * much faster than `Math.cos`.
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
