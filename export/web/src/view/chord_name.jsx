import {NO_CHORD_SYMBOL} from '../../../../packages/engine/src/music/chords.js';

/** @type {Record<string, string>} */
const SIGNS = {'#': '♯', b: '♭', dim: '°', o: '°'};
const LONG = 5; // letters: a longer kind is set smaller

/**
 * A chord symbol in print: a large root, the rest small.
 * @param {{symbol: string}} props
 */
export function ChordName({symbol}) {
  if (symbol === NO_CHORD_SYMBOL) return <span class="chord-name">–</span>;
  const [, letter, accidentals, kind] = /** @type {string[]} */ (/^(.)(#+|b+|x|)(.*)$/.exec(symbol));
  return (
    <span class={`chord-name ${kind.length > LONG ? 'is-long' : ''}`}>
      {letter}
      <sup>{inPrint(accidentals)}</sup>
      <small>{inPrint(kind)}</small>
    </span>
  );
}

/** Replaces accidentals, "dim" and "o" by signs, as in "b5" or after a slash. @param {string} text */
const inPrint = (text) => text.replace(/#|b(?=[b\d]|$)|dim|^o(?=\d|$)/g, (sign) => SIGNS[sign]);
