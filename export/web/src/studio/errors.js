import {texts} from '../texts/texts.js';

/** What went wrong, in words. @param {unknown} error */
export const reason = (error) =>
  texts.ofEngine(error instanceof Error ? error.message : String(error));
