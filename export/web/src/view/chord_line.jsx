import {useRef, useState} from 'preact/hooks';

import {ChordError} from '../../../../packages/engine/src/music/chord_spelling.js';
import {
  MOST_CHORDS, chordsText, parseChords, placeOf, readChordLine, tooLong, triadNote,
} from '../state/progression.js';
import {reason} from '../studio/errors.js';
import {texts} from '../texts/texts.js';

/** @import {ComponentChildren} from 'preact' */
/** @import {Progression} from '../state/progression.js' */
/** @import {Studio} from '../studio/studio.js' */

/**
 * What was typed in the box; taken: the line that was made of it, if it had more bars than are taken.
 * @typedef {{typed: string, taken?: string}} Draft
 */

const EXAMPLES = /** @type {const} */ ([
  ['four', 'C G Am F'],
  ['doowop', 'C Am F G'],
  ['canon', 'D A Bm F#m G D G A'],
  ['blues', 'C C C C F F C C G F C G'],
  ['turnaround', 'Dm7 G7 Cmaj7 A7'],
  ['andalusian', 'Am G F E'],
  ['sad', 'Am F C G Dm Am E E'],
  ['borrowed', 'C Eb Bb F C Ab Bb C'],
]);
const help = () => {
  const {bars, halves, lines, any, lower, none} = texts.chords.writing;
  return [
    ['C Am F G', bars(MOST_CHORDS)],
    ['C|G Am|F|G|E', halves],
    ['| C | Am F | % |', lines],
    ['Cmaj7 F#m7b5 C/E Gsus4', any],
    ['am f c g', lower],
    ['N.C.', none],
  ];
};

/**
 * The line of chords as text, with examples, help, and what else stands there.
 * @param {{studio: Studio, children: ComponentChildren}} props
 */
export function ChordLine({studio, children}) {
  const input = useRef(/** @type {?HTMLInputElement} */ (null));
  const {text, error, setTyped, commit, forget} = useDraft(
    chordsText(studio.arrangement.chords), (chords) => studio.setChords(chords), input);
  const [hasHelp, setHelp] = useState(false);
  const {chords, voice} = studio.arrangement;
  const note = triadNote(chords, voice);
  return (
    <div class="chord-line">
      <label class="chord-text">
        <span>{texts.chords.label}</span>
        <input ref={input} value={text} spellcheck={false} autocapitalize="off" autocomplete="off"
          aria-invalid={Boolean(error)} aria-describedby="chord-error chord-note"
          onInput={(event) => setTyped(event.currentTarget.value)} onBlur={commit}
          onKeyDown={(event) => {
            if (event.key === 'Enter') commit();
            if (event.key === 'Escape') forget();
          }} />
      </label>
      <button type="button" class="chip" aria-expanded={hasHelp} aria-controls="chord-help"
        aria-label={texts.chords.help} title={texts.chords.help}
        onClick={() => setHelp(!hasHelp)}>?</button>
      {studio.sounds.hasMidi && (
        <button type="button" class="chip midi-keys" aria-pressed={studio.keyboard.isOn}
          title={texts.chords.keyboardMore}
          onClick={() => studio.toggleKeyboard()}>{texts.chords.keyboard}</button>
      )}
      <select class="select" aria-label={texts.chords.examplesLabel} value=""
        onChange={(event) => {
          forget();
          studio.setChords(parseChords(event.currentTarget.value));
          event.currentTarget.value = '';
        }}>
        <option value="" disabled>{texts.chords.examplesFirst}</option>
        {EXAMPLES.map(([name, line]) => (
          <option value={line}>{texts.chords.examples[name]}: {line}</option>
        ))}
      </select>
      {children}
      <p id="chord-error" class="field-error" role="alert">{error}</p>
      <div class="chord-note" hidden={!note}>
        <p id="chord-note" role="status">{note}</p>
        <button type="button" class="chip" aria-pressed={voice}
          title={texts.chords.voiceMore}
          onClick={() => studio.change({voice: !voice})}>{texts.chords.voice}</button>
      </div>
      <dl id="chord-help" class="chord-help" hidden={!hasHelp}>
        {help().map(([line, meaning]) => <div><dt>{line}</dt><dd>{meaning}</dd></div>)}
      </dl>
    </div>
  );
}

/**
 * What is being typed, and what is wrong with it. A line of too many bars stays until the chords
 * change elsewhere.
 * @param {string} text of the chords as they are
 * @param {(chords: Progression) => void} take called with those that were typed
 * @param {{current: ?HTMLInputElement}} input
 * @param {boolean} mayBeEmpty
 */
export function useDraft(text, take, input, mayBeEmpty = false) {
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
      if (!chords.length && !mayBeEmpty) throw new Error(texts.chords.empty);
      forget();
      const taken = chordsText(chords);
      if (bars > chords.length) {
        setDraft({...draft, taken});
        setProblem(tooLong(bars));
      }
      if (taken !== text) take(chords);
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
