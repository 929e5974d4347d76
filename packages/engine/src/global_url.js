/** The URL of the script-tag bundle, in place of a module's `import.meta.url`; see build.mjs. */

const script = globalThis.document?.currentScript;
export const scriptUrl = (script && 'src' in script && script.src) || globalThis.location?.href;
