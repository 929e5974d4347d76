/** The page without its looks: what a person can do. Its parts do it. */

import {Engine} from '../engine/client.js';
import {lacking} from '../engine/support.js';
import {writeMidi} from '../music/midi_writer.js';
import {wavBytes} from '../sound/wav.js';
import {randomSeed, swapped, withChords, withPart} from '../state/arrangement.js';
import {fromLink, toLink} from '../state/link.js';
import {MOST_CHORDS} from '../state/progression.js';
import {title} from '../state/style_names.js';
import {Address} from './address.js';
import {Composer} from './composer.js';
import {Composition} from './composition.js';
import {reason} from './errors.js';
import {Library} from './library.js';
import {Playback} from './playback.js';
import {linkText} from './saved_files.js';
import {MODEL, Store} from './store.js';

/** @import {Part} from '../music/song.js' */
/** @import {Kind} from '../sound/sounds.js' */
/** @import {Arrangement, PartChoice, Style} from '../state/arrangement.js' */
/** @import {Progression} from '../state/progression.js' */

/** @typedef {'a' | 'b'} Which style */

export class Studio extends Store {
  /**
   * @param {object} site
   * @param {string} site.model address of the model's folder
   * @param {string} site.worker address of the engine
   * @param {string} site.soundfont address of the soundfont that comes with it, or ''
   */
  constructor({model, worker, soundfont}) {
    super();
    this._modelUrl = model;
    this._soundfontUrl = soundfont;
    const engine = new Engine(worker);
    engine.onProgress = (progress) => this.setFetching(MODEL, progress);
    this._composer = new Composer(engine);
    this._playback = new Playback(this);
    this.sounds.onProgress = (progress) => this.setFetching(this.sounds.fontName, progress);
    this._composition = new Composition(this, this._composer);
    this._composition.onSong = () => this._playback.takeSong();
    this._composition.onEnd = () => this._address.update();
    this._library = new Library(this, engine, this._playback.sounds);
    this._address = new Address(() => toLink(this.arrangement));
    this.onArrangement = () => this._apply();
  }

  /** Loads the model, reads the link and makes the first song. */
  async start() {
    const error = lacking() || await this._loadModel();
    if (error) {
      this.setStatus({loading: false, error});
      return;
    }
    this._library.openFavourites(String(this.latentSize), this.latentSize);
    const arrangement = fromLink(this._address.hash, this.latentSize);
    this.begin(this._address.hash
      ? arrangement
      : {...arrangement, ...await this._newStyles(arrangement)});
    this._address.listen((link) => this.openLink(link));
    this.setStatus({loading: false});
    await this._composition.compose();
    await this._library.tryFont(() => this.sounds.findFont(this._soundfontUrl));
  }

  /** What went wrong, in a sentence; '' if nothing did. */
  async _loadModel() {
    try {
      await this._composer.load(this._modelUrl);
      return '';
    } catch (error) {
      return `The model could not be loaded (${reason(error)}). Reload the page to try again.`;
    } finally {
      this.setFetching(MODEL, null);
    }
  }

  get format() {
    return this._composer.format;
  }

  get latentSize() {
    return this._composer.latentSize;
  }

  get player() {
    return this._playback.player;
  }

  get sounds() {
    return this._playback.sounds;
  }

  /** Whether the song is that of the arrangement. */
  get isSettled() {
    return !this._composition.isRunning && !this.status.busy;
  }

  get title() {
    return title(this.arrangement);
  }

  get link() {
    return this._address.href;
  }

  /** How a part sounds now. @param {Part} part */
  sound(part) {
    return this._playback.sound(part);
  }

  /** @param {Style} style */
  point(style) {
    return this._composer.point(style);
  }

  /** @param {Progression} chords */
  setChords(chords) {
    this.change(withChords(this.arrangement, chords.slice(0, MOST_CHORDS)));
  }

  /** @param {string} key @param {PartChoice} choice @param {?string} kind see `History` */
  changePart(key, choice, kind = null) {
    this.change(withPart(this.arrangement, key, choice), kind);
  }

  /** Other notes from the same instrument. @param {string} key */
  rollPart(key) {
    this.changePart(key, {roll: (this.arrangement.parts[key]?.roll ?? 0) + 1});
  }

  /** New tokens from the same styles. */
  rollAll() {
    this.change({seed: randomSeed()});
  }

  /** @param {Which} which */
  async newStyle(which) {
    this.setStyle(which, await this._composition.liveliest(this.arrangement));
  }

  /**
   * Other instruments: what was chosen for the old ones is void, but what still plays keeps it.
   * @param {Which} which
   * @param {Style} style
   */
  setStyle(which, style) {
    this.change({[which]: style});
  }

  swapStyles() {
    this.change(swapped(this.arrangement));
  }

  /** A whole new piece over the same chords. */
  async surprise() {
    const styles = await this._newStyles(this.arrangement);
    this.change({...styles, parts: {}, seed: randomSeed()});
  }

  /** @param {Arrangement} arrangement */
  async _newStyles(arrangement) {
    const a = await this._composition.liveliest(arrangement);
    return {a, b: await this._composition.liveliest(arrangement)};
  }

  toggle() {
    return this._playback.toggle();
  }

  /** @param {number} step */
  seek(step) {
    this._playback.seek(step);
  }

  /** Reads a MIDI file, to choose a measure from, or a soundfont. @param {File} file */
  open(file) {
    return this._library.open(file);
  }

  closeMidi() {
    this._library.closeMidi();
  }

  /**
   * A measure of the opened file becomes a style.
   * @param {number} bar its index
   * @param {Which} which
   */
  useMeasure(bar, which) {
    return this._library.useMeasure(bar, which);
  }

  /** The chords of an opened file, from one bar on, become the progression. @param {number} bar */
  useMidiChords(bar) {
    this.setChords(this._library.chordsFrom(bar));
  }

  /** @param {Kind} kind of sounds to play with, now and on later visits */
  chooseSounds(kind) {
    return this._library.tryFont(() => this.sounds.choose(kind));
  }

  /** Lets the browser forget the soundfont that it keeps. */
  forgetFont() {
    return this._library.tryFont(() => this.sounds.forgetFont(this._soundfontUrl));
  }

  /** @param {Style} style */
  keep(style) {
    this._library.keep(style);
  }

  /** @param {Style} style a favourite */
  forget(style) {
    this._library.forget(style);
  }

  /** @param {Style} style a favourite @param {string} name */
  rename(style, name) {
    this._library.rename(style, name);
  }

  /** @param {string} link what follows the # */
  openLink(link) {
    const arrangement = fromLink(link, this.latentSize);
    if (toLink(arrangement) !== toLink(this.arrangement)) this.change(arrangement);
  }

  /** What is heard, as a MIDI file. */
  midiBytes() {
    if (!this.song) throw new Error('there is no song yet');
    return writeMidi(this.song, {
      qpm: this.arrangement.qpm,
      title: this.title,
      text: linkText(toLink(this.arrangement)),
      mix: (part) => this.sound(part),
    });
  }

  /** What is heard, as an AudioBuffer. */
  render() {
    return this._playback.render(this.midiBytes());
  }

  async wavBytes() {
    this.setBusy(true);
    try {
      return wavBytes(await this.render());
    } finally {
      this.setBusy(false);
    }
  }

  _apply() {
    this._playback.follow();
    this._address.update();
    this.changed();
    this._composition.compose();
  }
}
