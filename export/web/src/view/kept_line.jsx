import {soundingNames} from '../../../../packages/engine/src/music/part_names.js';
import {barShare, barsOfPart, hasKept, partShare} from '../state/kept.js';
import {instrumentName, texts} from '../texts/texts.js';
import {offIf} from './off.js';

/** @import {Song} from '../../../../packages/engine/src/music/song.js' */
/** @import {Studio} from '../studio/studio.js' */

/** @param {number[]} bars indices */
const barsText = (bars) => texts.kept.bars(bars.map((bar) => String(bar + 1)));

/** Describes the kept bars and parts, such as "Locked: bars 2, 5; Piano". @param {Studio} studio @param {Song} song */
export function keptTexts(studio, song) {
  const {kept} = studio.arrangement;
  const {bars} = song;
  const names = soundingNames(song.parts, (part) => studio.sound(part), instrumentName);
  const whole = [...Array(bars).keys()].filter((bar) => barShare(kept, bar, bars) === 'all');
  const parts = names.filter((_, i) => partShare(kept, song.parts[i].key, bars) === 'all');
  const edited = song.parts.flatMap(({key}, i) => (partShare(kept, key, bars) === 'some'
    ? [texts.kept.of(barsText(barsOfPart(kept, key)), names[i])] : []));
  const all = whole.length === bars ? [texts.kept.all] : whole.length ? [barsText(whole)] : [];
  const locked = [...all, ...parts].join('; ');
  return {
    locked: locked && texts.kept.locked(locked),
    edited: edited.length ? texts.kept.edited(edited.join('; ')) : '',
  };
}

/**
 * Shows what is kept, with a button that releases it; while notes are edited, also a hint that
 * edits are kept.
 * @param {{studio: Studio, song: Song, isEditing: boolean}} props
 */
export function KeptLine({studio, song, isEditing}) {
  const isAny = hasKept(studio.arrangement.kept);
  const {locked, edited} = keptTexts(studio, song);
  return (
    <div class="chord-note kept-line" hidden={!isAny && !isEditing}>
      <p role="status">
        {!isAny && isEditing && texts.kept.none}
        {isAny && (
          <>
            {locked && `${locked}. `}{edited && `${edited}. `}{texts.kept.meaning}
          </>
        )}
      </p>
      <button type="button" class="chip" {...offIf(!isAny, () => studio.keeping.releaseAll())}>
        {texts.kept.release}</button>
    </div>
  );
}
