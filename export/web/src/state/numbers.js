/**
 * Parses a whole number and clamps it; returns `otherwise` if the text is not a number.
 * @param {string | undefined} text
 * @param {number} least
 * @param {number} most
 * @param {number} otherwise
 */
export function wholeNumber(text, least, most, otherwise) {
  const number = text ? Math.round(Number(text)) : NaN;
  return Number.isFinite(number) ? Math.max(least, Math.min(most, number)) : otherwise;
}
