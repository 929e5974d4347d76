/** The page without its looks: state, engine and sound, and what a person can do with them. */

import {Engine} from './engine/client.js';
import {chordPitchClasses} from './music/chords.js';
import {Format} from './music/format.js';
import {writeMidi} from './music/midi_writer.js';
import {Player} from './sound/player.js';
import {renderSong, wavBytes} from './sound/render.js';
import {Sounds} from './sound/sounds.js';
import {
  MOST_CHORDS, newArrangement, partSound, withChords,
} from './state/arrangement.js';
import {Composer} from './state/composer.js';
import {loadFavourites, saveFavourites} from './state/favourites.js';
import {History} from './state/history.js';
import {fromLink, toLink} from './state/link.js';
import {packPoint} from './state/point_text.js';
import {styleName} from './state/style_names.js';

const LINK_MARK = 'gm-vae:'; // in a MIDI file: the link that follows makes the same music
const LINK_DELAY = 300; // ms; browsers refuse to change the address all the time
const CANDIDATES = 6; // styles that a new one is chosen from

export class Studio {
  /**
   * @param {object} site
   * @param {string} site.model address of the model's folder
   * @param {string} site.worker address of the engine
   * @param {string} site.soundfont address of the soundfont that comes with it, or ''
   */
  constructor({model, worker, soundfont}) {
    this._modelUrl = model;
    this._soundfontUrl = soundfont;
    this._engine = new Engine(worker);
    this._listeners = new Set();
    this._revision = 0;
    this.status = {loading: true, busy: false, error: ''};
    this.notice = null; // {text, isError, id}
    this.song = null;
    this.midi = null; // a file that was opened: {name, bars, flaws, qpm, link}
    this.sounds = new Sounds(() => this._switchSynth());
    this.player = new Player((part) => this.sound(part));
    this.player.onStop = () => this._changed();
  }

  /** Loads the model, reads the link and makes the first song. */
  async start() {
    try {
      const {format, latentSize} = await this._engine.load(this._modelUrl);
      this.format = new Format(format);
      this.latentSize = latentSize;
    } catch (error) {
      this.status = {
        loading: false, busy: false,
        error: `The model could not be loaded (${error.message}). Reload the page to try again.`,
      };
      this._changed();
      return;
    }
    this._composer = new Composer(this._engine, this.format, this.latentSize);
    this.favourites = loadFavourites(this.latentSize);
    const link = window.location.hash.slice(1);
    let arrangement = fromLink(link, this.latentSize);
    if (!link) {
      const [a, b] = [await this._liveliest(arrangement), await this._liveliest(arrangement)];
      arrangement = {...arrangement, a, b};
    }
    this._history = new History(arrangement);
    window.addEventListener('hashchange', () => this.openLink(window.location.hash));
    this.status = {...this.status, loading: false};
    await this._compose();
    await this.sounds.findFont(this._soundfontUrl).catch((error) =>
      this.say(`The soundfont cannot be used (${error.message}).`, true));
  }

  subscribe(listener) {
    this._listeners.add(listener);
    return () => this._listeners.delete(listener);
  }

  /** @returns {import('./state/arrangement.js').Arrangement} */
  get arrangement() {
    return this._history?.value;
  }

  get canUndo() {
    return Boolean(this._history?.canUndo);
  }

  get canRedo() {
    return Boolean(this._history?.canRedo);
  }

  /** Whether the song is that of the arrangement. */
  get isSettled() {
    return !this._composing && !this.status.busy;
  }

  /** A number that grows with every change. */
  get revision() {
    return this._revision;
  }

  /** How a part sounds now. */
  sound(part) {
    return partSound(this.arrangement, part, this.song.parts);
  }

  /** @param {object} changes fields of the arrangement @param {?string} kind see `History` */
  change(changes, kind = null) {
    this._history.set({...this.arrangement, ...changes}, kind);
    this._apply();
  }

  /** Ends a row of changes, as when a slider is let go. */
  settle() {
    this._history.settle();
  }

  undo() {
    this._history.undo();
    this._apply();
  }

  redo() {
    this._history.redo();
    this._apply();
  }

  setChords(chords) {
    this.change(withChords(this.arrangement, chords.slice(0, MOST_CHORDS)));
  }

