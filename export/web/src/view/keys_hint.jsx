/**
 * What keys do, with a switch for the letters: whoever speaks to the computer, or hits keys by
 * chance, needs them off.
 * @param {{hasLetters: boolean, setLetters: (are: boolean) => void}} props
 */
export function KeysHint({hasLetters, setLetters}) {
  return (
    <p class="keys-hint hint">
      Space plays and pauses, Home goes back to the beginning.{' '}
      <label>
        <input type="checkbox" checked={hasLetters}
          onChange={(event) => setLetters(event.currentTarget.checked)} />
        {' '}R rolls again, N surprises
      </label>
    </p>
  );
}
