/** Draws a style as a closed curve shaped by its point, so that similar styles look alike. */

import {useMemo} from 'preact/hooks';

const WAVES = 7; // with 2 to 8 bends
const SAMPLES = 96;

/** @param {{point: Float32Array, colour: string, size?: number}} props */
export function Glyph({point, colour, size = 44}) {
  const outlines = useMemo(
    () => [outline(point, 47, 0), outline(point, 35, 14), outline(point, 21, 28)], [point]);
  return (
    <svg class="glyph" width={size} height={size} viewBox="-50 -50 100 100" aria-hidden="true">
      <path d={outlines[0]} fill={colour} opacity="0.22" />
      <path d={outlines[1]} fill={colour} opacity="0.45" />
      <path d={outlines[2]} fill={colour} />
    </svg>
  );
}

/**
 * A curve around the centre: its radius is a sum of waves, weighted by the point's numbers.
 * @param {Float32Array} point
 * @param {number} radius
 * @param {number} from index of the first number
 */
function outline(point, radius, from) {
  const number = (/** @type {number} */ i) => point[(from + i) % point.length];
  const points = [];
  for (let i = 0; i < SAMPLES; i++) {
    const angle = (2 * Math.PI * i) / SAMPLES;
    let wave = 0;
    for (let k = 0; k < WAVES; k++) {
      const bends = 2 + k;
      const strength = 0.9 / (1 + 0.45 * k);
      wave += strength * number(2 * k) * Math.cos(bends * angle);
      wave += strength * number(2 * k + 1) * Math.sin(bends * angle);
    }
    const r = radius * (0.76 + 0.24 * Math.tanh(wave / 2));
    points.push(`${(r * Math.cos(angle)).toFixed(1)} ${(r * Math.sin(angle)).toFixed(1)}`);
  }
  return `M${points.join('L')}Z`;
}
