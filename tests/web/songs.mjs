/** Songs as the engine plays them, in the fields of tests/vectors/engine.json. */

import {drumTemperatureAt} from '../../packages/engine/src/engine/grammar.js';
import {planSong, playSong, rowsOf} from '../../packages/engine/src/engine/song.js';
import {lettersOf, readForm} from '../../packages/engine/src/music/form.js';
import {presentTracks} from '../../packages/engine/src/music/song.js';

/** {sections, tokens, margin}: the tokens of each track that plays, bar by bar. */
export async function songTokens(model, asked) {
  const {temperature, seed, ending = true, vary = 0.5, fills = true, contrast} = asked;
  const {decoder, format} = model;
  const sections = readForm(asked.form, asked.chords, asked.bars ?? undefined);
  const points = asked.styles.map((point) => Float32Array.from(point));
  const styles = points.length === 1 ? points[0]
    : new Map(lettersOf(sections).map((letter, i) => [letter, points[i]]));
  const {bars, marks} = await planSong({sections, styles, contrast, ending, temperature, seed},
    async (some) => decoder.programLogits(some));
  const decoding = {temperature, drumTemperature: drumTemperatureAt(temperature), repeatPenalty: 1};
  let margin = Infinity;
  const decode = async (rows) => {
    const margins = new Float64Array(rows.length);
    const tokens = decoder.decode(rows, decoding, margins);
    margin = Math.min(margin, ...margins.filter((each) => each > 0));
    return tokens;
  };
  const rows = rowsOf(bars, seed, format);
  const decoded = await decode(rows.flat());
  const tracks = await playSong(bars.map(({point, section}, i) => ({
    point, section, rows: rows[i],
    tokens: decoded.slice(i * format.maxTracks, (i + 1) * format.maxTracks),
  })), {vary, fills}, ending, temperature, format, decode);
  return {
    sections: marks,
    tokens: tracks.map((own) => presentTracks(own.map((tokens) => ({tokens})))
      .map(({tokens}) => [...tokens])),
    margin,
  };
}
