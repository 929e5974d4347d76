/** The page's texts in the language of its reader. */

import {DRUMS} from '../../../../packages/engine/src/music/format.js';
import english from './en.js';

/** @typedef {typeof english} Texts */

/** Code -> the language's own name. @type {Record<string, string>} */
export const LANGUAGES = {en: 'English', de: 'Deutsch'};

const CHOICE_KEY = 'gm-vae-language';

/** In the language that is spoken now; they change, so that only functions may read them. */
export const texts = {...english};

/** @type {Record<string, () => Promise<Texts>>} */
const SOURCES = {en: async () => english, de: async () => (await import('./de.js')).default};

/** Speaks a language from now on. Rejects if it cannot be fetched. @param {string} code */
export async function speak(code) {
  Object.assign(texts, await SOURCES[code]());
  document.documentElement.lang = code;
}

/** The chosen language, else the browser's first one that the page has. */
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

/** Speaks a language, also on later visits. @param {string} code */
export async function chooseLanguage(code) {
  await speak(code);
  try {
    localStorage.setItem(CHOICE_KEY, code);
  } catch {
    // it lasts as long as the page, then
  }
}

/** A number as the language writes it. @param {number} value @param {number} digits of its fraction */
export const decimal = (value, digits) => value.toFixed(digits).replace('.', texts.decimalSign);

/** The name of a program 0..127, or of the drums. @param {number} program */
export const instrumentName = (program) =>
  (program === DRUMS ? texts.drums : texts.instruments[program]);
