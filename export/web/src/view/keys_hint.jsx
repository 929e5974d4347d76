import {texts} from '../texts/texts.js';

/**
 * What keys do, with a switch for the letters: whoever speaks to the computer, or hits keys by
 * chance, needs them off.
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
