/** The page's texts in the current language. */

import {DRUMS} from '../../../../packages/engine/src/music/format.js';
import english from './en.js';

/** @typedef {typeof english} Texts */

/** Code -> the language's own name. @type {Record<string, string>} */
export const LANGUAGES = {en: 'English', de: 'Deutsch'};

const CHOICE_KEY = 'gm-vae-language';

/** Texts in the current language. They change with it: read them in functions, not on import. */
export const texts = {...english};

/** @type {Record<string, () => Promise<Texts>>} */
const SOURCES = {en: async () => english, de: async () => (await import('./de.js')).default};

/** Switches to a language. Rejects if it cannot be fetched. @param {string} code */
export async function speak(code) {
  Object.assign(texts, await SOURCES[code]());
  document.documentElement.lang = code;
}

/** Returns the chosen language, else the browser's first one that the page supports. */
export function ownLanguage() {
  const codes = [chosen(), ...navigator.languages.map((tag) => tag.split('-')[0])];
  return codes.find((code) => code && Object.hasOwn(LANGUAGES, code)) ?? english.code;
}

function chosen() {
  try {
    return localStorage.getItem(CHOICE_KEY);
  } catch {
    return null;
  }
}

/** Switches to a language and stores the choice for later visits. @param {string} code */
export async function chooseLanguage(code) {
  await speak(code);
  try {
    localStorage.setItem(CHOICE_KEY, code);
  } catch {
    // then the choice lasts only until the page is closed
  }
}

/** Formats a number with the language's decimal sign. @param {number} value @param {number} digits of its fraction */
export const decimal = (value, digits) => value.toFixed(digits).replace('.', texts.decimalSign);

/** Returns the name of a program 0..127, or of the drums. @param {number} program */
export const instrumentName = (program) =>
  (program === DRUMS ? texts.drums : texts.instruments[program]);
