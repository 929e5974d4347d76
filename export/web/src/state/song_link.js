/** Converts between songs and values of a link. */

import {readStyle, styleText} from './style_text.js';
import {wholeNumber} from './numbers.js';
import {chordsText} from './progression.js';
import {BARS, isName, withForm} from './song_form.js';

/** @import {Progression} from './progression.js' */
/** @import {SongForm} from './song_form.js' */

const MOST = 64; // sections, and bars of a section
/** Settings of a song: "b8c50v50" and a letter for each switch that differs from the default. */
const HOW = /^b(\d{1,2})c(\d{1,3})v(\d{1,3})(o?)(f?)(e?)$/;

/**
 * Returns values by link key: f the form, o the settings, cB the chords of B, sC the style of C.
 * @param {?SongForm} song
 * @returns {Record<string, string>}
 */
export function songValues(song) {
  if (!song) return {};
  const {form, chords, styles, follow, contrast, vary, bars, fills, ending} = song;
  const switches = [!follow && 'o', !fills && 'f', !ending && 'e'].filter(Boolean).join('');
  return {
    f: form.map(packed).join('.'),
    o: `b${bars}c${contrast}v${vary}${switches}`,
    ...Object.fromEntries(Object.entries(chords).map(([name, line]) =>
      [`c${packed(name)}`, chordsText(line).replaceAll(' ', '_')])),
    ...Object.fromEntries(Object.entries(styles).map(([letter, style]) =>
      [`s${letter}`, styleText(style)])),
  };
}

/**
 * Reads the song of a link's values; null if there is none.
 * @param {Map<string, string>} values
 * @param {number} latentSize
 * @param {(text: string | undefined) => Progression} readChords
 * @returns {?SongForm}
 */
export function readSong(values, latentSize, readChords) {
  const form = (values.get('f') ?? '').split('.').map(unpacked).filter(isName).slice(0, MOST);
  if (!form.length) return null;
  const [, bars, contrast, vary, own, fills, ending] = HOW.exec(values.get('o') ?? '') ?? [];
  /** @type {SongForm['chords']} */
  const chords = {};
  /** @type {SongForm['styles']} */
  const styles = {};
  for (const [key, value] of values) {
    const name = unpacked(key.slice(1));
    if (!isName(name)) continue;
    if (key[0] === 'c' && name !== 'A') chords[name] = readChords(value);
    const style = key[0] === 's' && name.length === 1 ? readStyle(value, latentSize) : null;
    if (style && name > 'B') styles[name] = style;
  }
  return withForm({
    form,
    chords,
    styles,
    follow: !own,
    contrast: wholeNumber(contrast, 0, 100, 50),
    vary: wholeNumber(vary, 0, 100, 50),
    bars: wholeNumber(bars, BARS[0], MOST, BARS[0]),
    fills: !fills,
    ending: !ending,
  }, {});
}

// letters and dashes are not escaped in links
/** @param {string} name */
const packed = (name) => name.replace('>', '-');
/** @param {string} text */
const unpacked = (text) => text.replace('-', '>');
