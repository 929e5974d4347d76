import {useState} from 'preact/hooks';

import {ATTRIBUTES} from '../../../../packages/engine/src/generated/tables.js';
import {MOST_TENTHS, withAttribute} from '../state/character.js';
import {offIf} from './off.js';

/** @import {Studio} from '../studio/studio.js' */

/** @type {Record<string, string>} */
const SCALES = ATTRIBUTES.scales;

/** @param {number} tenths */
const signed = (tenths) => `${tenths > 0 ? '+' : tenths < 0 ? '−' : ''}${Math.abs(tenths / 10)}`;

/** @param {string} name */
const capital = (name) => name[0].toUpperCase() + name.slice(1);

/**
 * Sliders for what the model has learnt the directions of, for both styles; nothing where it has not.
 * @param {{studio: Studio}} props
 */
export function CharacterPanel({studio}) {
  const {character} = studio.arrangement;
  const {attributes} = studio;
  const [isOpen, setOpen] = useState(false);
  if (!attributes.length) return null;
  const chosen = attributes.filter((name) => character[name])
    .map((name) => `${name} ${signed(character[name])}`);
  return (
    <div class="character">
      <button type="button" class="chip" aria-expanded={isOpen} aria-controls="character"
        title="Denser, higher, with strings: for both styles"
        onClick={() => setOpen(!isOpen)}>Character</button>
      <span class="character-chosen">{chosen.join(', ')}</span>
      <div class="character-sliders" id="character" hidden={!isOpen}>
        {attributes.map((name) => (
          <label class="knob" title={SCALES[name]
            ? `${capital(SCALES[name])}, in standard deviations of real music`
            : `Towards music with ${name}, or without`}>
            <span>{capital(name)} <b>{signed(character[name] ?? 0)}</b></span>
            <input type="range" min={-MOST_TENTHS} max={MOST_TENTHS} value={character[name] ?? 0}
              aria-valuetext={signed(character[name] ?? 0)}
              onInput={(event) => studio.change({
                character: withAttribute(character, name, Number(event.currentTarget.value)),
              }, `character ${name}`)}
              onChange={() => studio.settle()} />
          </label>
        ))}
        <button type="button" class="button"
          {...offIf(!chosen.length, () => studio.change({character: {}}))}>Reset character</button>
      </div>
    </div>
  );
}
