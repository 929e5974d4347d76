import {useState} from 'preact/hooks';

import {between} from '../../../../packages/engine/src/engine/points.js';
import {isHeld, isMorph, meanShare, morph} from '../state/blend.js';
import {isSame} from '../state/favourites.js';
import {styleName} from '../state/style_names.js';
import {texts} from '../texts/texts.js';
import {CharacterChip, CharacterSliders} from './character.jsx';
import {Favourites} from './favourites.jsx';
import {Glyph} from './glyph.jsx';
import {Icon} from './icons.jsx';
import {SongChip} from './song_panel.jsx';

/** @import {ComponentChildren} from 'preact' */
/** @import {Style} from '../state/arrangement.js' */
/** @import {Studio, Which} from '../studio/studio.js' */

/**
 * The two styles and the blends between them.
 * @param {{studio: Studio, pickFile: (which: Which) => void}} props
 */
export function Styles({studio, pickFile}) {
  const {a, b} = studio.arrangement;
  const [pointA, pointB] = [a, b].map((style) => studio.point(style));
  const [hasCharacter, setCharacter] = useState(false);
  return (
    <section class="styles panel" aria-label={texts.styles.label}>
      <StyleCard studio={studio} which="a" style={a} point={pointA} pickFile={pickFile} />
      <Blend studio={studio} pointA={pointA} pointB={pointB}>
        <CharacterChip studio={studio} isOpen={hasCharacter}
          toggle={() => setCharacter(!hasCharacter)} />
        <SongChip studio={studio} />
      </Blend>
      <StyleCard studio={studio} which="b" style={b} point={pointB} pickFile={pickFile} />
      <CharacterSliders studio={studio} isOpen={hasCharacter} />
      <Favourites studio={studio} />
    </section>
  );
}

/**
 * @param {{studio: Studio, pointA: Float32Array, pointB: Float32Array,
 *   children: ComponentChildren}} props
 */
function Blend({studio, pointA, pointB, children}) {
  const {blend} = studio.arrangement;
  const mean = meanShare(blend);
  const setAll = (/** @type {number} */ share) =>
    studio.change({blend: blend.map(() => share)}, 'blend');
  return (
    <div class="blend">
      <div class="blend-row" aria-hidden="true">
        {[0, 0.25, 0.5, 0.75, 1].map((t) => (
          <Glyph point={between(pointA, pointB, t)} colour={`var(--mix-${t * 100})`} size={30} />
        ))}
      </div>
      <input type="range" class="blend-slider" min="0" max="100" value={mean}
        aria-label={texts.styles.blend}
        aria-valuetext={texts.styles.shares(100 - mean, mean)}
        onInput={(event) => setAll(Number(event.currentTarget.value))}
        onChange={() => studio.settle()} />
      <div class="blend-tools">
        <button type="button" class="chip" aria-pressed={isHeld(blend)}
          onClick={() => studio.change({blend: blend.map(() => mean)})}>{texts.styles.hold}</button>
        <button type="button" class="chip" aria-pressed={isMorph(blend)}
          onClick={() => studio.change({blend: morph(blend.length)})} title={texts.styles.morphMore}>
          {texts.styles.morph} A <Icon name="arrow" /> B</button>
        <button type="button" class="chip" onClick={() => studio.swapStyles()}
          aria-label={texts.styles.swap}><Icon name="swap" /></button>
        {children}
      </div>
    </div>
  );
}

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
