/** The page's model without its view: all user actions, delegated to its parts. */

import {Engine} from '../../../../packages/engine/src/engine/client.js';
import {lacking} from '../../../../packages/engine/src/engine/support.js';
import {soundingNames} from '../../../../packages/engine/src/music/part_names.js';
import {writeMidi} from '../../../../packages/engine/src/music/midi_writer.js';
import {wavBytes} from '../sound/wav.js';
import {zip} from '../sound/zip.js';
import {TEMPOS, randomSeed, swapped, withChords, withOrder, withPart} from '../state/arrangement.js';
import {fromLink, toLink} from '../state/link.js';
import {barText, chordsText} from '../state/progression.js';
import {withSectionChords} from '../state/song_bars.js';
import {title} from '../state/style_names.js';
import {instrumentName, texts} from '../texts/texts.js';
import {Address} from './address.js';
import {Audition} from './audition.js';
import {chooseStyle} from './choose_style.js';
import {Composer} from './composer.js';
import {Composition} from './composition.js';
import {Drawing} from './drawing.js';
import {reason} from './errors.js';
import {Keeping} from './keeping.js';
import {Keyboard} from './keyboard.js';
import {Library} from './library.js';
import {chordsFrom} from './opened_midi.js';
import {lineAt} from './line_at.js';
import {PadPlay} from './pad_play.js';
import {pointsOfSong} from './planned_song.js';
import {Playback} from './playback.js';
import {linkText} from './saved_files.js';
import {MODEL, Store} from './store.js';

/** @import {Mix} from '../../../../packages/engine/src/music/midi_writer.js' */
/** @import {Part} from '../../../../packages/engine/src/music/song.js' */
/** @import {Kind} from '../sound/sounds.js' */
/** @import {Arrangement, PartChoice, Style} from '../state/arrangement.js' */
/** @import {Progression} from '../state/progression.js' */

/** @typedef {import('./store.js').Which} Which */

export class Studio extends Store {
  /**
   * @param {object} site
   * @param {string} site.model address of the model's folder
   * @param {string} site.worker address of the engine
   * @param {string} site.soundfont address of the site's soundfont, or ''
   * @param {string} site.attributes address of the model's attributes.json, or ''
   */
  constructor({model, worker, soundfont, attributes}) {
    super();
    this._modelUrl = model;
    this._attributesUrl = attributes;
    this._soundfontUrl = soundfont;
    const engine = new Engine(worker);
    engine.onProgress = (progress) => this.setFetching(MODEL, progress);
    this._composer = new Composer(engine);
    this._playback = new Playback(this);
    this.sounds.onProgress = (name, progress) => this.setFetching(name, progress);
    this._composition = new Composition(this, this._composer);
    this._composition.onSong = () => this._playback.takeSong();
    this._composition.onEnd = () => this._address.update();
    this._drawing = new Drawing(this, this._composition);
    this.keeping = new Keeping(this, this._composition);
    this.pad = new PadPlay(this, this._composition, this._playback.player);
    this._audition = new Audition(this._playback.sounds, () => this.changed());
    this._library = new Library(this, engine, this._playback.sounds);
    this.keyboard = new Keyboard((symbol) => this._playChord(symbol));
    this._address = new Address(() => this._linkOf(this.arrangement));
    this.onArrangement = () => this._apply();
  }

  /** Loads the model, reads the link and makes the first song. */
  async start() {
    /** @type {string[]} */
    let notes = [];
    const error = texts.ofEngine(lacking()) || await this._loadModel(async () => {
      this._library.openFavourites(this._composer.fingerprint, this.latentSize);
      notes = await this._beginFromAddress();
    });
    if (error) {
      this.setStatus({loading: false, error});
      return;
    }
    this._address.listen((link) => this.openLink(link));
    this.setStatus({loading: false});
    if (notes.length) this.say(notes.join(' '));
    await this._composition.compose();
    await this._library.tryFont(() => this.sounds.findFont(this._soundfontUrl));
  }

  /**
   * Loads the model and starts; returns an error message, or ''.
   * @param {() => Promise<void>} begin
   */
  async _loadModel(begin) {
    try {
      await this._composer.load(this._modelUrl, this._attributesUrl);
      await begin();
      return '';
    } catch (error) {
      return texts.failed.model(reason(error));
    } finally {
      this.setFetching(MODEL, null);
    }
  }

