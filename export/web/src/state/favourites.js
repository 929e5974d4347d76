/** Styles that a person kept, in this browser. */

import {readStyle, styleText} from './style_text.js';

/** @import {Style} from './arrangement.js' */

/** @typedef {{name: string, style: Style}} Favourite */

const KEY = 'gm-vae-favourites';

/** @param {number} latentSize @returns {Favourite[]} */
export function loadFavourites(latentSize) {
  try {
    /** @type {{name: unknown, style: string}[]} */
    const items = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return items.flatMap(({name, style: text}) => {
      const style = readStyle(text, latentSize);
      return style ? [{name: String(name).slice(0, 80), style}] : [];
    });
  } catch {
    return []; // storage may be blocked, or hold what another page left
  }
}

/** @param {Favourite[]} favourites */
export function saveFavourites(favourites) {
  try {
    const items = favourites.map(({name, style}) => ({name, style: styleText(style)}));
    localStorage.setItem(KEY, JSON.stringify(items));
  } catch {
    // they last as long as the page, then
  }
}
