/**
 * A whole number from text, within bounds; `otherwise` where there is none.
 * @param {string | undefined} text
 * @param {number} least
 * @param {number} most
 * @param {number} otherwise
 */
export function wholeNumber(text, least, most, otherwise) {
  const number = text ? Math.round(Number(text)) : NaN;
  return Number.isFinite(number) ? Math.max(least, Math.min(most, number)) : otherwise;
}
