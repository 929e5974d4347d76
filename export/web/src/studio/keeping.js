/** Locks bars and parts, and edits notes; edited notes are locked. */

import {keptText} from '../state/kept_text.js';
import {
  NOTHING_KEPT, barShare, hasKept, partShare, withBar, withEdit, withPartKept, withoutBar, withoutCell,
  withoutPart,
} from '../state/kept.js';
import {texts} from '../texts/texts.js';
import {keepNotes} from './keep_notes.js';

/** @import {Kept, PlacedNote} from '../state/kept.js' */
/** @import {Composition} from './composition.js' */
/** @import {Store} from './store.js' */

export class Keeping {
  /** @param {Store} store @param {Composition} composition */
  constructor(store, composition) {
    this._store = store;
    this._composition = composition;
    this._isTold = false; // whether the notice that links omit notes was shown
  }

  /** Locks or unlocks a bar. @param {number} bar its index */
  toggleBar(bar) {
    this._edit((kept, song) => {
      if (barShare(kept, bar, song.bars) === 'all') return withoutBar(kept, bar, song.bars);
      return bar < song.bars ? withBar(kept, song, bar) : kept; // a new bar may not be composed yet
    });
  }

  /** Locks or unlocks a part. @param {string} key */
  togglePart(key) {
    this._edit((kept, song) => (partShare(kept, key, song.bars) === 'all'
      ? withoutPart(kept, key) : withPartKept(kept, song, key)));
  }

  releaseAll() {
    if (hasKept(this._store.arrangement.kept)) this._store.change({kept: NOTHING_KEPT});
  }

  /** Unlocks a part in a bar. @param {number} bar its index @param {string} key */
  releaseCell(bar, key) {
    this._edit((kept) => withoutCell(kept, bar, key));
  }

  /**
   * Replaces a note by another; either may be absent.
   * @param {?PlacedNote} removed
   * @param {?PlacedNote} added
   * @param {?string} kind see `History`
   */
  edit(removed, added, kind = null) {
    this._edit((kept, song) => withEdit(kept, song, removed, added), kind);
  }

  /**
   * @param {(kept: Kept, song: import('../../../../packages/engine/src/music/song.js').Song) => Kept} change
   * @param {?string} kind
   */
  _edit(change, kind = null) {
    const {song, arrangement} = this._store;
    if (!song) return;
    const kept = change(arrangement.kept, song);
    this._composition.show(keepNotes(song, kept)); // at once, for an edit of the same note
    this._store.change({kept}, kind);
    if (keptText(kept) !== null || this._isTold) return;
    this._isTold = true;
    this._store.say(texts.kept.leftOut);
  }
}
