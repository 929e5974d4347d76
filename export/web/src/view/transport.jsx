import {useEffect, useRef} from 'preact/hooks';

import {FONT, PORT, SYNTH} from '../sound/sounds.js';
import {TEMPERATURES, TEMPOS} from '../state/arrangement.js';
import {Icon} from './icons.jsx';
import {FetchingText} from './progress.jsx';
import {beatsPerMinute} from './units.js';

/** @import {Studio} from '../studio/studio.js' */

/** Play, and what concerns the whole piece. @param {{studio: Studio}} props */
export function Transport({studio}) {
  const {loop} = studio.arrangement;
  const {player, sounds} = studio;
  const section = useRoomBelow();
  return (
    <section class="transport" aria-label="Playing" ref={section}>
      <button type="button" class={`play ${player.isPlaying ? 'is-playing' : ''}`}
        disabled={!studio.song} onClick={() => studio.toggle()}
        aria-label={player.isPlaying ? 'Pause' : 'Play'} title="Space">
        <Icon name={player.isPlaying ? 'stop' : 'play'} />
      </button>
      <button type="button" class="tool" aria-pressed={loop} aria-label="Repeat"
        title="Repeat" onClick={() => studio.change({loop: !loop})}><Icon name="loop" /></button>
      <Knobs studio={studio} />
      <button type="button" class="button" onClick={() => studio.rollAll()} disabled={!studio.song}
        title="The same styles and chords, played another way (R)">
        <Icon name="dice" /> Roll again</button>
      <button type="button" class="button strong" onClick={() => studio.surprise()}
        disabled={!studio.song} title="New styles for these chords (N)">
        <Icon name="spark" /> Surprise me</button>
      {(sounds.fontName || sounds.hasMidi) && <SoundsSelect studio={studio} />}
      <FetchingText fetching={studio.status.fetching} />
    </section>
  );
}

/** What is at the foot of the window: what the page scrolls to stays above it. */
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
          <span>Tempo <b>{qpm}</b></span>
          <input type="range" min={TEMPOS[0]} max={TEMPOS[1]} value={qpm}
            aria-valuetext={beatsPerMinute(qpm)} title="Beats a minute"
            onInput={(event) => studio.change({qpm: Number(event.currentTarget.value)}, 'qpm')}
            onChange={() => studio.settle()} />
        </label>
        <label class="knob">
          <span>Daring <b>{(temperature / 100).toFixed(2)}</b></span>
          <input type="range" min={TEMPERATURES[0]} max={TEMPERATURES[1]} step="5" value={temperature}
            aria-valuetext={(temperature / 100).toFixed(2)}
            title="Temperature: how far the notes dare to go from the likeliest"
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
      <select class="select" aria-label="Sounds" title={sounds.fontName}
        value={sounds.kind === PORT ? PORT + sounds.port?.id : sounds.kind}
        onChange={async (event) => {
          const box = event.currentTarget;
          if (box.value.startsWith(PORT)) await studio.choosePort(box.value.slice(PORT.length));
          else await studio.chooseSounds(box.value === FONT ? FONT : SYNTH);
          if (sounds.kind !== PORT) box.value = sounds.kind; // what was refused is not chosen
        }}>
        <option value={SYNTH}>Synthesiser</option>
        {sounds.fontName && <option value={FONT}>{sounds.fontName}</option>}
        {sounds.ports.map(({id, name}) => <option value={PORT + id}>MIDI: {name}</option>)}
        {sounds.hasMidi && !sounds.ports.length && <option value={PORT}>A MIDI port …</option>}
      </select>
      {sounds.kind === PORT && (
        <button type="button" class="chip" onClick={() => studio.panic()}
          title="End all notes">Panic</button>
      )}
      {sounds.isFontKept && (
        <button type="button" class="tool small" onClick={() => studio.forgetFont()}
          aria-label={`Forget the soundfont ${sounds.fontName}`}
          title="Forget the soundfont, which this browser keeps"><Icon name="close" /></button>
      )}
    </div>
  );
}
