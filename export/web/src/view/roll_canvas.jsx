import {useEffect, useLayoutEffect, useMemo, useRef, useState} from 'preact/hooks';

import {soundingNames} from '../../../../packages/engine/src/music/part_names.js';
import {instrumentName, texts} from '../texts/texts.js';
import {partTones} from './colours.js';
import {keptTexts} from './kept_line.jsx';
import {NoteLayer} from './note_layer.jsx';
import {drawPlayhead, drawSong} from './roll_drawing.js';
import {barStep, rollLayout, stepAt} from './roll_layout.js';

/** @import {RefObject} from 'preact' */
/** @import {Song} from '../../../../packages/engine/src/music/song.js' */
/** @import {Studio} from '../studio/studio.js' */
/** @import {NoteEditor} from './note_editor.js' */
/** @import {Picture} from './roll_drawing.js' */

const LOWEST = 260; // px: minimum height
const BELOW = 56; // px: the sliders under the roll, and the panel's edge

/**
 * The notes, and over them the playhead.
 * @param {{studio: Studio, song: Song, isDark: boolean, barWidth: number, editor: NoteEditor}} props
 */
export function RollCanvas({studio, song, isDark, barWidth, editor}) {
  const notes = useRef(/** @type {?HTMLCanvasElement} */ (null));
  const overlay = useRef(/** @type {?HTMLCanvasElement} */ (null));
  const box = useRef(/** @type {?HTMLDivElement} */ (null));
  const picture = usePicture(studio, song, {
    isDark, barWidth, height: useRollHeight(box), edited: editor.isOn ? editor.key : '',
  });
  const {layout} = picture;
  useEffect(() => {
    if (notes.current) drawSong(notes.current, picture);
  }, [picture]);
  useEffect(() => {
    let frame = 0;
    const draw = () => {
      if (overlay.current) drawPlayhead(overlay.current, picture, studio.player);
      if (studio.player.isPlaying) frame = requestAnimationFrame(draw);
    };
    draw();
    return () => cancelAnimationFrame(frame);
  });
  const {locked, edited} = keptTexts(studio, song);
  const names = soundingNames(song.parts, (part) => studio.sound(part), instrumentName);
  const partName = names[song.parts.findIndex(({key}) => key === editor.key)] ?? '';
  const summary = [
    texts.roll.summary(song.bars, names.join(', ')), locked, edited,
  ].filter(Boolean).join('. ');
  const {step} = studio.player;
  const bar = Math.floor(step / song.format.stepsPerMeasure) + 1;
  const isLocked = studio.arrangement.kept.bars.includes(bar - 1);
  return (
    <div class="canvases" ref={box} style={{height: layout.height}}>
      <canvas ref={notes} role="img" aria-label={summary} />
      <canvas ref={overlay} role="slider" tabIndex={0} aria-label={texts.roll.place}
        aria-valuemin={1} aria-valuemax={song.bars} aria-valuenow={bar}
        aria-valuetext={isLocked ? texts.kept.place(texts.roll.bar(bar, song.bars))
          : texts.roll.bar(bar, song.bars)}
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
      {editor.isOn &&
        <NoteLayer studio={studio} picture={picture} editor={editor} partName={partName} />}
    </div>
  );
}

/**
 * Returns the inputs of the drawing, as the same object until one of them changes.
 * @param {Studio} studio
 * @param {Song} song
 * @param {{isDark: boolean, barWidth: number, height: number, edited: string}} looks
 * @returns {Picture}
 */
function usePicture(studio, song, {isDark, barWidth, height, edited}) {
  const {kept} = studio.arrangement;
  const sounds = song.parts.map((part) => studio.sound(part));
  const known = [
    song, kept, isDark, barWidth, height, edited, texts.code, window.devicePixelRatio,
    sounds.map(({heard, program}) => `${heard} ${program}`).join(),
  ];
  // the parts' sounds are new objects each time, so their text is compared
  // eslint-disable-next-line react-hooks/exhaustive-deps
  return useMemo(() => ({
    song,
    layout: rollLayout(song, barWidth, height),
    isDark,
    tones: partTones(song.parts, (part) => studio.sound(part)),
    heard: sounds.map(({heard}) => heard),
    kept,
    edited,
  }), known);
}

/**
 * Returns the height of the roll, which fills the window between its top and the transport.
 * @param {RefObject<HTMLElement>} box
 */
function useRollHeight(box) {
  const [height, setHeight] = useState(LOWEST);
  useLayoutEffect(() => {
    const fit = () => {
      if (!box.current) return;
      const top = box.current.getBoundingClientRect().top + window.scrollY;
      const foot = document.querySelector('.transport')?.clientHeight ?? 0;
      setHeight(Math.max(LOWEST, Math.floor(window.innerHeight - top - foot - BELOW)));
    };
    const observer = new ResizeObserver(fit);
    for (const around of ['.score', '.main']) { // elements whose size may move the roll
      const element = box.current?.closest(around);
      if (element) observer.observe(element);
    }
    window.addEventListener('resize', fit);
    fit();
    return () => {
      observer.disconnect();
      window.removeEventListener('resize', fit);
    };
  }, [box]);
  return height;
}