  /** Starts with the link's arrangement or with new styles; returns messages about the link. */
  async _beginFromAddress() {
    const {hash} = this._address;
    const {arrangement, notes} = fromLink(hash, this._composer);
    const a = hash ? arrangement.a : await this._composition.liveliest(arrangement);
    const b = hash ? arrangement.b : await this._composition.liveliest(arrangement);
    this.begin({...arrangement, a, b});
    return notes;
  }

  get format() {
    return this._composer.format;
  }

  get latentSize() {
    return this._composer.latentSize;
  }

  /** Names of the model's attributes. */
  get attributes() {
    return [...this._composer.attributes.keys()];
  }

  get player() {
    return this._playback.player;
  }

  get sounds() {
    return this._playback.sounds;
  }

  /** Whether no work is in progress, so that the song is up to date. */
  get isSettled() {
    return !this.isWorking;
  }

  get title() {
    return title(this.arrangement);
  }

  get link() {
    return this._address.href;
  }

  /** The current sound of a part. @param {Part} part */
  sound(part) {
    return this._playback.sound(part);
  }

  /** @param {Style} style */
  point(style) {
    return this._composer.point(style);
  }

  /** @param {Progression} chords */
  setChords(chords) {
    if (this.arrangement.song) { // a song has other bars
      this.change(withSectionChords(this.arrangement, 'A', chords));
      return;
    }
    this.change(withChords(this.arrangement, chords));
    const {kept: {bars}, chords: taken} = this.arrangement;
    const still = bars.filter((bar) => chords[bar].join() !== taken[bar].join());
    if (!still.length) return;
    this.say(texts.kept.chords(still.map((bar) => String(bar + 1)),
      still.map((bar) => barText(taken[bar]))));
  }

  /** @param {number[]} order the previous index of each bar */
  orderBars(order) {
    this.change(withOrder(this.arrangement, order));
  }

  /** The points of a song's letters. */
  get songPoints() {
    return pointsOfSong(this.arrangement, this._composer);
  }

  /** The line of chords of a bar. @param {number} bar */
  lineAt(bar) {
    return lineAt(this, bar);
  }

  /** Turns the input of chords from a MIDI keyboard on or off. */
  async toggleKeyboard() {
    if (this.keyboard.isOn) this.keyboard.turnOff();
    else await this.attempt(texts.failed.keyboard, () => this.keyboard.turnOn());
    this.changed();
  }

  /**
   * Sets the chord of the next bar during playback. While stopped, sets the current bar's chord and
   * moves the playhead to the next bar.
   * @param {string} symbol
   */
  _playChord(symbol) {
    if (!this.song) return;
    const {isPlaying, step} = this.player;
    const {stepsPerMeasure} = this.format;
    const next = (Math.floor(step / stepsPerMeasure) + 1) % this.song.bars;
    const {chords, index, setChords} = lineAt(this, isPlaying ? next : Math.floor(step / stepsPerMeasure));
    setChords(chords.map((old, i) => (i === index ? [symbol] : old)));
    if (!isPlaying) this.seek(next * stepsPerMeasure);
  }

  /** @param {string} key @param {PartChoice} choice @param {?string} kind see `History` */
  changePart(key, choice, kind = null) {
    this.change(withPart(this.arrangement, key, choice), kind);
  }

  /** Generates other notes for a part. @param {string} key */
  rollPart(key) {
    this.changePart(key, {roll: (this.arrangement.parts[key]?.roll ?? 0) + 1});
  }

  /** Samples new tokens for the same styles. At temperature 0, only re-rolled parts change. */
  rollAll() {
    const {temperature, parts, kept} = this.arrangement;
    if (this.song && kept.bars.length >= this.song.bars) {
      this.say(texts.kept.allLocked);
    } else if (temperature || Object.values(parts).some(({roll}) => roll)) {
      this.change({seed: randomSeed()});
    } else {
      this.say(texts.transport.oneWay);
    }
  }

  /** @param {Which} which */
  newStyle(which) {
    return this._drawing.newStyle(which);
  }

  /** @param {Which} which @param {Style} style */
  setStyle(which, style) {
    chooseStyle(this, which, style);
  }

  swapStyles() {
    this.change(swapped(this.arrangement));
  }

  /** Draws the pad's lower corners if they are missing. */
  async openPad() {
    const {c, d} = this.arrangement;
    if (!c || !d) await this._drawing.openPad();
  }

  /** Starts or stops recording the pad. */
  recordPad() {
    return this.pad.record(() => this._playback.toggle());
  }

