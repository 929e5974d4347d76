import {useEffect, useRef, useState} from 'preact/hooks';

import {partTones} from './colours.js';
import {drawPlayhead, drawSong} from './roll_drawing.js';
import {barStep, rollLayout, stepAt} from './roll_layout.js';

/** @import {Song} from '../music/song.js' */
/** @import {Studio} from '../studio/studio.js' */

const HEIGHTS = [260, 430]; // px, as the window has room
const AROUND = 470; // px of the page above and below

/**
 * The notes, and over them the playhead.
 * @param {{studio: Studio, song: Song, isDark: boolean, barWidth: number}} props
 */
export function RollCanvas({studio, song, isDark, barWidth}) {
  const notes = useRef(/** @type {?HTMLCanvasElement} */ (null));
  const overlay = useRef(/** @type {?HTMLCanvasElement} */ (null));
  const layout = rollLayout(song, barWidth, useRollHeight());
  const picture = {
    song,
    layout,
    isDark,
    tones: partTones(song.parts, (part) => studio.sound(part)),
    heard: song.parts.map((part) => studio.sound(part).heard),
  };
  useEffect(() => {
    if (notes.current) drawSong(notes.current, picture);
  });
  useEffect(() => {
    let frame = 0;
    const draw = () => {
      if (overlay.current) drawPlayhead(overlay.current, picture, studio.player);
      if (studio.player.isPlaying) frame = requestAnimationFrame(draw);
    };
    draw();
    return () => cancelAnimationFrame(frame);
  });
  const summary = `Piano roll of ${song.bars} bars: ` +
    song.parts.map(({name}) => name).join(', ');
  const {step} = studio.player;
  const bar = Math.floor(step / song.format.stepsPerMeasure) + 1;
  return (
    <div class="canvases" style={{height: layout.height}}>
      <canvas ref={notes} role="img" aria-label={summary} />
      <canvas ref={overlay} role="slider" tabIndex={0} aria-label="Place in the music"
        aria-valuemin={1} aria-valuemax={song.bars} aria-valuenow={bar}
        aria-valuetext={`Bar ${bar} of ${song.bars}`}
        onClick={(event) => {
          const {left} = event.currentTarget.getBoundingClientRect();
          studio.seek(stepAt(event.clientX - left, layout, song));
        }}
        onKeyDown={(event) => {
          const to = barStep(event.key, studio.player.step, song);
          if (to === null || event.ctrlKey || event.metaKey || event.altKey) return;
          event.preventDefault();
          studio.seek(to);
        }} />
    </div>
  );
}

function useRollHeight() {
  const fit = () => Math.max(HEIGHTS[0], Math.min(HEIGHTS[1], window.innerHeight - AROUND));
  const [height, setHeight] = useState(fit);
  useEffect(() => {
    const listen = () => setHeight(fit());
    window.addEventListener('resize', listen);
    return () => window.removeEventListener('resize', listen);
  }, []);
  return height;
}
