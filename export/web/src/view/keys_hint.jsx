import {texts} from '../texts/texts.js';

/**
 * Explains the keyboard shortcuts, with a switch for single letters: they get in the way of speech
 * input and of accidental key presses.
 * @param {{hasLetters: boolean, setLetters: (are: boolean) => void}} props
 */
export function KeysHint({hasLetters, setLetters}) {
  return (
    <p class="keys-hint hint">
      {texts.keys.hint}{' '}
      <label>
        <input type="checkbox" checked={hasLetters}
          onChange={(event) => setLetters(event.currentTarget.checked)} />
        {' '}{texts.keys.letters}
      </label>
    </p>
  );
}