  /** Generates a new piece over the same chords. */
  surprise() {
    return this._drawing.surprise();
  }

  toggle() {
    return this._playback.toggle();
  }

  /** @param {number} step */
  seek(step) {
    this._playback.seek(step);
  }

  /** Opens a MIDI file or a soundfont. @param {File} file */
  open(file) {
    return this._library.open(file);
  }

  /** @param {number | undefined} id of the file */
  closeMidi(id = this.midi?.id) {
    if (id === this.midi?.id) this.stopAudition();
    this._library.closeMidi(id);
  }

  get isAuditioning() {
    return this._audition.player.isPlaying;
  }

  /** Plays a bar of the opened file, or stops it. @param {number} bar its index */
  async audition(bar) {
    const {midi} = this;
    if (this.isAuditioning) this._audition.player.stop();
    else if (midi) {
      this.player.stop();
      await this.attempt(texts.failed.sound,
        () => this._audition.play(midi.bars[bar], midi.qpm, this.format));
    }
    this.changed();
  }

  stopAudition() {
    if (this.isAuditioning) this.audition(0);
  }

  /**
   * Sets a style to a measure of the opened file.
   * @param {number} bar its index
   * @param {Which} which
   */
  useMeasure(bar, which) {
    this.stopAudition();
    return this._library.useMeasure(bar, which);
  }

  /** Uses the chords of the opened file from a bar on. @param {number} bar */
  useMidiChords(bar) {
    const chords = chordsFrom(this.midi?.bars ?? [], bar);
    this.setChords(chords);
    this.say(texts.chords.now(chordsText(this.arrangement.chords)));
  }

  useMidiTempo() {
    const qpm = Math.max(TEMPOS[0], Math.min(TEMPOS[1], this.midi?.qpm ?? this.arrangement.qpm));
    this.change({qpm});
    this.say(texts.midi.tempo(qpm));
  }

  /** @param {Kind} kind of sounds to play with, now and on later visits */
  chooseSounds(kind) {
    return this._library.tryFont(() => this.sounds.choose(kind));
  }

  /** @param {string} id of the MIDI port to play through; '' asks the browser for ports */
  choosePort(id) {
    return this.attempt(texts.failed.port,
      () => (id ? this.sounds.choosePort(id) : this.sounds.findPorts()));
  }

  /** Ends all notes, including hanging notes of a connected instrument. */
  panic() {
    return this._playback.panic();
  }

  /** Removes the stored soundfont. */
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

  /** @param {string} link the fragment, without # */
  openLink(link) {
    const {arrangement, notes} = fromLink(link, this._composer);
    if (this._linkOf(arrangement) !== this._linkOf(this.arrangement)) this.change(arrangement);
    if (notes.length) this.say(notes.join(' '));
  }

  /** The fragment of an arrangement's link. @param {Arrangement} arrangement */
  _linkOf(arrangement) {
    return toLink(arrangement, this._composer.fingerprint);
  }

  /** Returns the song as a MIDI file. @param {Mix} mix */
  midiBytes(mix = (part) => this.sound(part)) {
    if (!this.song) throw new Error(texts.noSong);
    return writeMidi(this.song, {
      qpm: this.arrangement.qpm,
      title: this.title,
      text: linkText(this._linkOf(this.arrangement)),
      mix,
    });
  }

  /** Returns a mix in which one part plays alone. @param {Part} alone @returns {Mix} */
  alone({key}) {
    return (part) => ({...this.sound(part), heard: part.key === key});
  }

  /** Returns a ZIP archive with a WAV file of each audible part. */
  stemsBytes() {
    return this.whileWorking(async () => {
      const parts = this.song?.parts ?? [];
      const names = soundingNames(parts, (part) => this.sound(part), instrumentName);
      const files = [];
      for (const [i, part] of parts.entries()) {
        if (!this.sound(part).heard) continue;
        const mix = this.alone(part);
        const bytes = wavBytes(await this._playback.render(this.midiBytes(mix), mix));
        const number = String(files.length + 1).padStart(2, '0');
        files.push({name: `${number} ${names[i].replaceAll('/', ' ')}.wav`, bytes});
      }
      return zip(files);
    });
  }

  /** Renders the song to an AudioBuffer. */
  render() {
    return this._playback.render(this.midiBytes());
  }

  wavBytes() {
    return this.whileWorking(async () => wavBytes(await this.render()));
  }

  _apply() {
    this._playback.follow();
    this._address.update();
    this.changed();
    this._composition.compose();
  }
}
