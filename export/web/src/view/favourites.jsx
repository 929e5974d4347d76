import {useLayoutEffect, useRef} from 'preact/hooks';

import {styleLetters} from '../state/pad.js';
import {styleText} from '../state/style_text.js';
import {texts} from '../texts/texts.js';
import {Glyph} from './glyph.jsx';
import {Icon} from './icons.jsx';

/** @import {Style} from '../state/arrangement.js' */
/** @import {Studio} from '../studio/studio.js' */

/** The favourite styles, in a row that scrolls. @param {{studio: Studio}} props */
export function Favourites({studio}) {
  const {favourites} = studio;
  const list = useEndOf(favourites.length);
  if (!favourites.length) return null;
  return (
    <ul class="favourites" aria-label={texts.favourites.label} ref={list}>
      {favourites.map(({name, style}, i) => (
        <li class="favourite" key={styleText(style)}>
          <Glyph point={studio.point(style)} colour="var(--ink-soft)" size={22} />
          <input class="favourite-name" value={name} aria-label={texts.favourites.name(i + 1)}
            maxLength={60} size={Math.max(name.length, 6)}
            onChange={(event) => studio.rename(style, event.currentTarget.value || name)} />
          {styleLetters(studio.arrangement).map((which) => (
            <button type="button" class={`dot dot-${which}`}
              aria-label={texts.favourites.as(name, which.toUpperCase())}
              title={texts.favourites.use(which.toUpperCase())}
              onClick={() => studio.setStyle(which, named(style, name))}>
              {which.toUpperCase()}</button>
          ))}
          <button type="button" class="tool small" aria-label={texts.favourites.forget(name)}
            onClick={({currentTarget}) => {
              heirOf(currentTarget)?.focus();
              studio.forget(style);
            }}><Icon name="close" /></button>
        </li>
      ))}
    </ul>
  );
}

/** Scrolls a list to its end when it has grown. @param {number} length */
function useEndOf(length) {
  const list = useRef(/** @type {?HTMLUListElement} */ (null));
  const shown = useRef(length);
  useLayoutEffect(() => {
    if (length > shown.current) list.current?.scrollTo({left: list.current.scrollWidth});
    shown.current = length;
  }, [length]);
  return list;
}

/** @param {Style} style @param {string} name @returns {Style} */
const named = (style, name) => (style.point === undefined ? style : {...style, name});

/**
 * Returns the button to focus after a favourite is removed: the next or previous favourite's same
 * button, or a style's.
 * @param {HTMLElement} button
 * @returns {?HTMLElement | undefined}
 */
function heirOf(button) {
  const item = button.closest('.favourite');
  const heir = item?.nextElementSibling ?? item?.previousElementSibling ?? button.closest('.styles');
  return heir?.querySelector('.tool');
}
