/** A text field that takes its text on blur or Enter; Escape discards the draft. */

import {useRef, useState} from 'preact/hooks';

import {ChordError} from '../../../../packages/engine/src/music/chord_spelling.js';
import {placeOf} from '../state/progression.js';
import {reason} from '../studio/errors.js';

/** @import {JSX} from 'preact' */

/**
 * The typed text; taken: the resulting text, if only a part could be taken.
 * @typedef {{typed: string, taken?: string}} Typed
 *
 * The text that was taken, and a message about the rest.
 * @typedef {{taken: string, problem: string}} Rest
 *
 * @typedef {ReturnType<typeof useDraft>} Draft
 */

/**
 * Returns the draft of a field and its error. A draft of which only a part was taken stays until
 * the text changes elsewhere.
 * @param {string} text the current text
 * @param {(typed: string) => Rest | void} take called with the typed text; throws if it is invalid
 */
export function useDraft(text, take) {
  const input = useRef(/** @type {?HTMLInputElement} */ (null));
  const [state, setState] = useState(/** @type {?Typed} */ (null));
  const [problem, setProblem] = useState('');
  const isPast = state?.taken !== undefined && state.taken !== text;
  const draft = isPast ? null : state;
  const forget = () => {
    setState(null);
    setProblem('');
  };
  const mark = (/** @type {string} */ symbol) => {
    const at = draft && symbol ? placeOf(symbol, draft.typed) : -1;
    if (at >= 0) input.current?.setSelectionRange(at, at + symbol.length);
  };
  const commit = () => {
    if (!draft || draft.taken !== undefined) return;
    try {
      const rest = take(draft.typed);
      forget();
      if (!rest) return;
      setState({...draft, taken: rest.taken});
      setProblem(rest.problem);
    } catch (error) {
      setProblem(reason(error));
      if (error instanceof ChordError) mark(error.symbol);
    }
  };
  return {
    input,
    text: draft?.typed ?? text,
    error: isPast ? '' : problem,
    setTyped: (/** @type {string} */ typed) => setState({typed}),
    commit,
    forget,
  };
}

/** @typedef {JSX.InputHTMLAttributes & {'draft': Draft, 'aria-describedby': string}} Field described by its error */

/** A text field bound to a draft. @param {Field} props */
export const TextField = ({draft, ...attributes}) => (
  <input class="text-field" ref={draft.input} value={draft.text} spellcheck={false} autocapitalize="off"
    autocomplete="off" aria-invalid={Boolean(draft.error)}
    onInput={(event) => draft.setTyped(event.currentTarget.value)} onBlur={draft.commit}
    onKeyDown={(event) => {
      if (event.key === 'Enter') draft.commit();
      if (event.key === 'Escape') draft.forget();
    }} {...attributes} />
);

/** A field with its name before it. @param {Field & {label: string}} props */
export const NamedField = ({label, title, ...field}) => (
  <label class="named-field" title={title}>
    <span>{label}</span>
    <TextField {...field} />
  </label>
);

/** The error message of a draft. @param {{id: string, draft: Draft}} props */
export const FieldError = ({id, draft}) =>
  <p id={id} class="field-error" role="alert">{draft.error}</p>;
