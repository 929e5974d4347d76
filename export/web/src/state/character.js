/**
 * Offsets of all styles along the model's attributes: name -> tenths of a step, without zeros. A
 * step of an attribute such as density is a standard deviation of real music.
 * @typedef {Record<string, number>} Character
 */

export const MOST_TENTHS = 20;

/** @param {Character} character @returns {[name: string, steps: number][]} */
export const stepsOf = (character) =>
  Object.entries(character).map(([name, tenths]) => [name, tenths / 10]);

/**
 * Returns the character with an attribute changed.
 * @param {Character} character
 * @param {string} name
 * @param {number} tenths
 * @returns {Character}
 */
export function withAttribute(character, name, tenths) {
  const {[name]: _, ...others} = character;
  return tenths ? {...others, [name]: tenths} : others;
}

/** "density5.pitch-10", as in links. @param {Character} character */
export const characterText = (character) =>
  Object.entries(character).map(([name, tenths]) => `${name}${tenths}`).join('.');

/** @param {string} text @returns {Character} */
export function readCharacter(text) {
  /** @type {Character} */
  const character = {};
  for (const [, name, number] of text.matchAll(/(?:^|\.)([a-z]{1,20})(-?\d{1,2})(?=\.|$)/g)) {
    const tenths = Math.max(-MOST_TENTHS, Math.min(MOST_TENTHS, Number(number)));
    if (tenths) character[name] = tenths;
  }
  return character;
}
