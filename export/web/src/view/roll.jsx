import {useEffect, useLayoutEffect, useRef, useState} from 'preact/hooks';

import {barShare} from '../state/kept.js';
import {placeOf} from '../state/pad.js';
import {MOST_CHORDS, barText} from '../state/progression.js';
import {playedBars} from '../state/song_form.js';
import {nextTask} from '../../../../packages/engine/src/engine/next_task.js';
import {texts} from '../texts/texts.js';
import {ChordCell} from './chord_cell.jsx';
import {Icon} from './icons.jsx';
import {LockButton} from './lock_button.jsx';
import {RollCanvas} from './roll_canvas.jsx';
import {GUTTER} from './roll_layout.js';
import {usePlayingBar} from './playing_bar.js';
import {SectionRow, SongChords} from './song_rows.jsx';
import {placeText} from './units.js';

/** @import {RefObject} from 'preact' */
/** @import {Song} from '../../../../packages/engine/src/music/song.js' */
/** @import {Studio} from '../studio/studio.js' */
/** @import {NoteEditor} from './note_editor.js' */

const NARROWEST = 92; // px: minimum width of a bar

/**
 * Chords above the piano roll, and below it a slider between the styles and a lock for each bar.
 * @param {{studio: Studio, song: Song, isDark: boolean, editor: NoteEditor}} props
 */
export function Roll({studio, song, isDark, editor}) {
  const played = studio.arrangement.song && playedBars(studio.arrangement);
  const bars = played ? played.bars.length : studio.arrangement.chords.length;
  const frame = useRef(/** @type {?HTMLDivElement} */ (null));
  const width = useWidth(frame);
  const barWidth = Math.max(NARROWEST, Math.floor((width - GUTTER) / bars));
  const playingBar = usePlayingBar(studio, bars);
  useFollow(frame, playingBar, barWidth, studio.player.isPlaying);
  const columns = {gridTemplateColumns: `repeat(${bars}, ${barWidth}px)`};
  return (
    <div class="roll-frame" ref={frame}>
      <div class="roll" style={{width: GUTTER + barWidth * bars}}>
        {played ? (
          <>
            <SectionRow studio={studio} played={played} columns={columns} playingBar={playingBar} />
            <SongChords studio={studio} played={played} columns={columns} playingBar={playingBar} />
          </>
        ) : <ChordRow studio={studio} columns={columns} playingBar={playingBar} />}
        {width > 0 &&
          <RollCanvas studio={studio} song={song} isDark={isDark} barWidth={barWidth}
            editor={editor} />}
        {played ? <LockRow studio={studio} bars={played.bars} columns={columns} />
          : <BlendRow studio={studio} columns={columns} />}
      </div>
    </div>
  );
}

/** @typedef {{gridTemplateColumns: string}} Columns */

/** @param {{studio: Studio, columns: Columns, playingBar: number}} props */
function ChordRow({studio, columns, playingBar}) {
  const {chords} = studio.arrangement;
  const [open, setOpen] = useState(/** @type {?number} */ (null));
  return (
    <div class="chord-row" style={columns}>
      {chords.map((_, index) => (
        <ChordCell key={index} line={studio.lineAt(index)} index={index}
          place={{bar: index, bars: chords.length}} isOpen={open === index}
          setOpen={setOpen} isPlaying={index === playingBar} />
      ))}
      {chords.length < MOST_CHORDS && (
        <button type="button" class="tool add-chord" aria-label={texts.chords.add}
          title={texts.chords.add}
          onClick={({currentTarget}) => {
            const isLast = chords.length === MOST_CHORDS - 1; // then this button disappears
            if (isLast) focusButton(currentTarget.previousElementSibling);
            studio.setChords([...chords, chords[chords.length - 1]]);
          }}>
          <Icon name="plus" /></button>
      )}
    </div>
  );
}

/** @param {?Element} cell of a chord */
const focusButton = (cell) => cell?.querySelector('button')?.focus();

/** @param {{studio: Studio, columns: Columns}} props */
function BlendRow({studio, columns}) {
  const {chords, blend} = studio.arrangement;
  const setShare = (/** @type {number} */ index, /** @type {number} */ share) =>
    studio.change({blend: blend.map((old, i) => (i === index ? share : old))}, `blend ${index}`);
  return (
    <div class="blend-cells" style={columns}>
      {blend.map((share, index) => (
        <div class="blend-cell" key={index}>
          <input type="range" min="0" max="100" value={share}
            aria-label={texts.chords.blend(index + 1, barText(chords[index]))}
            aria-valuetext={placeText(placeOf(studio.arrangement, index))}
            onInput={(event) => setShare(index, Number(event.currentTarget.value))}
            onChange={() => studio.settle()} />
          <BarLock studio={studio} bar={index} symbols={chords[index]} bars={chords.length} />
        </div>
      ))}
    </div>
  );
}

/**
 * The locks of a song's bars; without sliders, since the sections set the styles.
 * @param {{studio: Studio, bars: {symbols: string[]}[], columns: Columns}} props
 */
function LockRow({studio, bars, columns}) {
  return (
    <div class="blend-cells lock-cells" style={columns}>
      {bars.map(({symbols}, bar) => (
        <BarLock key={bar} studio={studio} bar={bar} symbols={symbols} bars={bars.length} />
      ))}
    </div>
  );
}

/** @param {{studio: Studio, bar: number, symbols: string[], bars: number}} props */
const BarLock = ({studio, bar, symbols, bars}) => (
  <LockButton share={barShare(studio.arrangement.kept, bar, bars)}
    label={texts.kept.lockBar(bar + 1, barText(symbols))}
    toggle={() => studio.keeping.toggleBar(bar)} />
);

/** Returns the inner width of an element; 0 until it is measured. @param {RefObject<HTMLElement>} element */
function useWidth(element) {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const box = element.current;
    if (!box) return undefined;
    const observer = new ResizeObserver(() => setWidth(box.clientWidth));
    let isGone = false;
    nextTask().then(() => { // in a later task, since the first layout of the page is slow
      if (isGone) return;
      setWidth(box.clientWidth);
      observer.observe(box);
    });
    return () => {
      isGone = true;
      observer.disconnect();
    };
  }, [element]);
  return width;
}

/**
 * Scrolls the roll to the playing bar if it is wider than its frame.
 * @param {RefObject<HTMLElement>} frame
 * @param {number} bar
 * @param {number} barWidth
 * @param {boolean} isPlaying
 */
function useFollow(frame, bar, barWidth, isPlaying) {
  useEffect(() => {
    const box = frame.current;
    if (!box || !isPlaying || bar < 0 || box.scrollWidth <= box.clientWidth) return;
    const left = GUTTER + bar * barWidth;
    if (left < box.scrollLeft + GUTTER || left + barWidth > box.scrollLeft + box.clientWidth) {
      box.scrollTo({left: left - GUTTER, behavior: wantsStillness() ? 'auto' : 'smooth'});
    }
  }, [frame, bar, barWidth, isPlaying]);
}

const wantsStillness = () => window.matchMedia('(prefers-reduced-motion: reduce)').matches;
