import {useState} from 'preact/hooks';

import {between} from '../engine/points.js';
import {styleName} from '../state/style_names.js';
import {Glyph} from './glyph.jsx';
import {Icon} from './icons.jsx';

/** The two styles and what lies between them. */
export function Styles({studio, pickFile}) {
  const {a, b, blend} = studio.arrangement;
  const [pointA, pointB] = [a, b].map((style) => studio.point(style));
  const mean = Math.round(blend.reduce((sum, share) => sum + share, 0) / blend.length);
  const isEven = blend.every((share) => share === blend[0]);
  const setAll = (share) => studio.change({blend: blend.map(() => share)}, 'blend');
  const sweep = blend.map((_, i) => Math.round((100 * i) / Math.max(blend.length - 1, 1)));
  const isSweep = !isEven && sweep.every((share, i) => share === blend[i]);
  return (
    <section class="styles panel" aria-label="Styles">
      <StyleCard studio={studio} which="a" style={a} point={pointA} pickFile={pickFile} />
      <div class="blend">
        <div class="blend-row" aria-hidden="true">
          {[0, 0.25, 0.5, 0.75, 1].map((t) => (
            <Glyph point={between(pointA, pointB, t)} colour={`var(--mix-${t * 100})`} size={30} />
          ))}
        </div>
        <input type="range" class="blend-slider" min="0" max="100" value={mean}
          aria-label="Blend of style A and style B, for all chords"
          aria-valuetext={`${100 - mean} % A, ${mean} % B`}
          onInput={(event) => setAll(Number(event.currentTarget.value))}
          onChange={() => studio.settle()} />
        <div class="blend-tools">
          <button type="button" class="chip" aria-pressed={isEven}
            onClick={() => studio.change({blend: blend.map(() => mean)})}>Hold</button>
          <button type="button" class="chip" aria-pressed={isSweep}
            onClick={() => studio.change({blend: sweep})} aria-label="Morph from A to B">
            Morph A <Icon name="arrow" /> B</button>
          <button type="button" class="chip" onClick={() => studio.swapStyles()}
            aria-label="Swap A and B"><Icon name="swap" /></button>
        </div>
      </div>
      <StyleCard studio={studio} which="b" style={b} point={pointB} pickFile={pickFile} />
      <Favourites studio={studio} />
    </section>
  );
}

function StyleCard({studio, which, style, point, pickFile}) {
  const letter = which.toUpperCase();
  const [isDrawing, setDrawing] = useState(false);
  const draw = async () => {
    setDrawing(true);
    await studio.newStyle(which);
    setDrawing(false);
  };
  return (
    <div class={`style style-${which}`}>
      <Glyph point={point} colour={`var(--style-${which})`} size={72} />
      <div class="style-text">
        <span class="style-letter">Style {letter}</span>
        <span class="style-name" title={styleName(style)}>{styleName(style)}</span>
        <div class="style-tools">
          <button type="button" class="button" onClick={draw} disabled={isDrawing}
            aria-label={`New style ${letter}`}><Icon name="dice" /> New</button>
          <button type="button" class="tool" onClick={() => studio.keep(style)}
            aria-label={`Keep style ${letter}`} title="Keep as a favourite">
            <Icon name="star" /></button>
          <button type="button" class="tool" onClick={() => pickFile(which)}
            aria-label={`Style ${letter} from a MIDI file`} title="From a MIDI file">
            <Icon name="file" /></button>
        </div>
      </div>
    </div>
  );
}

function Favourites({studio}) {
  const {favourites} = studio;
  if (!favourites.length) return null;
  const update = (index, item) =>
    studio.setFavourites(favourites.flatMap((old, i) => (i === index ? item ?? [] : old)));
  return (
    <ul class="favourites" aria-label="Favourites">
      {favourites.map(({name, style}, i) => (
        <li class="favourite" key={`${i} ${name}`}>
          <Glyph point={studio.point(style)} colour="var(--ink-soft)" size={22} />
          <input class="favourite-name" value={name} aria-label={`Name of favourite ${i + 1}`}
            maxLength={60} size={Math.max(name.length, 6)}
            onChange={(event) => update(i, {name: event.currentTarget.value || name, style})} />
          {['a', 'b'].map((which) => (
            <button type="button" class={`dot dot-${which}`}
              aria-label={`${name} as style ${which.toUpperCase()}`}
              title={`Use as style ${which.toUpperCase()}`}
              onClick={() => studio.setStyle(which, named(style, name))}>
              {which.toUpperCase()}</button>
          ))}
          <button type="button" class="tool small" aria-label={`Forget ${name}`}
            onClick={() => update(i, null)}><Icon name="close" /></button>
        </li>
      ))}
    </ul>
  );
}

const named = (style, name) => (style.point === undefined ? style : {...style, name});
