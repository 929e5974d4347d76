import {useMemo, useState} from 'preact/hooks';

import {between} from '../../../../packages/engine/src/engine/points.js';
import {isHeld, isMorph, meanShare, morph} from '../state/blend.js';
import {isSame} from '../state/favourites.js';
import {atPlaces, meanPlace} from '../state/pad.js';
import {styleName} from '../state/style_names.js';
import {styleText} from '../state/style_text.js';
import {texts} from '../texts/texts.js';
import {CharacterChip, CharacterSliders} from './character.jsx';
import {Favourites} from './favourites.jsx';
import {Glyph} from './glyph.jsx';
import {Icon} from './icons.jsx';
import {Pad, PadChip} from './pad.jsx';
import {pure} from './pure.js';
import {SongChip} from './song_panel.jsx';

/** @import {ComponentChildren} from 'preact' */
/** @import {Style} from '../state/arrangement.js' */
/** @import {Studio, Which} from '../studio/studio.js' */

/**
 * The two styles and the blends between them.
 * @param {{studio: Studio, pickFile: (which: Which) => void}} props
 */
export function Styles({studio, pickFile}) {
  const {a, b, c, d, down} = studio.arrangement;
  const points = usePoints(studio, [a, b, c, d]);
  const [hasCharacter, setCharacter] = useState(false);
  const [wantsPad, setPad] = useState(/** @type {?boolean} */ (null));
  const hasPad = Boolean(c && d) && (wantsPad ?? down.some(Boolean));
  const card = (/** @type {Which} */ which, /** @type {Style} */ style) => (
    <StyleCard studio={studio} which={which} style={style} point={points['abcd'.indexOf(which)]}
      pickFile={pickFile} />
  );
  return (
    <section class={`styles panel ${hasPad ? 'has-pad' : ''}`} aria-label={texts.styles.label}>
      {card('a', a)}
      <Blend studio={studio} points={points} hasPad={hasPad}>
        <PadChip isOpen={hasPad} toggle={() => {
          setPad(!hasPad);
          studio.openPad();
        }} />
        <CharacterChip studio={studio} isOpen={hasCharacter}
          toggle={() => setCharacter(!hasCharacter)} />
        <SongChip studio={studio} />
      </Blend>
      {card('b', b)}
      {hasPad && c && card('c', c)}
      {hasPad && d && card('d', d)}
      <CharacterSliders studio={studio} isOpen={hasCharacter} />
      <Favourites studio={studio} />
    </section>
  );
}

/**
 * Returns the points of styles, as the same arrays until a style changes; a missing lower style has
 * the point of the style above it.
 * @param {Studio} studio
 * @param {(?Style)[]} styles a, b, c, d
 */
function usePoints(studio, [a, b, c, d]) {
  const corners = /** @type {Style[]} */ ([a, b, c ?? a, d ?? b]);
  const texts = corners.map(styleText).join(' ');
  // styles are compared by their text, so that unchanged ones keep their points
  // eslint-disable-next-line react-hooks/exhaustive-deps
  return useMemo(() => corners.map((style) => studio.point(style)), [studio, texts]);
}

/**
 * @param {{studio: Studio, points: Float32Array[], hasPad: boolean,
 *   children: ComponentChildren}} props
 */
function Blend({studio, points, hasPad, children}) {
  const {blend, down} = studio.arrangement;
  const mean = meanPlace({blend, down});
  const isOnLine = !down.some(Boolean);
  return (
    <div class="blend">
      {hasPad ? <Pad studio={studio} points={points} /> : <BlendLine studio={studio} points={points} />}
      <div class="blend-tools">
        <button type="button" class="chip" aria-pressed={isHeld(blend) && isHeld(down)}
          onClick={() => studio.change(atPlaces(blend.map(() => mean)))}>{texts.styles.hold}</button>
        <button type="button" class="chip" aria-pressed={isMorph(blend) && isOnLine}
          onClick={() => studio.change(onLine(morph(blend.length)))} title={texts.styles.morphMore}>
          {texts.styles.morph} A <Icon name="arrow" /> B</button>
        <button type="button" class="chip" onClick={() => studio.swapStyles()}
          aria-label={texts.styles.swap}><Icon name="swap" /></button>
        {children}
      </div>
    </div>
  );
}

/** Places on the line from A to B. @param {number[]} blend */
const onLine = (blend) => ({blend, down: blend.map(() => 0)});

/** A slider from A to B at the mean of all bars, which sets them all. @param {{studio: Studio, points: Float32Array[]}} props */
function BlendLine({studio, points: [pointA, pointB]}) {
  const {blend} = studio.arrangement;
  const mean = meanShare(blend);
  return (
    <>
      <BlendGlyphs from={pointA} to={pointB} />
      <input type="range" class="blend-slider" min="0" max="100" value={mean}
        aria-label={texts.styles.blend}
        aria-valuetext={texts.styles.shares(100 - mean, mean)}
        onInput={(event) => studio.change(
          onLine(blend.map(() => Number(event.currentTarget.value))), 'blend')}
        onChange={() => studio.settle()} />
    </>
  );
}

const BlendGlyphs = pure(/** @param {{from: Float32Array, to: Float32Array}} props */ ({from, to}) => (
  <div class="blend-row" aria-hidden="true">
    {[0, 0.25, 0.5, 0.75, 1].map((t) => (
      <Glyph key={t} point={between(from, to, t)} colour={`var(--mix-${t * 100})`} size={30} />
    ))}
  </div>
));

/**
 * @param {{studio: Studio, which: Which, style: Style, point: Float32Array,
 *   pickFile: (which: Which) => void}} props
 */
function StyleCard({studio, which, style, point, pickFile}) {
  const letter = which.toUpperCase();
  const isKept = studio.favourites.some((favourite) => isSame(favourite.style, style));
  return (
    <div class={`style style-${which}`}>
      <Glyph point={point} colour={`var(--style-${which})`} size={72} />
      <div class="style-text">
        <span class="style-letter">{texts.styles.style(letter)}</span>
        <span class="style-name" title={styleName(style)}>{styleName(style)}</span>
        <div class="style-tools">
          <button type="button" class="button" onClick={() => studio.newStyle(which)}
            aria-label={texts.styles.newStyle(letter)}><Icon name="dice" /> {texts.styles.fresh}</button>
          <button type="button" class="tool keep" aria-pressed={isKept}
            onClick={() => (isKept ? studio.forget(style) : studio.keep(style))}
            aria-label={texts.styles.keep(letter)}
            title={isKept ? texts.styles.isKept : texts.styles.keepMore}>
            <Icon name="star" /></button>
          <button type="button" class="tool" onClick={() => pickFile(which)}
            aria-label={texts.styles.fromFile(letter)} title={texts.styles.fromFileMore}>
            <Icon name="file" /></button>
        </div>
      </div>
    </div>
  );
}
