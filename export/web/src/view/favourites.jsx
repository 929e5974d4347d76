import {Glyph} from './glyph.jsx';
import {Icon} from './icons.jsx';

/** @import {Style} from '../state/arrangement.js' */
/** @import {Favourite} from '../state/favourites.js' */
/** @import {Studio} from '../studio/studio.js' */

const WHICH = /** @type {const} */ (['a', 'b']);

/** Styles that a person kept. @param {{studio: Studio}} props */
export function Favourites({studio}) {
  const {favourites} = studio;
  if (!favourites.length) return null;
  const update = (/** @type {number} */ index, /** @type {?Favourite} */ item) =>
    studio.setFavourites(favourites.flatMap((old, i) => (i === index ? item ?? [] : old)));
  return (
    <ul class="favourites" aria-label="Favourites">
      {favourites.map(({name, style}, i) => (
        <li class="favourite" key={i}>
          <Glyph point={studio.point(style)} colour="var(--ink-soft)" size={22} />
          <input class="favourite-name" value={name} aria-label={`Name of favourite ${i + 1}`}
            maxLength={60} size={Math.max(name.length, 6)}
            onChange={(event) => update(i, {name: event.currentTarget.value || name, style})} />
          {WHICH.map((which) => (
            <button type="button" class={`dot dot-${which}`}
              aria-label={`${name} as style ${which.toUpperCase()}`}
              title={`Use as style ${which.toUpperCase()}`}
              onClick={() => studio.setStyle(which, named(style, name))}>
              {which.toUpperCase()}</button>
          ))}
          <button type="button" class="tool small" aria-label={`Forget ${name}`}
            onClick={({currentTarget}) => {
              heirOf(currentTarget)?.focus();
              update(i, null);
            }}><Icon name="close" /></button>
        </li>
      ))}
    </ul>
  );
}

/** @param {Style} style @param {string} name @returns {Style} */
const named = (style, name) => (style.point === undefined ? style : {...style, name});

/**
 * What has the focus after a favourite is forgotten: the button of the next one, which takes this
 * one's place, of the one before, or of a style.
 * @param {HTMLElement} button
 * @returns {?HTMLElement | undefined}
 */
function heirOf(button) {
  const item = button.closest('.favourite');
  if (item?.nextElementSibling) return button;
  return (item?.previousElementSibling ?? button.closest('.styles'))?.querySelector('.tool');
}
