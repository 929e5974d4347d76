/** Opened files and favourite styles. */

import {Favourites, isSame} from '../state/favourites.js';
import {packPoint} from '../state/point_text.js';
import {styleName} from '../state/style_names.js';
import {texts} from '../texts/texts.js';
import {chooseStyle} from './choose_style.js';
import {reason} from './errors.js';
import {hasChords, stylesIn, whyNone} from './opened_midi.js';
import {linkIn} from './saved_files.js';
import {MODEL} from './store.js';

/** @import {Engine} from '../../../../packages/engine/src/engine/client.js' */
/** @import {Sounds} from '../sound/sounds.js' */
/** @import {Style} from '../state/arrangement.js' */
/** @import {Store, Which} from './store.js' */

const SOUNDFONT = /\.(sf2|sf3|dls|sfogg)$/i;
const LONGEST_NAME = 80;

export class Library {
  /** @param {Store} store @param {Engine} engine @param {Sounds} sounds */
  constructor(store, engine, sounds) {
    this._store = store;
    this._engine = engine;
    this._sounds = sounds;
    this._opened = 0; // number of opened MIDI files
    /** @type {?Favourites} */
    this._favourites = null;
  }

  /** Opens a MIDI file or a soundfont. @param {File} file */
  async open(file) {
    if (SOUNDFONT.test(file.name)) await this._openSoundfont(file);
    else await this._openMidi(file);
  }

  /** @param {File} file */
  async _openMidi(file) {
    const store = this._store;
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const {bars, qpm, texts, flaws} = await store.whileWorking(() => this._engine.read(bytes));
      const link = linkIn(texts);
      if (!link && !stylesIn(bars) && !hasChords(bars)) throw new Error(whyNone(bars));
      const id = ++this._opened;
      store.midi = {id, name: file.name, bars, flaws, qpm: Math.round(qpm), link};
      store.changed();
    } catch (error) {
      store.say(texts.midi.fault(file.name, reason(error)), true);
    }
  }

  /** @param {File} file */
  async _openSoundfont(file) {
    try {
      const isKept = await this._sounds.useFont(await file.arrayBuffer(), file.name);
      this._store.say((isKept ? texts.fonts.kept : texts.fonts.forNow)(file.name));
    } catch (error) {
      this._store.say(texts.fonts.refused(file.name, reason(error)), true);
    }
  }

  /** Runs an action on the soundfont and reports its errors. @param {() => Promise<void>} act */
  async tryFont(act) {
    try {
      await act();
    } catch (error) {
      this._store.say(texts.failed.font(reason(error)), true);
    }
  }

  /** @param {number | undefined} id of the file; ignored if another was opened since */
  closeMidi(id) {
    if (this._store.midi?.id !== id) return;
    this._store.midi = null;
    this._store.changed();
  }

  /**
   * Sets a style to a measure of the opened file.
   * @param {number} bar its index
   * @param {Which} which
   */
  async useMeasure(bar, which) {
    const store = this._store;
    const {id, name, bars} = store.midi ?? {};
    const {tracks, chords} = bars?.[bar] ?? {};
    if (!name || !tracks || !chords) return;
    await store.whileWorking(() => store.attempt(texts.failed.measure, async () => {
      const point = await this._engine.encode(tracks, chords)
        .finally(() => store.setFetching(MODEL, null));
      const title = texts.styles.ofFile(name.replace(/\.\w+$/, ''), bar + 1);
      chooseStyle(store, which, {point: packPoint(point), name: title.slice(0, LONGEST_NAME)});
      this.closeMidi(id);
    }));
  }

  /**
   * Shows the favourites of a model, and follows changes in other tabs.
   * @param {string} model its fingerprint
   * @param {number} latentSize
   */
  openFavourites(model, latentSize) {
    this._favourites = new Favourites(model, latentSize);
    this._favourites.listen(() => this._showFavourites());
    this._showFavourites();
  }

  /** Adds a style to the favourites. @param {Style} style */
  keep(style) {
    const isStored = this._favourites?.add({name: styleName(style), style});
    this._showFavourites();
    const {kept, keptForNow} = texts.favourites;
    this._store.say((isStored ? kept : keptForNow)(styleName(style)));
  }

  /** Removes a favourite, with an undo action. @param {Style} style */
  forget(style) {
    const {favourites} = this._store;
    const at = favourites.findIndex((favourite) => isSame(favourite.style, style));
    if (at < 0) return;
    this._favourites?.remove(style);
    this._showFavourites();
    this._store.say(texts.favourites.forgotten(favourites[at].name), false, {
      label: texts.app.undo,
      run: () => {
        this._favourites?.add(favourites[at], favourites[at + 1]?.style);
        this._showFavourites();
      },
    });
  }

  /** @param {Style} style @param {string} name */
  rename(style, name) {
    this._favourites?.rename(style, name);
    this._showFavourites();
  }

  _showFavourites() {
    this._store.favourites = this._favourites?.all ?? [];
    this._store.changed();
  }
}
