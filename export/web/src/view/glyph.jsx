/** The picture of a style: a closed curve that its point bends, so that near styles look alike. */

const PETALS = 18;
const SAMPLES = 72;

/** @param {{point: Float32Array, colour: string}} props */
export function Glyph({point, colour, size = 44}) {
  return (
    <svg class="glyph" width={size} height={size} viewBox="-50 -50 100 100" aria-hidden="true">
      <path d={outline(point, 44)} fill={colour} opacity="0.28" />
      <path d={outline(point, 30, 5)} fill={colour} opacity="0.55" />
      <path d={outline(point, 17, 11)} fill={colour} />
    </svg>
  );
}

/** A curve around the middle: the radius is a sum of waves with the point's numbers for strengths. */
function outline(point, radius, from = 0) {
  const points = [];
  for (let i = 0; i < SAMPLES; i++) {
    const angle = (2 * Math.PI * i) / SAMPLES;
    let wave = 0;
    for (let k = 0; k < PETALS; k++) {
      const strength = point[(from + k) % point.length] / (2 + k);
      wave += strength * Math.cos((2 + (k >> 1)) * angle + (k % 2) * 1.57);
    }
    const r = radius * (0.8 + 0.2 * Math.tanh(wave));
    points.push(`${(r * Math.cos(angle)).toFixed(1)} ${(r * Math.sin(angle)).toFixed(1)}`);
  }
  return `M${points.join('L')}Z`;
}