  changePart(key, choice, kind = null) {
    const {parts} = this.arrangement;
    this.change({parts: {...parts, [key]: {...parts[key], ...choice}}}, kind);
  }

  rollPart(key) {
    this.changePart(key, {roll: (this.arrangement.parts[key]?.roll ?? 0) + 1});
  }

  /** New tokens from the same styles. */
  rollAll() {
    this.change({seed: Math.floor(Math.random() * 1e6)});
  }

  /** @param {'a'|'b'} which */
  async newStyle(which) {
    this.setStyle(which, await this._liveliest(this.arrangement));
  }

  /** Other instruments: what was chosen for the old ones is void, but what still plays keeps it. */
  setStyle(which, style) {
    this.change({[which]: style});
  }

  swapStyles() {
    const {a, b, blend} = this.arrangement;
    this.change({a: b, b: a, blend: blend.map((share) => 100 - share)});
  }

  /** A whole new piece over the same chords. */
  async surprise() {
    const [a, b] = [await this._liveliest(this.arrangement), await this._liveliest(this.arrangement)];
    this.change({a, b, parts: {}, seed: Math.floor(Math.random() * 1e6)});
  }

  point(style) {
    return this._composer.point(style);
  }

  keep(style) {
    this.setFavourites([...this.favourites, {name: styleName(style), style}]);
    this.say(`Kept “${styleName(style)}”.`);
  }

  setFavourites(favourites) {
    this.favourites = favourites;
    saveFavourites(favourites);
    this._changed();
  }

  async toggle() {
    if (this.player.isPlaying) {
      this.player.stop();
      this._changed();
      return;
    }
    if (!this.song) return;
    try {
      const {context, synth} = await this.sounds.live();
      this.player.useSynth(context, synth);
      this.player.play();
    } catch (error) {
      this.say(`The browser gives no sound (${error.message}).`, true);
    }
    this._changed();
  }

  seek(step) {
    this.player.seek(step);
    this._changed();
  }

