/** Plans the bars of a song: its sections with their styles and chords, and its ending. */

import {planSong, pointsOf, rowsOf} from '../../../../packages/engine/src/engine/song.js';
import {lettersIn, sectionsOf, styleOf} from '../state/song_form.js';

/** @import {SongPlan} from '../../../../packages/engine/src/engine/song.js' */
/** @import {Composer, Plan, Wanted} from './composer.js' */

/**
 * @param {Wanted} wanted
 * @param {Composer} composer
 * @returns {Promise<Plan>}
 */
export async function plannedSong(wanted, composer) {
  const {seed, song} = wanted;
  const plan = songPlan(wanted, composer);
  const {bars, marks} = await planSong(plan, (points) => composer.programs(points));
  const rows = rowsOf(bars, seed, composer.format);
  return {
    bars: bars.map(({symbols, point, section}, i) => ({
      symbols, point, section, rows: rows[i].map((row) => ({...row, source: point})),
    })),
    sections: marks,
    phrasing: {vary: (song?.vary ?? 0) / 100, fills: Boolean(song?.fills)},
    ending: Boolean(song?.ending),
  };
}

/**
 * Returns the point of each letter of a song's form.
 * @param {Wanted} wanted
 * @param {Composer} composer
 */
export const pointsOfSong = (wanted, composer) => pointsOf(songPlan(wanted, composer));

/** @param {Wanted} wanted @param {Composer} composer @returns {SongPlan} */
function songPlan(wanted, composer) {
  const {seed, temperature, song} = wanted;
  const arrangement = /** @type {import('../state/arrangement.js').Arrangement} */ (wanted);
  const point = (/** @type {string} */ letter) =>
    composer.movedPoint(styleOf(arrangement, letter), wanted);
  const letters = lettersIn(song?.form ?? []);
  return {
    sections: sectionsOf(arrangement),
    styles: song?.follow ? point(letters[0])
      : new Map(letters.map((letter) => [letter, point(letter)])),
    contrast: (song?.contrast ?? 0) / 100,
    ending: Boolean(song?.ending),
    temperature: temperature / 100,
    seed,
  };
}
