/** Styles that a person kept, in this browser. */

import {readStyle, styleText} from './link.js';

const KEY = 'gm-vae-favourites';

/** @returns {{name: string, style: import('./arrangement.js').Style}[]} */
export function loadFavourites(latentSize) {
  try {
    const items = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return items
      .map(({name, style}) => ({name: String(name).slice(0, 80), style: readStyle(style, latentSize)}))
      .filter(({style}) => style);
  } catch {
    return []; // storage may be blocked, or hold what another page left
  }
}

export function saveFavourites(favourites) {
  try {
    const items = favourites.map(({name, style}) => ({name, style: styleText(style)}));
    localStorage.setItem(KEY, JSON.stringify(items));
  } catch {
    // they last as long as the page, then
  }
}
