/** Layout of the piano roll. */

/** @import {Song} from '../../../../packages/engine/src/music/song.js' */

export const GUTTER = 40; // px of the scale at the left
const DRUM_LANE = 9;
const LEAST_PITCHES = 25;

/**
 * @typedef {object} RollLayout
 * @property {number} width
 * @property {number} height
 * @property {number} barWidth
 * @property {number} stepWidth
 * @property {number} low the lowest pitch
 * @property {number} high the highest pitch
 * @property {number} semitone height of a pitch
 * @property {Map<number, number>} lanes drum -> y of its middle
 * @property {number} drumTop
 */

/**
 * @param {Song} song
 * @param {number} barWidth
 * @param {number} height
 * @returns {RollLayout}
 */
export function rollLayout(song, barWidth, height) {
  const drums = song.notes.filter(({part}) => song.parts[part].isDrum);
  const lanes = [...new Set(drums.map(({pitch}) => pitch))].sort((a, b) => b - a);
  const {low, high} = pitchRange(song);
  const drumHeight = lanes.length ? lanes.length * DRUM_LANE + 16 : 0;
  return {
    width: GUTTER + barWidth * song.bars,
    height,
    barWidth,
    stepWidth: barWidth / song.format.stepsPerMeasure,
    low,
    high,
    semitone: (height - drumHeight) / (high - low + 1),
    lanes: new Map(lanes.map((pitch, i) => [pitch, height - drumHeight + 10 + i * DRUM_LANE])),
    drumTop: height - drumHeight,
  };
}

/**
 * Returns the song's pitch range with one pitch above and below, at least two octaves.
 * @param {Song} song
 */
function pitchRange({notes, parts}) {
  const pitches = notes.filter(({part}) => !parts[part].isDrum).map(({pitch}) => pitch);
  let low = Math.min(127, ...pitches) - 1;
  let high = Math.max(0, ...pitches) + 1;
  if (low > high) [low, high] = [48, 72];
  const missing = LEAST_PITCHES - (high - low + 1);
  if (missing > 0) [low, high] = [low - Math.floor(missing / 2), high + Math.ceil(missing / 2)];
  return {low, high};
}

/** Returns the upper edge of a pitch. @param {number} pitch @param {RollLayout} layout */
export const pitchTop = (pitch, {high, semitone}) => (high - pitch) * semitone;

/**
 * Returns the step at a distance from the left edge.
 * @param {number} x
 * @param {RollLayout} layout
 * @param {Song} song
 */
export function stepAt(x, {stepWidth}, song) {
  const step = Math.floor((x - GUTTER) / stepWidth);
  return Math.max(0, Math.min(song.bars * song.format.stepsPerMeasure - 1, step));
}

/**
 * Returns the step that a key moves to: the start of the next, this, previous, first or last bar.
 * @param {string} key
 * @param {number} step
 * @param {Song} song
 * @returns {?number} a step, or null for other keys
 */
export function barStep(key, step, {bars, format}) {
  const length = format.stepsPerMeasure;
  const bar = Math.floor(step / length);
  const isAtStart = step - bar * length < length / format.beatsPerBar;
  switch (key) {
    case 'ArrowRight': case 'ArrowUp': return Math.min(bar + 1, bars - 1) * length;
    case 'ArrowLeft': case 'ArrowDown': return Math.max(isAtStart ? bar - 1 : bar, 0) * length;
    case 'Home': return 0;
    case 'End': return (bars - 1) * length;
    default: return null;
  }
}
