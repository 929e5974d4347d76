/** A style that a person chose takes its place. */

import {isHeard} from '../state/blend.js';
import {lettersIn, withStyle} from '../state/song_form.js';
import {texts} from '../texts/texts.js';

/** @import {Style} from '../state/arrangement.js' */
/** @import {Store, Which} from './store.js' */

/**
 * Other instruments: what was chosen for the old ones is void, but what still plays keeps it.
 * @param {Store} store
 * @param {Which} which
 * @param {Style} style
 */
export function chooseStyle(store, which, style) {
  const letter = which.toUpperCase();
  store.change(withStyle(store.arrangement, letter, style));
  const {song, blend} = store.arrangement;
  if (song) {
    if (!lettersIn(song.form).includes(letter)) {
      store.say(texts.song.unheard(letter));
    }
    return;
  }
  if (isHeard(blend, which === 'a' ? 'a' : 'b')) return;
  const other = which === 'a' ? 'B' : 'A';
  store.say(texts.styles.unheard(letter, other));
}
