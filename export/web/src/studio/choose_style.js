/** A style that a person chose takes its place. */

import {isHeard} from '../state/blend.js';
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
  store.change({[which]: style});
  if (isHeard(store.arrangement.blend, which)) return;
  const [letter, other] = which === 'a' ? ['A', 'B'] : ['B', 'A'];
  store.say(texts.styles.unheard(letter, other));
}
