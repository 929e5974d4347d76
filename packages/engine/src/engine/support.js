/** Whether a browser, or Node, can run the engine. */

// a minimal module that uses SIMD: a function that returns a zero vector
const VECTOR_MODULE = Uint8Array.from([
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, // header
  1, 5, 1, 0x60, 0, 1, 0x7b, // a type: () -> v128
  3, 2, 1, 0, // a function of that type
  10, 22, 1, 20, 0, 0xfd, 12, ...Array(16).fill(0), 0x0b, // its code: v128.const 0
]);
const REMEDY = 'use a newer browser, such as Chrome 111, Firefox 113 or Safari 16.4';

/** Returns a message about a missing browser feature, with a remedy; '' if all are supported. */
export function lacking() {
  if (typeof Worker === 'undefined') return `This browser has no workers; ${REMEDY}.`;
  return lackingForNumbers();
}

/** Throws if WebAssembly or its SIMD instructions are missing. @throws {Error} */
export function requireVectors() {
  const sentence = lackingForNumbers();
  if (sentence) throw new Error(sentence);
}

function lackingForNumbers() {
  if (typeof WebAssembly === 'undefined') {
    return `There is no WebAssembly, or a setting turns it off; allow it, or ${REMEDY}.`;
  }
  if (!WebAssembly.validate(VECTOR_MODULE)) {
    return 'This browser or its processor has no vector instructions (WebAssembly SIMD), ' +
      `which the model is computed with; ${REMEDY}, or another machine.`;
  }
  return '';
}
