import {useRef} from 'preact/hooks';

import {inSquare} from '../../../../packages/engine/src/engine/points.js';
import {isHeld} from '../state/blend.js';
import {placeOf} from '../state/pad.js';
import {texts} from '../texts/texts.js';
import {Glyph} from './glyph.jsx';
import {Icon} from './icons.jsx';
import {pure} from './pure.js';
import {usePlayingBar} from './playing_bar.js';
import {placeText} from './units.js';

/** @import {Arrangement} from '../state/arrangement.js' */
/** @import {Place} from '../state/pad.js' */
/** @import {Studio} from '../studio/studio.js' */

const GLYPHS = [0, 0.25, 0.5, 0.75, 1];
const STEPS = {fine: 1, usual: 5, page: 20};

/** Opens and closes the pad. @param {{isOpen: boolean, toggle: () => void}} props */
export function PadChip({isOpen, toggle}) {
  return (
    <button type="button" class="chip" aria-expanded={isOpen} aria-controls="pad"
      title={texts.pad.title} onClick={toggle}><Icon name="square" /> {texts.pad.chip}</button>
  );
}

/**
 * The square between four styles.
 * @param {{studio: Studio, points: Float32Array[]}} props
 */
export function Pad({studio, points}) {
  const {pad, arrangement, player} = studio;
  usePlayingBar(studio, arrangement.chords.length); // the place follows the bar
  const {place} = pad;
  const text = pad.isRecording ? texts.pad.recording : pad.isLive ? texts.pad.live
    : player.isPlaying ? texts.pad.playing : texts.pad.still;
  return (
    <div class="pad-box" id="pad">
      <PadSquare studio={studio} place={place}>
        <PadGlyphs points={points} />
        <PadPath arrangement={arrangement} />
      </PadSquare>
      <div class="pad-tools">
        <button type="button" class="chip record" aria-pressed={pad.isRecording}
          title={texts.pad.recordTitle} onClick={() => studio.recordPad()}>
          <Icon name="record" /> {texts.pad.record}</button>
        <p class="hint" role="status">{text}</p>
      </div>
    </div>
  );
}

/**
 * The square and the current place, which pointers and keys move.
 * @param {{studio: Studio, place: Place, children: import('preact').ComponentChildren}} props
 */
function PadSquare({studio, place, children}) {
  const isDown = useRef(false);
  const across = useRef(/** @type {?HTMLInputElement} */ (null));
  const follow = (/** @type {PointerEvent} */ event) => {
    if (!isDown.current) return;
    const box = /** @type {HTMLElement} */ (event.currentTarget);
    const {left, top, width, height} = box.getBoundingClientRect();
    studio.pad.move(rounded({
      x: (100 * (event.clientX - left)) / width, y: (100 * (event.clientY - top)) / height,
    }));
  };
  const end = () => {
    isDown.current = false;
    studio.settle();
  };
  const axis = {
    type: 'range', class: 'pad-axis', min: 0, max: 100, 'aria-valuetext': placeText(place),
    'aria-roledescription': texts.pad.twoD, onChange: () => studio.settle(),
  };
  return (
    <div class="pad" role="group" aria-label={texts.pad.pad}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        isDown.current = true;
        event.preventDefault(); // prevents text selection
        event.currentTarget.setPointerCapture(event.pointerId);
        across.current?.focus({preventScroll: true});
        follow(event);
      }}
      onPointerMove={follow} onPointerUp={end} onPointerCancel={end}
      onKeyDown={(event) => {
        const to = placeAfter(event, place);
        if (!to) return;
        event.preventDefault();
        event.stopPropagation(); // some are also shortcuts of the page
        studio.pad.move(to);
      }}>
      {children}
      <input {...axis} ref={across} value={place.x} aria-label={texts.pad.across}
        onInput={(event) => studio.pad.move({...place, x: Number(event.currentTarget.value)})} />
      <input {...axis} value={place.y} aria-label={texts.pad.down} aria-orientation="vertical"
        tabIndex={-1}
        onInput={(event) => studio.pad.move({...place, y: Number(event.currentTarget.value)})} />
      <span class="pad-thumb" style={{left: `${place.x}%`, top: `${place.y}%`}} />
    </div>
  );
}

/** Rounds a place and clamps it to the square. @param {Place} place @returns {Place} */
const rounded = ({x, y}) => {
  const [wholeX, wholeY] = [x, y].map((each) => Math.max(0, Math.min(100, Math.round(each))));
  return {x: wholeX, y: wholeY};
};

/**
 * Returns the place that a key moves to; null for other keys.
 * @param {KeyboardEvent} event
 * @param {Place} place
 */
function placeAfter({key, shiftKey, ctrlKey, metaKey, altKey}, {x, y}) {
  if (ctrlKey || metaKey || altKey) return null;
  const step = shiftKey ? STEPS.fine : STEPS.usual;
  /** @type {Record<string, Place>} */
  const places = {
    ArrowLeft: {x: x - step, y},
    ArrowRight: {x: x + step, y},
    ArrowUp: {x, y: y - step},
    ArrowDown: {x, y: y + step},
    PageUp: {x, y: y - STEPS.page},
    PageDown: {x, y: y + STEPS.page},
    Home: {x: 0, y},
    End: {x: 100, y},
  };
  return Object.hasOwn(places, key) ? rounded(places[key]) : null;
}

/** Glyphs of the blended styles, on a grid between the corners. */
const PadGlyphs = pure(/** @param {{points: Float32Array[]}} props */ ({points}) => (
  <div class="pad-glyphs" aria-hidden="true">
    {GLYPHS.map((y) => GLYPHS.map((x) => (
      <span key={`${x} ${y}`} class="pad-glyph" style={{'--x': `${100 * x}%`, '--y': `${100 * y}%`}}>
        <Glyph point={inSquare(points, x, y)} colour="var(--mix)" size={30} />
      </span>
    )))}
  </div>
));

/** The path of the bars through the square. @param {{arrangement: Arrangement}} props */
function PadPath({arrangement}) {
  const {blend, down} = arrangement;
  if (isHeld(blend) && isHeld(down)) return null;
  const places = blend.map((_, bar) => placeOf(arrangement, bar));
  return (
    <svg class="pad-path" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
      <polyline class="pad-way" points={places.map(({x, y}) => `${x},${y}`).join(' ')} />
      {places.map(({x, y}, bar) => <path key={bar} class="pad-dot" d={`M${x} ${y}h0`} />)}
    </svg>
  );
}
