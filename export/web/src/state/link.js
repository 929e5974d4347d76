/** Converts between arrangements and the fragment of links. */

import {ChordError} from '../../../../packages/engine/src/music/chord_spelling.js';
import {NO_CHORD_SYMBOL} from '../../../../packages/engine/src/music/chords.js';
import {texts} from '../texts/texts.js';
import {FULL_VOLUME, TEMPERATURES, TEMPOS, newArrangement} from './arrangement.js';
import {isHeld} from './blend.js';
import {characterText, readCharacter} from './character.js';
import {reordered} from './kept.js';
import {keptText, readKept} from './kept_text.js';
import {wholeNumber} from './numbers.js';
import {MOST_CHORDS, chordsText, placeOf, readChordLine, tooLong} from './progression.js';
import {readSong, songValues} from './song_link.js';
import {readStyle, styleText} from './style_text.js';

/** @import {Arrangement, PartChoice} from './arrangement.js' */
/** @import {Progression} from './progression.js' */

const LONGEST = 10000; // letters of its chords

/**
 * The properties of the model that are needed to read a link.
 * @typedef {{latentSize: number, fingerprint: string}} Reader
 */

/** @param {Arrangement} arrangement @param {string} fingerprint of the model that plays it */
export function toLink(arrangement, fingerprint) {
  const {chords, voice, blend, down, a, b, c, d, character, temperature} = arrangement;
  const {seed, qpm, loop, parts, kept} = arrangement;
  const values = {
    c: chordsText(chords).replaceAll(' ', '_'),
    v: voice ? 1 : undefined, // missing in links of earlier versions, whose chords were not voiced
    a: styleText(a),
    b: styleText(b),
    x: placesText(blend),
    yc: c ? styleText(c) : undefined,
    yd: d ? styleText(d) : undefined,
    y: down.some(Boolean) ? placesText(down) : undefined,
    d: characterText(character) || undefined,
    t: temperature,
    s: seed,
    q: qpm,
    l: loop ? undefined : 0,
    p: partsText(parts) || undefined,
    k: keptText(kept) || undefined,
    ...songValues(arrangement.song),
    m: fingerprint || undefined,
  };
  return Object.entries(values)
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${encodeURIComponent(value)}`]))
    .join('&');
}

/** One number for all bars, or one for each. @param {number[]} places */
const placesText = (places) => (isHeld(places) ? String(places[0]) : places.join('.'));

/** @param {string | undefined} text @param {number} bars */
function readPlaces(text, bars) {
  const places = (text ?? '0').split('.').map((place) => wholeNumber(place, 0, 100, 0));
  return Array.from({length: bars}, (_, i) => places[Math.min(i, places.length - 1)]);
}

/**
 * Reads the arrangement of a link; a missing or damaged value gets its default.
 * @param {string} text
 * @param {Reader} reader
 * @returns {{arrangement: Arrangement, notes: string[]}} notes: messages about differences from the
 *   link
 */
export function fromLink(text, {latentSize, fingerprint}) {
  const fresh = newArrangement();
  const values = new Map(text.replace(/^#/, '').split('&').map((pair) => {
    const [key, value = ''] = pair.split('=');
    return /** @type {const} */ ([key, decode(value)]);
  }));
  const {chords, notes} = readChords(values.get('c'), fresh.chords);
  const keys = ['a', 'b', 'yc', 'yd'];
  const styles = keys.map((key) => readStyle(values.get(key), latentSize));
  if ((values.get('m') ?? fingerprint) !== fingerprint) {
    notes.push(texts.link.otherModel);
  } else if (styles.some((style, i) => !style && values.get(keys[i]))) {
    notes.push(texts.link.style);
  }
  const song = readSong(values, latentSize, (text) => {
    const read = readChords(text, chords);
    notes.push(...read.notes);
    return read.chords;
  });
  const hasPad = styles[2] && styles[3]; // the other two corners
  const bars = song ? MOST_CHORDS + 1 : chords.length; // including a song's ending
  const arrangement = {
    chords,
    voice: values.has('c') ? values.get('v') === '1' : fresh.voice,
    blend: readPlaces(values.get('x'), chords.length),
    down: readPlaces(hasPad ? values.get('y') : '0', chords.length),
    a: styles[0] ?? fresh.a,
    b: styles[1] ?? fresh.b,
    c: hasPad && styles[2],
    d: hasPad && styles[3],
    character: readCharacter(values.get('d') ?? ''),
    temperature: wholeNumber(values.get('t'), ...TEMPERATURES, fresh.temperature),
    seed: wholeNumber(values.get('s'), 0, 2 ** 32 - 1, fresh.seed),
    qpm: wholeNumber(values.get('q'), ...TEMPOS, fresh.qpm),
    loop: values.get('l') !== '0',
    parts: readParts(values.get('p') ?? ''),
    kept: reordered(readKept(values.get('k') ?? ''), [...Array(bars).keys()]),
    song,
  };
  return {arrangement, notes};
}

/** @param {string} value */
function decode(value) {
  try {
    return decodeURIComponent(value);
  } catch {
    return '';
  }
}

/**
 * Reads the chords of a link; invalid ones become N.C.
 * @param {string | undefined} text
 * @param {Progression} otherwise
 * @returns {{chords: Progression, notes: string[]}}
 */
function readChords(text, otherwise) {
  let line = (text ?? '').replaceAll('_', ' ').trim();
  if (!line) return {chords: otherwise, notes: []};
  /** @type {string[]} */
  const unread = [];
  while (line.length <= LONGEST) {
    try {
      const {chords, bars} = readChordLine(line);
      if (chords.flat().length === unread.length) break;
      const notes = unread.length ? [texts.link.unread(unread)] : [];
      if (bars > chords.length) notes.push(tooLong(bars));
      return {chords, notes};
    } catch (error) {
      const symbol = error instanceof ChordError ? error.symbol : '';
      const at = symbol ? placeOf(symbol, line) : -1;
      if (at < 0 || unread.length >= MOST_CHORDS) break;
      unread.push(symbol);
      line = `${line.slice(0, at)}${NO_CHORD_SYMBOL}${line.slice(at + symbol.length)}`;
    }
  }
  return {
    chords: otherwise,
    notes: [texts.link.chords],
  };
}

// "33.0i38v80msr2": key, then program, volume, mute, solo, roll
/** @param {Arrangement['parts']} parts */
function partsText(parts) {
  return Object.entries(parts)
    .map(([key, {program, volume, mute, solo, roll}]) =>
      [
        program !== undefined && `i${program}`,
        volume !== undefined && volume !== FULL_VOLUME && `v${volume}`,
        mute && 'm',
        solo && 's',
        roll && `r${roll}`,
      ].filter(Boolean).join('').replace(/^/, key))
    .filter((text) => /[a-z]/.test(text))
    .join(',');
}

/** @param {string} text */
function readParts(text) {
  /** @type {Arrangement['parts']} */
  const parts = {};
  for (const item of text.split(',')) {
    const match = /^(\d+\.\d+)((?:[ivr]\d+|m|s)+)$/.exec(item);
    if (!match) continue;
    /** @type {PartChoice} */
    const choice = {};
    for (const [, letter, number] of match[2].matchAll(/([ivrms])(\d*)/g)) {
      if (letter === 'i') choice.program = wholeNumber(number, 0, 127, 0);
      if (letter === 'v') choice.volume = wholeNumber(number, 0, 127, FULL_VOLUME);
      if (letter === 'r') choice.roll = wholeNumber(number, 0, 1e6, 0);
      if (letter === 'm') choice.mute = true;
      if (letter === 's') choice.solo = true;
    }
    parts[match[1]] = choice;
  }
  return parts;
}
