import {useState} from 'preact/hooks';

import {SONG} from '../../../../packages/engine/src/generated/tables.js';
import {hueOf} from '../state/song_form.js';
import {texts} from '../texts/texts.js';
import {ChordCell} from './chord_cell.jsx';
import {ChordName} from './chord_name.jsx';

/** @import {playedBars} from '../state/song_form.js' */
/** @import {Studio} from '../studio/studio.js' */

/** @typedef {ReturnType<typeof playedBars>} Played */

/**
 * The names of a song's sections above its bars; a click moves the playhead to the section's start.
 * @param {{studio: Studio, played: Played, columns: {gridTemplateColumns: string},
 *   playingBar: number}} props
 */
export function SectionRow({studio, played, columns, playingBar}) {
  return (
    <div class="section-row" style={columns} role="group" aria-label={texts.song.sections}>
      {played.sections.map(({name, bar, bars}, i) => {
        const shown = name === SONG.ending ? texts.song.ending : name;
        return (
          <button type="button" key={i} style={{gridColumn: `span ${bars}`}}
            class={`section-name hue-${hueOf(name)}`}
            aria-current={playingBar >= bar && playingBar < bar + bars ? 'true' : undefined}
            aria-label={bars === 1 ? texts.song.goToBar(shown, bar + 1)
              : texts.song.goToBars(shown, bar + 1, bar + bars)} title={shown}
            onClick={() => studio.seek(bar * studio.format.stepsPerMeasure)}>
            <span>{shown}</span></button>
        );
      })}
    </div>
  );
}

/**
 * The chords of a song's bars; a change applies wherever the section is played.
 * @param {{studio: Studio, played: Played, columns: {gridTemplateColumns: string},
 *   playingBar: number}} props
 */
export function SongChords({studio, played, columns, playingBar}) {
  const [open, setOpen] = useState(/** @type {?number} */ (null));
  return (
    <div class="chord-row" style={columns}>
      {played.bars.map(({symbols, index}, bar) => (index < 0 ? (
        <div class={`chord-cell ${bar === playingBar ? 'is-playing' : ''}`} key={bar}>
          <div class="chord-button is-fixed" title={texts.song.lastChord}>
            <ChordName symbol={symbols[0]} /></div>
        </div>
      ) : (
        <SongChord key={bar} studio={studio} bar={bar} bars={played.bars.length} open={open}
          setOpen={setOpen} isPlaying={bar === playingBar} />
      )))}
    </div>
  );
}

/**
 * @param {object} props
 * @param {Studio} props.studio
 * @param {number} props.bar
 * @param {number} props.bars of the song
 * @param {?number} props.open the bar whose panel is open
 * @param {(bar: ?number) => void} props.setOpen
 * @param {boolean} props.isPlaying
 */
function SongChord({studio, bar, bars, open, setOpen, isPlaying}) {
  const line = studio.lineAt(bar);
  return (
    <ChordCell line={line} index={line.index} place={{bar, bars}} isOpen={open === bar}
      setOpen={(index) => setOpen(index === null ? null : bar + index - line.index)}
      isPlaying={isPlaying} />
  );
}
