/** Files that a person opens, and styles that they keep. */

import {Favourites, isSame} from '../state/favourites.js';
import {packPoint} from '../state/point_text.js';
import {styleName} from '../state/style_names.js';
import {reason} from './errors.js';
import {linkIn} from './saved_files.js';
import {MODEL} from './store.js';

/** @import {Engine} from '../engine/client.js' */
/** @import {Bar} from '../music/measures.js' */
/** @import {Sounds} from '../sound/sounds.js' */
/** @import {Style} from '../state/arrangement.js' */
/** @import {Store} from './store.js' */

const SOUNDFONT = /\.(sf2|sf3|dls|sfogg)$/i;
const LONGEST_NAME = 80;
const MOST_BARS = 8; // whose chords become the progression

export class Library {
  /** @param {Store} store @param {Engine} engine @param {Sounds} sounds */
  constructor(store, engine, sounds) {
    this._store = store;
    this._engine = engine;
    this._sounds = sounds;
    /** @type {?Favourites} */
    this._favourites = null;
  }

  /** Reads a MIDI file, to choose a measure from, or a soundfont. @param {File} file */
  async open(file) {
    if (SOUNDFONT.test(file.name)) await this._openSoundfont(file);
    else await this._openMidi(file);
  }

  /** @param {File} file */
  async _openMidi(file) {
    const store = this._store;
    store.setBusy(true);
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const {bars, qpm, texts, flaws} = await this._engine.read(bytes);
      const link = linkIn(texts);
      if (!link && !bars.some(({tracks}) => tracks)) throw noMeasures(bars);
      store.midi = {name: file.name, bars, flaws, qpm: Math.round(qpm), link};
    } catch (error) {
      store.say(`${file.name}: ${reason(error)}`, true);
    }
    store.setBusy(false);
  }

  /** @param {File} file */
  async _openSoundfont(file) {
    try {
      const isKept = await this._sounds.useFont(await file.arrayBuffer(), file.name);
      this._store.say(`Playing with ${file.name}${isKept ? '' : ', until this page is closed'}.`);
    } catch (error) {
      this._store.say(`${file.name} cannot be used as a soundfont (${reason(error)}).`, true);
    }
  }

  /** Does something with the soundfont; says what goes wrong. @param {() => Promise<void>} act */
  async tryFont(act) {
    try {
      await act();
    } catch (error) {
      this._store.say(`The soundfont cannot be used (${reason(error)}).`, true);
    }
  }

  closeMidi() {
    this._store.midi = null;
    this._store.changed();
  }

  /**
   * A measure of the opened file becomes a style.
   * @param {number} bar its index
   * @param {'a' | 'b'} which
   */
  async useMeasure(bar, which) {
    const store = this._store;
    const {tracks, chords} = store.midi?.bars[bar] ?? {};
    if (!store.midi || !tracks || !chords) return;
    const {name} = store.midi;
    store.setBusy(true);
    try {
      const point = await this._engine.encode(tracks, chords)
        .finally(() => store.setFetching(MODEL, null));
      const title = `${name.replace(/\.\w+$/, '')}, bar ${bar + 1}`;
      store.change({[which]: {point: packPoint(point), name: title.slice(0, LONGEST_NAME)}});
      this.closeMidi();
    } catch (error) {
      store.say(`The measure could not be read (${reason(error)}).`, true);
    }
    store.setBusy(false);
  }

  /** Chords of the opened file, from one bar on. @param {number} bar its index */
  chordsFrom(bar) {
    return (this._store.midi?.bars ?? []).slice(bar)
      .filter(({chords}) => chords.length)
      .slice(0, MOST_BARS)
      .map(({chords}) => (chords.every((id) => id === chords[0]) ? [chords[0]] : [...chords]));
  }

  /**
   * Shows the favourites of a model, also those that another tab keeps from now on.
   * @param {string} model names it
   * @param {number} latentSize
   */
  openFavourites(model, latentSize) {
    this._favourites = new Favourites(model, latentSize);
    this._favourites.listen(() => this._showFavourites());
    this._showFavourites();
  }

  /** Keeps a style as a favourite. @param {Style} style */
  keep(style) {
    const isStored = this._favourites?.add({name: styleName(style), style});
    this._showFavourites();
    const name = `“${styleName(style)}”`;
    this._store.say(isStored ? `Kept ${name}.`
      : `Kept ${name} until this page is closed: the browser stores nothing for it.`);
  }

  /** Forgets a favourite, which a person can take back. @param {Style} style */
  forget(style) {
    const {favourites} = this._store;
    const at = favourites.findIndex((favourite) => isSame(favourite.style, style));
    if (at < 0) return;
    this._favourites?.remove(style);
    this._showFavourites();
    this._store.say(`Forgot “${favourites[at].name}”.`, false, {
      label: 'Undo',
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

/** Why no bar of a file can be a style. @param {Bar[]} bars */
function noMeasures(bars) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const {reason: why} of bars) counts.set(why, (counts.get(why) ?? 0) + 1);
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  return new Error(
    most
      ? `none of its ${bars.length} bars can be a style; of most of them: ${most[0]}.`
      : 'there is no note in it.');
}
