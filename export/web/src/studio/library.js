/** Files that a person opens, and styles that they keep. */

import {tidySymbol} from '../music/chord_spelling.js';
import {saveFavourites} from '../state/favourites.js';
import {packPoint} from '../state/point_text.js';
import {styleName} from '../state/style_names.js';
import {reason} from './errors.js';
import {linkIn} from './saved_files.js';

/** @import {Engine} from '../engine/client.js' */
/** @import {Bar} from '../music/measures.js' */
/** @import {Sounds} from '../sound/sounds.js' */
/** @import {Style} from '../state/arrangement.js' */
/** @import {Favourite} from '../state/favourites.js' */
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
      await this._sounds.useFont(await file.arrayBuffer(), file.name);
      this._store.say(`Playing with ${file.name}.`);
    } catch (error) {
      this._store.say(`${file.name} cannot be used as a soundfont (${reason(error)}).`, true);
    }
  }

  /** Looks for a soundfont: one of an earlier visit, or the site's. @param {string} url */
  async findFont(url) {
    try {
      await this._sounds.findFont(url);
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
      const point = await this._engine.encode(tracks, chords);
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
      .filter(({symbols}) => symbols.length)
      .slice(0, MOST_BARS)
      .map(({symbols}) => (new Set(symbols).size === 1 ? symbols.slice(0, 1) : symbols))
      .map((symbols) => symbols.map(tidySymbol));
  }

  /** Keeps a style as a favourite. @param {Style} style */
  keep(style) {
    this.setFavourites([...this._store.favourites, {name: styleName(style), style}]);
    this._store.say(`Kept “${styleName(style)}”.`);
  }

  /** @param {Favourite[]} favourites */
  setFavourites(favourites) {
    this._store.favourites = favourites;
    saveFavourites(favourites);
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
