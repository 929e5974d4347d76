/** Checks of arguments; the errors name the argument and the values that are allowed. */

/** @param {unknown} value */
const shown = (value) => (typeof value === 'string' ? JSON.stringify(value) : String(value));

/**
 * @param {string} name
 * @param {unknown} value
 * @param {{least?: number, most?: number, isWhole?: boolean}} [range]
 * @returns {number}
 * @throws {Error}
 */
export function number(name, value, {least = 0, most = Infinity, isWhole = false} = {}) {
  if (typeof value === 'number' && Number.isFinite(value) && value >= least && value <= most &&
    (!isWhole || Number.isInteger(value))) return value;
  const range = most < Infinity ? `from ${least} to ${most}` : `from ${least} on`;
  throw new Error(`${name} is ${shown(value)}; give a ${isWhole ? 'whole number' : 'number'} ${range}.`);
}

/**
 * @template Item
 * @param {string} name
 * @param {Item[]} value
 * @returns {Item[]}
 * @throws {Error}
 */
export function list(name, value) {
  if (Array.isArray(value)) return value;
  throw new Error(`${name} are a list, such as [sequence]; got ${shown(value)}.`);
}
