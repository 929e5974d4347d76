import {useRef, useState} from 'preact/hooks';

import {ChordError} from '../../../../packages/engine/src/music/chord_spelling.js';
import {
  MOST_CHORDS, chordsText, parseChords, placeOf, readChordLine, tooLong, triadNote,
} from '../state/progression.js';
import {reason} from '../studio/errors.js';

/** @import {ComponentChildren} from 'preact' */
/** @import {Studio} from '../studio/studio.js' */

/**
 * What was typed in the box; taken: the line that was made of it, if it had more bars than are taken.
 * @typedef {{typed: string, taken?: string}} Draft
 */

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
const HELP = [
  ['C Am F G', `a chord a bar, up to ${MOST_CHORDS}; commas and dashes are as good as spaces`],
  ['C|G Am|F|G|E', 'two or four chords in a bar, without spaces'],
  ['| C | Am F | % |', 'bar lines: % repeats a bar, |: C | F :| x3 a section, / holds a beat'],
  ['Cmaj7 F#m7b5 C/E Gsus4', 'any chord; the model hears its triad, and notes then move to the rest'],
  ['am f c g', 'lower-case roots mean the same: am is Am, c is C'],
  ['N.C.', 'no chord'],
];

/**
 * The line of chords as text, with examples, help, and what else stands there.
 * @param {{studio: Studio, children: ComponentChildren}} props
 */
export function ChordLine({studio, children}) {
  const input = useRef(/** @type {?HTMLInputElement} */ (null));
  const {text, error, setTyped, commit, forget} = useDraft(studio, input);
  const [hasHelp, setHelp] = useState(false);
  const {chords, voice} = studio.arrangement;
  const note = triadNote(chords, voice);
  return (
    <div class="chord-line">
      <label class="chord-text">
        <span>Chords</span>
        <input ref={input} value={text} spellcheck={false} autocapitalize="off" autocomplete="off"
          aria-invalid={Boolean(error)} aria-describedby="chord-error chord-note"
          onInput={(event) => setTyped(event.currentTarget.value)} onBlur={commit}
          onKeyDown={(event) => {
            if (event.key === 'Enter') commit();
            if (event.key === 'Escape') forget();
          }} />
      </label>
      <button type="button" class="chip" aria-expanded={hasHelp} aria-controls="chord-help"
        aria-label="How chords are written" title="How chords are written"
        onClick={() => setHelp(!hasHelp)}>?</button>
      {studio.sounds.hasMidi && (
        <button type="button" class="chip midi-keys" aria-pressed={studio.keyboard.isOn}
          title="Chords that you hold on a MIDI keyboard: the next bar takes them"
          onClick={() => studio.toggleKeyboard()}>MIDI keys</button>
      )}
      <select class="select" aria-label="Example progressions" value=""
        onChange={(event) => {
          forget();
          studio.setChords(parseChords(event.currentTarget.value));
          event.currentTarget.value = '';
        }}>
        <option value="" disabled>Examples</option>
        {EXAMPLES.map(([name, line]) => <option value={line}>{name}: {line}</option>)}
      </select>
      {children}
      <p id="chord-error" class="field-error" role="alert">{error}</p>
      <div class="chord-note" hidden={!note}>
        <p id="chord-note" role="status">{note}</p>
        <button type="button" class="chip" aria-pressed={voice}
          title="Move notes to the sevenths, suspensions and basses that were typed"
          onClick={() => studio.change({voice: !voice})}>Voice them</button>
      </div>
      <dl id="chord-help" class="chord-help" hidden={!hasHelp}>
        {HELP.map(([line, meaning]) => <div><dt>{line}</dt><dd>{meaning}</dd></div>)}
      </dl>
    </div>
  );
}

/**
 * What is being typed, and what is wrong with it. A line of too many bars stays until the chords
 * change elsewhere.
 * @param {Studio} studio
 * @param {{current: ?HTMLInputElement}} input
 */
function useDraft(studio, input) {
  const text = chordsText(studio.arrangement.chords);
  const [state, setDraft] = useState(/** @type {?Draft} */ (null));
  const [problem, setProblem] = useState('');
  const isPast = state?.taken !== undefined && state.taken !== text;
  const draft = isPast ? null : state;
  const forget = () => {
    setDraft(null);
    setProblem('');
  };
  const commit = () => {
    if (!draft || draft.taken !== undefined) return;
    try {
      const {chords, bars} = readChordLine(draft.typed);
      if (!chords.length) throw new Error('Type a chord or more, such as C Am F G.');
      forget();
      const taken = chordsText(chords);
      if (bars > chords.length) {
        setDraft({...draft, taken});
        setProblem(tooLong(bars));
      }
      if (taken !== text) studio.setChords(chords);
    } catch (error) {
      setProblem(reason(error));
      if (error instanceof ChordError) mark(error.symbol);
    }
  };
  const mark = (/** @type {string} */ symbol) => {
    const at = draft && symbol ? placeOf(symbol, draft.typed) : -1;
    if (at >= 0) input.current?.setSelectionRange(at, at + symbol.length);
  };
  return {
    text: draft?.typed ?? text,
    error: isPast ? '' : problem,
    setTyped: (/** @type {string} */ typed) => setDraft({typed}),
    commit,
    forget,
  };
}
