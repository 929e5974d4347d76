import {partName, soundingNames} from '../../../../packages/engine/src/music/part_names.js';
import {FULL_VOLUME, hasPartChoices} from '../state/arrangement.js';
import {partShare} from '../state/kept.js';
import {instrumentName, texts} from '../texts/texts.js';
import {partTones, toneColour} from './colours.js';
import {download, drag} from './download.js';
import {Icon} from './icons.jsx';
import {LockButton} from './lock_button.jsx';
import {offIf} from './off.js';
import {pure} from './pure.js';
import {useTurn} from './turns.js';
import {percent} from './units.js';

/** @import {Part, Song} from '../../../../packages/engine/src/music/song.js' */
/** @import {Studio} from '../studio/studio.js' */

/** The instruments of the song. @param {{studio: Studio, song: Song, isDark: boolean}} props */
export function Mixer({studio, song, isDark}) {
  const sound = (/** @type {Part} */ part) => studio.sound(part);
  const tones = partTones(song.parts, sound);
  const names = soundingNames(song.parts, sound, instrumentName);
  return (
    <section class="mixer panel" aria-label={texts.mixer.label}>
      <div class="mixer-head">
        <h2>{texts.mixer.label}</h2>
        <button type="button" class="chip" {...offIf(!song.parts.length, () => saveStems(studio))}
          title={texts.mixer.stemsMore}>{texts.mixer.stems}</button>
        <button type="button" class="chip"
          {...offIf(!hasPartChoices(studio.arrangement), () => studio.change({parts: {}}))}>
          {texts.mixer.reset}</button>
      </div>
      {!song.parts.length && (
        <p class="hint">{texts.mixer.silent}</p>
      )}
      <ul class="parts">
        {song.parts.map((part, i) => (
          <PartRow key={part.key} studio={studio} part={part} name={names[i]}
            colour={toneColour(tones[i], isDark)} />
        ))}
      </ul>
    </section>
  );
}

/**
 * `name`: of the instrument that sounds.
 * @param {{studio: Studio, part: Part, name: string, colour: string}} props
 */
function PartRow({studio, part, name, colour}) {
  const {parts, kept} = studio.arrangement;
  const choice = parts[part.key] ?? {};
  const share = partShare(kept, part.key, studio.song?.bars ?? 0);
  const isLocked = share === 'all';
  const {heard} = studio.sound(part);
  const volume = choice.volume ?? FULL_VOLUME;
  const toggle = (/** @type {'mute' | 'solo'} */ what) => {
    studio.changePart(part.key, {[what]: !choice[what]});
    studio.player.refreshMix();
  };
  return (
    <li class={`part ${heard ? '' : 'is-silent'}`} style={{'--part': colour}}>
      <span class="part-mark" aria-hidden="true" draggable title={texts.mixer.drag}
        onDragStart={(event) => drag(event, studio.midiBytes(studio.alone(part)),
          `${texts.mixer.partFile(studio.title, name)}.mid`, 'audio/midi')} />
      {part.isDrum
        ? <span class="part-name">{name}</span>
        : <ProgramSelect studio={studio} part={part} />}
      <div class="part-buttons">
        <button type="button" class="toggle mute" aria-pressed={Boolean(choice.mute)}
          aria-label={texts.mixer.muteOne(name)} title={texts.mixer.mute} onClick={() => toggle('mute')}>M</button>
        <button type="button" class="toggle solo" aria-pressed={Boolean(choice.solo)}
          aria-label={texts.mixer.soloOne(name)} title={texts.mixer.solo} onClick={() => toggle('solo')}>S</button>
        <button type="button" class="toggle roll-again" aria-label={texts.mixer.rollOne(name)}
          title={isLocked ? texts.kept.noRoll : texts.mixer.rollMore}
          {...offIf(isLocked, () => studio.rollPart(part.key))}><Icon name="dice" /></button>
        <LockButton share={share} label={texts.kept.lockPart(name)}
          toggle={() => studio.keeping.togglePart(part.key)} />
      </div>
      <input type="range" class="volume" min="0" max="127" value={volume}
        aria-label={texts.mixer.volume(name)} aria-valuetext={percent(volume, 127)}
        onInput={(event) => {
          studio.changePart(part.key, {volume: Number(event.currentTarget.value)},
            `volume ${part.key}`);
          studio.player.refreshMix();
        }}
        onChange={() => studio.settle()} />
    </li>
  );
}

/** @param {Studio} studio */
const saveStems = (studio) => studio.attempt(texts.failed.stems, async () =>
  download(await studio.stemsBytes(), `${texts.mixer.stemsFile(studio.title)}.zip`, 'application/zip'));

/** @param {{studio: Studio, part: Part}} props */
function ProgramSelect({studio, part}) {
  const {program} = studio.sound(part);
  const own = partName(part, instrumentName);
  const isDue = useTurn(); // deferred: the options of all parts are over a thousand elements
  return (
    <select class="part-name" value={program} aria-label={texts.mixer.sound(own)}
      title={program === part.program ? texts.mixer.soundMore : texts.mixer.writtenFor(own)}
      onChange={(event) => {
        const chosen = Number(event.currentTarget.value);
        studio.changePart(part.key,
          {program: chosen === part.program ? undefined : chosen});
      }}>
      {isDue ? <InstrumentOptions program={part.program} own={own} language={texts.code} /> : (
        <option value={program}>{program === part.program ? own : texts.instruments[program]}</option>
      )}
    </select>
  );
}

const InstrumentOptions = pure(
  /** `own`: the name of the part's original program. @param {{program: number, own: string, language: string}} props */
  ({program, own}) => texts.families.map((family, f) => (
    <optgroup label={family} key={family}>
      {texts.instruments.slice(8 * f, 8 * f + 8).map((name, i) => (
        <option value={8 * f + i} key={name}>{8 * f + i === program ? own : name}</option>
      ))}
    </optgroup>
  )));
