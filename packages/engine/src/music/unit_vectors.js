/** Scales a vector to length 1; zeros are unchanged. @param {Float64Array} vector */
export function unit(vector) {
  const norm = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
  return norm ? vector.map((x) => x / norm) : vector;
}
