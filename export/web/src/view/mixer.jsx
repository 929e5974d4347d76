import {FAMILIES, INSTRUMENTS} from '../../../../packages/engine/src/music/general_midi.js';
import {soundingNames} from '../../../../packages/engine/src/music/part_names.js';
import {FULL_VOLUME, hasPartChoices} from '../state/arrangement.js';
import {partShare} from '../state/kept.js';
import {partTones, toneColour} from './colours.js';
import {download, drag} from './download.js';
import {Icon} from './icons.jsx';
import {LockButton} from './lock_button.jsx';
import {offIf} from './off.js';
import {percent} from './units.js';

/** @import {Part, Song} from '../../../../packages/engine/src/music/song.js' */
/** @import {Studio} from '../studio/studio.js' */

const TEXTS = {
  lock: (/** @type {string} */ part) => `Lock ${part}`,
  noRoll: 'Locked: release it to roll again',
};

/** The instruments of the song. @param {{studio: Studio, song: Song, isDark: boolean}} props */
export function Mixer({studio, song, isDark}) {
  const sound = (/** @type {Part} */ part) => studio.sound(part);
  const tones = partTones(song.parts, sound);
  const names = soundingNames(song.parts, sound);
  return (
    <section class="mixer panel" aria-label="Instruments">
      <div class="mixer-head">
        <h2>Instruments</h2>
        <button type="button" class="chip" {...offIf(!song.parts.length, () => saveStems(studio))}
          title="Save a sound file of each part, in a ZIP archive">Save stems</button>
        <button type="button" class="chip"
          {...offIf(!hasPartChoices(studio.arrangement), () => studio.change({parts: {}}))}>
          Reset</button>
      </div>
      {!song.parts.length && (
        <p class="hint">This style is silent here. Draw a new one, or move the slider.</p>
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
 * `name`: of what sounds.
 * @param {{studio: Studio, part: Part, name: string, colour: string}} props
 */
function PartRow({studio, part, name, colour}) {
  const {parts, kept, chords} = studio.arrangement;
  const choice = parts[part.key] ?? {};
  const share = partShare(kept, part.key, chords.length);
  const {heard} = studio.sound(part);
  const volume = choice.volume ?? FULL_VOLUME;
  const toggle = (/** @type {'mute' | 'solo'} */ what) => {
    studio.changePart(part.key, {[what]: !choice[what]});
    studio.player.refreshMix();
  };
  return (
    <li class={`part ${heard ? '' : 'is-silent'}`} style={{'--part': colour}}>
      <span class="part-mark" aria-hidden="true" draggable title="Drag it out as a MIDI file"
        onDragStart={(event) => drag(event, studio.midiBytes(studio.alone(part)),
          `${studio.title}, ${name}.mid`, 'audio/midi')} />
      {part.isDrum
        ? <span class="part-name">{part.name}</span>
        : <ProgramSelect studio={studio} part={part} />}
      <div class="part-buttons">
        <button type="button" class="toggle mute" aria-pressed={Boolean(choice.mute)}
          aria-label={`Mute ${name}`} title="Mute" onClick={() => toggle('mute')}>M</button>
        <button type="button" class="toggle solo" aria-pressed={Boolean(choice.solo)}
          aria-label={`Solo ${name}`} title="Solo" onClick={() => toggle('solo')}>S</button>
        <button type="button" class="toggle roll-again" aria-label={`Roll ${name} again`}
          title={share === 'all' ? TEXTS.noRoll : 'Other notes from the same instrument'}
          {...offIf(share === 'all', () => studio.rollPart(part.key))}><Icon name="dice" /></button>
        <LockButton share={share} label={TEXTS.lock(name)}
          toggle={() => studio.keeping.togglePart(part.key)} />
      </div>
      <input type="range" class="volume" min="0" max="127" value={volume}
        aria-label={`Volume of ${name}`} aria-valuetext={percent(volume, 127)}
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
const saveStems = (studio) => studio.attempt('The sound files could not be made', async () =>
  download(await studio.stemsBytes(), `${studio.title}, stems.zip`, 'application/zip'));

/** @param {{studio: Studio, part: Part}} props */
function ProgramSelect({studio, part}) {
  const {program} = studio.sound(part);
  return (
    <select class="part-name" value={program} aria-label={`Sound of ${part.name}`}
      title={program === part.program ? 'Change the sound' : `Written for ${part.name}`}
      onChange={(event) => {
        const chosen = Number(event.currentTarget.value);
        studio.changePart(part.key,
          {program: chosen === part.program ? undefined : chosen});
      }}>
      {FAMILIES.map((family, f) => (
        <optgroup label={family} key={family}>
          {INSTRUMENTS.slice(8 * f, 8 * f + 8).map((name, i) => (
            <option value={8 * f + i} key={name}>
              {8 * f + i === part.program ? part.name : name}</option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}
