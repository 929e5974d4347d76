import {useState} from 'preact/hooks';

import {chordSymbol, nearestChordId} from '../music/chords.js';
import {chordsText, parseChords, readChordLine} from '../state/progression.js';
import {reason} from '../studio/errors.js';

/** @import {Studio} from '../studio/studio.js' */

const EXAMPLES = [
  ['Four chords', 'C G Am F'],
  ['Doo-wop', 'C Am F G'],
  ['Canon', 'D A Bm F#m G D G A'],
  ['Blues', 'C C C C F F C C G F C G'],
  ['Turnaround', 'Dm7 G7 Cmaj7 A7'],
  ['Andalusian', 'Am G F E'],
  ['Sad song', 'Am F C G Dm Am E E'],
  ['Borrowed', 'C Eb Bb F C Ab Bb C'],
];

/** The line of chords as text, with examples. @param {{studio: Studio}} props */
export function ChordLine({studio}) {
  const {text, error, setDraft, commit, forget} = useDraft(studio);
  return (
    <div class="chord-line">
      <label class="chord-text">
        <span>Chords</span>
        <input value={text} spellcheck={false} autocapitalize="off" autocomplete="off"
          aria-invalid={Boolean(error)} aria-describedby="chord-error"
          onInput={(event) => setDraft(event.currentTarget.value)} onBlur={commit}
          onKeyDown={(event) => {
            if (event.key === 'Enter') commit();
            if (event.key === 'Escape') forget();
          }} />
      </label>
      <select class="select" aria-label="Example progressions" value=""
        onChange={(event) => {
          forget();
          studio.setChords(parseChords(event.currentTarget.value));
          event.currentTarget.value = '';
        }}>
        <option value="" disabled>Examples</option>
        {EXAMPLES.map(([name, line]) => <option value={line}>{name}: {line}</option>)}
      </select>
      <p id="chord-error" class="field-error" role="alert">{error}</p>
    </div>
  );
}

/** What is being typed, and what is wrong with it. @param {Studio} studio */
function useDraft(studio) {
  const text = chordsText(studio.arrangement.chords);
  const [draft, setDraft] = useState(/** @type {?string} */ (null));
  const [error, setError] = useState('');
  const forget = () => {
    setDraft(null);
    setError('');
  };
  const commit = () => {
    if (draft === null) return;
    try {
      const {chords, folded} = readChordLine(draft);
      if (!chords.length) throw new Error('Type a chord or more, such as C Am F G.');
      forget();
      if (chordsText(chords) !== text) studio.setChords(chords);
      if (folded.length) studio.say(foldedText(folded));
    } catch (problem) {
      setError(reason(problem));
    }
  };
  return {text: draft ?? text, error, setDraft, commit, forget};
}

/** @param {string[]} symbols chords without a triad */
const foldedText = (symbols) => symbols
  .map((symbol) => `${symbol} has no triad; it is played as ${chordSymbol(nearestChordId(symbol))}.`)
  .join(' ');
