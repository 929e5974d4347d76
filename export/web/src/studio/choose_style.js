/** Applies a style that the user chose. */

import {isHeard} from '../state/blend.js';
import {CORNERS} from '../state/pad.js';
import {lettersIn, withStyle} from '../state/song_form.js';
import {texts} from '../texts/texts.js';

/** @import {Style} from '../state/arrangement.js' */
/** @import {Store, Which} from './store.js' */

/**
 * Sets a style, and shows a notice if no bar of the piece plays it.
 * @param {Store} store
 * @param {Which} which
 * @param {Style} style
 */
export function chooseStyle(store, which, style) {
  const letter = which.toUpperCase();
  store.change(withStyle(store.arrangement, letter, style));
  const {song, down} = store.arrangement;
  if (song) {
    if (!lettersIn(song.form).includes(letter)) {
      store.say(texts.song.unheard(letter));
    }
    return;
  }
  const corner = CORNERS.find((each) => each === which);
  if (!corner || isHeard(store.arrangement, corner)) return;
  const isOnLine = 'ab'.includes(which) && !down.some(Boolean);
  store.say(isOnLine ? texts.styles.unheard(letter, which === 'a' ? 'B' : 'A')
    : texts.pad.unheard(letter));
}
