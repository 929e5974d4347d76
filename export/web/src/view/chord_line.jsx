import {useState} from 'preact/hooks';

import {
  MOST_CHORDS, chordsText, parseChords, readChordLine, tooLong, triadNote,
} from '../state/progression.js';
import {texts} from '../texts/texts.js';
import {FieldError, NamedField, useDraft} from './text_field.jsx';

/** @import {ComponentChildren} from 'preact' */
/** @import {Progression} from '../state/progression.js' */
/** @import {Studio} from '../studio/studio.js' */

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
 * The chord line as a text field, with examples, help and further controls.
 * @param {{studio: Studio, children: ComponentChildren}} props
 */
export function ChordLine({studio, children}) {
  const {chords, voice} = studio.arrangement;
  const text = chordsText(chords);
  const draft = useDraft(text, takeChords(text, (taken) => studio.setChords(taken)));
  const [hasHelp, setHelp] = useState(false);
  const note = triadNote(chords, voice);
  return (
    <div class="chord-line">
      <NamedField label={texts.chords.label} draft={draft}
        aria-describedby="chord-error chord-note" />
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
          draft.forget();
          studio.setChords(parseChords(event.currentTarget.value));
          event.currentTarget.value = '';
        }}>
        <option value="" disabled>{texts.chords.examplesFirst}</option>
        {EXAMPLES.map(([name, line]) => (
          <option value={line}>{texts.chords.examples[name]}: {line}</option>
        ))}
      </select>
      {children}
      <FieldError id="chord-error" draft={draft} />
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
 * Returns a function that parses a typed chord line and passes it on if it differs.
 * @param {string} text of the current chords
 * @param {(chords: Progression) => void} take called with the new chords
 * @param {boolean} mayBeEmpty
 */
export const takeChords = (text, take, mayBeEmpty = false) => (/** @type {string} */ typed) => {
  const {chords, bars} = readChordLine(typed);
  if (!chords.length && !mayBeEmpty) throw new Error(texts.chords.empty);
  const taken = chordsText(chords);
  if (taken !== text) take(chords);
  return bars > chords.length ? {taken, problem: tooLong(bars)} : undefined;
};
