/** Default names of styles: two words chosen by the seed. */

import {texts} from '../texts/texts.js';
import {nearestCorner} from './pad.js';
import {lettersIn, styleOf} from './song_form.js';

/** @import {Arrangement, Style} from './arrangement.js' */

/** @param {Style} style */
export function styleName(style) {
  if (style.point !== undefined) return style.name;
  const mixed = Math.imul(style.seed + 1, 0x9e3779b1) >>> 0;
  const {first, second, both} = texts.styles.names;
  return both(first[mixed & 31], second[(mixed >>> 5) & 31]);
}

/**
 * Returns the title of an arrangement, from the names of the styles that are heard.
 * @param {Arrangement} arrangement
 */
export function title(arrangement) {
  const {a, b, c, d, blend, down, song} = arrangement;
  if (song) {
    const letters = lettersIn(song.form).slice(0, song.follow ? 1 : 2);
    const [one, other] = letters.map((letter) => styleName(styleOf(arrangement, letter)));
    return other === undefined ? one : texts.song.both(one, other);
  }
  if (down.some(Boolean)) {
    const corners = blend.map((x, bar) => nearestCorner({x, y: down[bar]}));
    const styles = {a, b, c: c ?? a, d: d ?? b};
    return [...new Set(corners)].map((which) => styleName(styles[which]))
      .reduce((one, other) => texts.styles.between(one, other));
  }
  if (blend.every((share) => share === 0)) return styleName(a);
  if (blend.every((share) => share === 100)) return styleName(b);
  return texts.styles.between(styleName(a), styleName(b));
}
