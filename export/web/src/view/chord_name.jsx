import {ROOTS, qualityOf, rootOf} from '../music/chords.js';

const KINDS = ['', 'm', '+', '°']; // of qualities
/** @type {Record<string, string>} */
const ACCIDENTALS = {'#': '♯', b: '♭'};

/** A chord symbol in print: the root large, the kind small. @param {{id: number}} props */
export function ChordName({id}) {
  const [root, quality] = [rootOf(id), qualityOf(id)];
  if (root === null || quality === null) return <span class="chord-name">–</span>;
  const [letter, accidental] = ROOTS[root];
  return (
    <span class="chord-name">
      {letter}
      <sup>{ACCIDENTALS[accidental] ?? ''}</sup>
      <small>{KINDS[quality]}</small>
    </span>
  );
}
