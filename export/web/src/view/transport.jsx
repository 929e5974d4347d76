import {useEffect, useRef} from 'preact/hooks';

import {FONT, PORT, SYNTH} from '../sound/sounds.js';
import {TEMPERATURES, TEMPOS} from '../state/arrangement.js';
import {decimal, texts} from '../texts/texts.js';
import {Icon} from './icons.jsx';
import {FetchingText} from './progress.jsx';

/** @import {Studio} from '../studio/studio.js' */

/** Playback, and controls of the whole piece. @param {{studio: Studio}} props */
export function Transport({studio}) {
  const {loop} = studio.arrangement;
  const {player, sounds} = studio;
  const section = useRoomBelow();
  return (
    <section class="transport" aria-label={texts.transport.label} ref={section}>
      <button type="button" class={`play ${player.isPlaying ? 'is-playing' : ''}`}
        disabled={!studio.song} onClick={() => studio.toggle()}
        aria-label={player.isPlaying ? texts.transport.pause : texts.transport.play}
        title={texts.transport.playKey}>
        <Icon name={player.isPlaying ? 'stop' : 'play'} />
      </button>
      <button type="button" class="tool" aria-pressed={loop} aria-label={texts.transport.repeat}
        title={texts.transport.repeat} onClick={() => studio.change({loop: !loop})}><Icon name="loop" /></button>
      <Knobs studio={studio} />
      <button type="button" class="button" onClick={() => studio.rollAll()} disabled={!studio.song}
        title={texts.transport.rollAgainMore}>
        <Icon name="dice" /> {texts.transport.rollAgain}</button>
      <button type="button" class="button strong" onClick={() => studio.surprise()}
        disabled={!studio.song} title={texts.transport.surpriseMore}>
        <Icon name="spark" /> {texts.transport.surprise}</button>
      {(sounds.fontName || sounds.hasMidi) && <SoundsSelect studio={studio} />}
      <FetchingText fetching={studio.status.fetching} />
    </section>
  );
}

/** Sets --foot to the height of an element at the bottom; the page scrolls targets above it. */
function useRoomBelow() {
  const element = useRef(/** @type {?HTMLElement} */ (null));
  useEffect(() => {
    const box = element.current;
    if (!box) return undefined;
    const {style} = document.documentElement;
    const observer = new ResizeObserver(() =>
      style.setProperty('--foot', `${box.offsetHeight + 8}px`));
    observer.observe(box);
    return () => {
      observer.disconnect();
      style.removeProperty('--foot');
    };
  }, []);
  return element;
}

/** @param {{studio: Studio}} props */
function Knobs({studio}) {
  const {qpm, temperature} = studio.arrangement;
  return (
    <>
        <label class="knob">
          <span>{texts.transport.tempo} <b>{qpm}</b></span>
          <input type="range" min={TEMPOS[0]} max={TEMPOS[1]} value={qpm}
            aria-valuetext={texts.transport.beats(qpm)} title={texts.transport.beatsPerMinute}
            onInput={(event) => studio.change({qpm: Number(event.currentTarget.value)}, 'qpm')}
            onChange={() => studio.settle()} />
        </label>
        <label class="knob">
          <span>{texts.transport.daring} <b>{decimal(temperature / 100, 2)}</b></span>
          <input type="range" min={TEMPERATURES[0]} max={TEMPERATURES[1]} step="5" value={temperature}
            aria-valuetext={decimal(temperature / 100, 2)}
            title={texts.transport.daringMore}
            onInput={(event) =>
              studio.change({temperature: Number(event.currentTarget.value)}, 'temperature')}
            onChange={() => studio.settle()} />
        </label>
    </>
  );
}

/** @param {{studio: Studio}} props */
function SoundsSelect({studio}) {
  const {sounds} = studio;
  return (
    <div class={`sounds ${sounds.fontName || sounds.port ? '' : 'is-spare'}`}>
      <Icon name="speaker" />
      <select class="select" aria-label={texts.transport.sounds} title={sounds.fontName}
        value={sounds.kind === PORT ? PORT + sounds.port?.id : sounds.kind}
        onChange={async (event) => {
          const box = event.currentTarget;
          if (box.value.startsWith(PORT)) await studio.choosePort(box.value.slice(PORT.length));
          else await studio.chooseSounds(box.value === FONT ? FONT : SYNTH);
          if (sounds.kind !== PORT) box.value = sounds.kind; // shows the actual choice
        }}>
        <option value={SYNTH}>{texts.transport.synthesiser}</option>
        {sounds.fontName && <option value={FONT}>{sounds.fontName}</option>}
        {sounds.ports.map(({id, name}) => <option value={PORT + id}>{texts.transport.port(name ?? '')}</option>)}
        {sounds.hasMidi && !sounds.ports.length && <option value={PORT}>{texts.transport.anyPort}</option>}
      </select>
      {sounds.kind === PORT && (
        <button type="button" class="chip" onClick={() => studio.panic()}
          title={texts.transport.panicMore}>{texts.transport.panic}</button>
      )}
      {sounds.isFontKept && (
        <button type="button" class="tool small" onClick={() => studio.forgetFont()}
          aria-label={texts.transport.forgetFont(sounds.fontName)}
          title={texts.transport.forgetFontMore}><Icon name="close" /></button>
      )}
    </div>
  );
}
