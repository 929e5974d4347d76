import {soundingNames} from '../../../../packages/engine/src/music/part_names.js';
import {barShare, barsOfPart, hasKept, partShare} from '../state/kept.js';
import {offIf} from './off.js';

/** @import {Song} from '../../../../packages/engine/src/music/song.js' */
/** @import {Studio} from '../studio/studio.js' */

const TEXTS = {
  locked: 'Locked:',
  edited: 'Edited:',
  bars: (/** @type {number[]} */ bars) =>
    `${bars.length > 1 ? 'bars' : 'bar'} ${bars.map((bar) => bar + 1).join(', ')}`,
  of: (/** @type {string} */ bars, /** @type {string} */ part) => `${bars} of ${part}`,
  all: 'all bars',
  meaning: 'These stay note for note, whatever you change, until you release them.',
  none: 'What you edit is locked until you release it.',
  release: 'Release all',
};

/** What is kept, in words, such as "bars 2, 5; Piano". @param {Studio} studio @param {Song} song */
export function keptTexts(studio, song) {
  const {kept} = studio.arrangement;
  const {bars} = song;
  const names = soundingNames(song.parts, (part) => studio.sound(part));
  const whole = [...Array(bars).keys()].filter((bar) => barShare(kept, bar, bars) === 'all');
  const parts = names.filter((_, i) => partShare(kept, song.parts[i].key, bars) === 'all');
  const edited = song.parts.flatMap(({key}, i) => (partShare(kept, key, bars) === 'some'
    ? [TEXTS.of(TEXTS.bars(barsOfPart(kept, key)), names[i])] : []));
  const all = whole.length === bars ? [TEXTS.all] : whole.length ? [TEXTS.bars(whole)] : [];
  return {locked: [...all, ...parts].join('; '), edited: edited.join('; ')};
}

/**
 * Says what is kept, and lets go of it; where notes are edited also that they will be.
 * @param {{studio: Studio, song: Song, isEditing: boolean}} props
 */
export function KeptLine({studio, song, isEditing}) {
  const isAny = hasKept(studio.arrangement.kept);
  const {locked, edited} = keptTexts(studio, song);
  return (
    <div class="chord-note kept-line" hidden={!isAny && !isEditing}>
      <p role="status">
        {!isAny && isEditing && TEXTS.none}
        {isAny && (
          <>
            {locked && <><b>{TEXTS.locked}</b> {locked}. </>}
            {edited && <><b>{TEXTS.edited}</b> {edited}. </>}
            {TEXTS.meaning}
          </>
        )}
      </p>
      <button type="button" class="chip" {...offIf(!isAny, () => studio.keeping.releaseAll())}>
        {TEXTS.release}</button>
    </div>
  );
}
