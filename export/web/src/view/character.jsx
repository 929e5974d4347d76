import {ATTRIBUTES} from '../../../../packages/engine/src/generated/tables.js';
import {MOST_TENTHS, withAttribute} from '../state/character.js';
import {decimal, texts} from '../texts/texts.js';
import {offIf} from './off.js';

/** @import {Studio} from '../studio/studio.js' */

/** @param {number} tenths */
const signed = (tenths) =>
  `${tenths > 0 ? '+' : tenths < 0 ? '−' : ''}${decimal(Math.abs(tenths / 10), tenths % 10 ? 1 : 0)}`;

/**
 * Opens and closes the sliders and shows how many are moved; empty if the model has none.
 * @param {{studio: Studio, isOpen: boolean, toggle: () => void}} props
 */
export function CharacterChip({studio, isOpen, toggle}) {
  const {attributes} = studio;
  if (!attributes.length) return null;
  const {character} = studio.arrangement;
  const moved = Object.keys(character).length;
  return (
    <button type="button" class="chip" aria-expanded={isOpen} aria-controls="character"
      title={texts.character.more} onClick={toggle}>
      {moved ? texts.character.moved(moved) : texts.character.label}</button>
  );
}

/**
 * Sliders for the attributes whose directions the model has learnt; they apply to both styles.
 * @param {{studio: Studio, isOpen: boolean}} props
 */
export function CharacterSliders({studio, isOpen}) {
  const {character} = studio.arrangement;
  return (
    <div class="character" id="character" hidden={!isOpen}>
      {studio.attributes.map((name) => (
        <label class="knob" title={Object.hasOwn(ATTRIBUTES.scales, name)
          ? texts.character.scale(name) : texts.character.presence(name)}>
          <span>{texts.character.name(name)} <b>{signed(character[name] ?? 0)}</b></span>
          <input type="range" min={-MOST_TENTHS} max={MOST_TENTHS} value={character[name] ?? 0}
            aria-valuetext={signed(character[name] ?? 0)}
            onInput={(event) => studio.change({
              character: withAttribute(character, name, Number(event.currentTarget.value)),
            }, `character ${name}`)}
            onChange={() => studio.settle()} />
        </label>
      ))}
      <button type="button" class="button"
        {...offIf(!Object.keys(character).length, () => studio.change({character: {}}))}>
        {texts.character.reset}</button>
    </div>
  );
}