  /** Reads a MIDI file, to choose a measure from, or a soundfont. */
  async open(file) {
    if (/\.(sf2|sf3|dls|sfogg)$/i.test(file.name)) {
      await this.openSoundfont(file);
      return;
    }
    this._busy(true);
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const {bars, qpm, texts, flaws} = await this._engine.read(bytes);
      const link = texts.find((text) => text.startsWith(LINK_MARK))?.slice(LINK_MARK.length);
      if (!link && !bars.some(({tracks}) => tracks)) throw noMeasures(file.name, bars);
      this.midi = {name: file.name, bars, flaws, qpm: Math.round(qpm), link};
    } catch (error) {
      this.say(`${file.name}: ${error.message}`, true);
    }
    this._busy(false);
  }

  async openSoundfont(file) {
    try {
      await this.sounds.useFont(await file.arrayBuffer(), file.name);
      this.say(`Playing with ${file.name}.`);
    } catch (error) {
      this.say(`${file.name} cannot be used as a soundfont (${error.message}).`, true);
    }
  }

  /** Goes on with other sounds where the song stands. */
  async _switchSynth() {
    if (this.player.isPlaying) {
      const {step} = this.player;
      this.player.stop();
      const {context, synth} = await this.sounds.live();
      this.player.useSynth(context, synth);
      this.player.play(step);
    }
    this._changed();
  }

  closeMidi() {
    this.midi = null;
    this._changed();
  }

  /** A measure of the opened file becomes a style. */
  async useMeasure(bar, which) {
    const {name, bars} = this.midi;
    const {tracks, chords} = bars[bar];
    this._busy(true);
    try {
      const point = await this._engine.encode(tracks, chords);
      const title = `${name.replace(/\.\w+$/, '')}, bar ${bar + 1}`;
      this.setStyle(which, {point: packPoint(point), name: title.slice(0, 80)});
      this.closeMidi();
    } catch (error) {
      this.say(`The measure could not be read (${error.message}).`, true);
    }
    this._busy(false);
  }

  /** The chords of an opened file, from one bar on, become the progression. */
  useMidiChords(bar) {
    const bars = this.midi.bars.slice(bar).filter(({chords}) => chords.length).slice(0, 8);
    this.setChords(bars.map(({chords}) =>
      chords.every((id) => id === chords[0]) ? [chords[0]] : [...chords]));
  }

  openLink(link) {
    const arrangement = fromLink(link, this.latentSize);
    if (toLink(arrangement) === toLink(this.arrangement)) return;
    this.change(arrangement);
  }

  get link() {
    const url = new URL(window.location.href);
    url.hash = toLink(this.arrangement);
    return url.href;
  }

  midiBytes() {
    const {qpm} = this.arrangement;
    return writeMidi(this.song, {
      qpm,
      title: this.title,
      text: LINK_MARK + toLink(this.arrangement),
      mix: (part) => this.sound(part),
    });
  }

  async render() {
    return renderSong(this.song, {
      qpm: this.arrangement.qpm,
      mix: (part) => this.sound(part),
      sounds: this.sounds,
      midi: this.midiBytes(),
    });
  }

  async wavBytes() {
    this._busy(true);
    try {
      return wavBytes(await this.render());
    } finally {
      this._busy(false);
    }
  }

  get title() {
    const {a, b, blend} = this.arrangement;
    if (blend.every((share) => share === 0)) return styleName(a);
    if (blend.every((share) => share === 100)) return styleName(b);
    return `${styleName(a)} to ${styleName(b)}`;
  }

  say(text, isError = false) {
    this.notice = {text, isError, id: (this.notice?.id ?? 0) + 1};
    this._changed();
  }

  _busy(busy) {
    this.status = {...this.status, busy};
    this._changed();
  }

  _apply() {
    const {qpm, loop} = this.arrangement;
    this.player.setTempo(qpm);
    this.player.loop = loop;
    this._scheduleLink();
    this._changed();
    this._compose();
  }

  _scheduleLink() {
    clearTimeout(this._linkTimer);
    this._linkTimer = setTimeout(() => {
      window.history.replaceState(null, '', `#${toLink(this.arrangement)}`);
    }, LINK_DELAY);
  }

  /** Makes the song of the arrangement; of many changes during that, only the last is heard. */
  async _compose() {
    if (this._composing) {
      this._again = true;
      return this._composing;
    }
    this._composing = this._composeAll();
    await this._composing;
    this._composing = null;
  }

  async _composeAll() {
    const busyTimer = setTimeout(() => this._busy(true), 250);
    do {
      this._again = false;
      try {
        this.song = await this._composer.compose(this.arrangement);
        this.player.setTempo(this.arrangement.qpm);
        this.player.loop = this.arrangement.loop;
        this.player.setSong(this.song);
      } catch (error) {
        this.say(`The music could not be made (${error.message}).`, true);
      }
    } while (this._again);
    clearTimeout(busyTimer);
    this._scheduleLink();
    this._busy(false);
  }

  /** Of some random styles the one with the fullest first measure. */
  async _liveliest({chords, seed, temperature}) {
    const styles = Array.from({length: CANDIDATES}, () => ({seed: Math.floor(Math.random() * 1e6)}));
    const songs = await Promise.all(styles.map((a) => this._composer.compose({
      chords: chords.slice(0, 1), blend: [0], a, b: a, seed, temperature, parts: {},
    })));
    const scores = songs.map((song) => liveliness(song, chords[0][0]));
    return styles[scores.indexOf(Math.max(...scores))];
  }

  _changed() {
    this._revision++;
    for (const listener of this._listeners) listener();
  }
}

/** More for more instruments, drums, a bass, and notes that are in the chord. */
function liveliness({parts, notes}, chord) {
  if (!parts.length) return -1;
  const inChord = chordPitchClasses(chord);
  const pitched = notes.filter(({part}) => !parts[part].isDrum);
  const fitting = pitched.filter(({pitch}) => inChord.has(pitch % 12)).length;
  const consonance = pitched.length ? fitting / pitched.length : 0;
  const isBass = ({program}) => program >= 32 && program < 40;
  return (
    Math.min(parts.length, 6) +
    (parts.some(({isDrum}) => isDrum) ? 1.5 : 0) +
    (parts.some(isBass) ? 1 : 0) +
    3 * consonance +
    Math.min(notes.length, 60) / 30
  );
}

function noMeasures(name, bars) {
  const counts = new Map();
  for (const {reason} of bars) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  return new Error(
    most
      ? `none of its ${bars.length} bars can be a style; of most of them: ${most[0]}.`
      : 'there is no note in it.');
}
