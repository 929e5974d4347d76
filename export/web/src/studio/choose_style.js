/** A style that a person chose takes its place. */

import {isHeard} from '../state/blend.js';

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
  if (isHeard(store.arrangement, which)) return;
  const letter = which.toUpperCase();
  if (which === 'c' || which === 'd' || store.arrangement.down.some(Boolean)) {
    store.say(`Style ${letter} is chosen, but no bar plays it. ` +
      `To hear it, move the pad towards ${letter}.`);
    return;
  }
  const other = which === 'a' ? 'B' : 'A';
  store.say(`Style ${letter} is chosen, but all bars play style ${other}. ` +
    `To hear it, move the slider towards ${letter}, or choose Morph.`);
}
