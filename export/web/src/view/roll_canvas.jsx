import {useEffect, useRef, useState} from 'preact/hooks';

import {soundingNames} from '../music/part_names.js';
import {partTones} from './colours.js';
import {drawPlayhead, drawSong} from './roll_drawing.js';
import {rollLayout, stepAt} from './roll_layout.js';

/** @import {Song} from '../music/song.js' */
/** @import {Studio} from '../studio/studio.js' */

const HEIGHTS = [260, 1200]; // px, as the window has room
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
    soundingNames(song.parts, (part) => studio.sound(part)).join(', ');
  return (
    <div class="canvases" style={{height: layout.height}}>
      <canvas ref={notes} role="img" aria-label={summary} />
      <canvas ref={overlay} aria-hidden="true" onPointerDown={(event) => {
        const {left} = event.currentTarget.getBoundingClientRect();
        studio.seek(stepAt(event.clientX - left, layout, song));
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
