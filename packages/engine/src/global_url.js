/** The address of the one file for script tags, where modules have `import.meta.url`; see build.mjs. */

const script = globalThis.document?.currentScript;
export const scriptUrl = (script && 'src' in script && script.src) || globalThis.location?.href;
