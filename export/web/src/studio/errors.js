import {texts} from '../texts/texts.js';

/** The message of an error. @param {unknown} error */
export const reason = (error) =>
  texts.ofEngine(error instanceof Error ? error.message : String(error));
