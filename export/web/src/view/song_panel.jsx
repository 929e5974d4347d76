import {useLayoutEffect, useRef, useState} from 'preact/hooks';

import {MOST_CHORDS} from '../state/progression.js';
import {withSong} from '../state/song_bars.js';
import {BARS, barsAsked, formText, lettersIn, newSong, readFormText, withForm} from '../state/song_form.js';
import {texts} from '../texts/texts.js';
import {CharacterChip, CharacterSliders} from './character.jsx';
import {Favourites} from './favourites.jsx';
import {Icon} from './icons.jsx';
import {SectionCards} from './section_cards.jsx';
import {FieldError, NamedField, useDraft} from './text_field.jsx';
import {percent} from './units.js';

/** @import {SongForm} from '../state/song_form.js' */
/** @import {Studio, Which} from '../studio/studio.js' */

const EXAMPLES = ['A A B A', 'A B A B', 'A A>B B', 'A B A C A', 'A A B B A>C C'];

/** Turns the chord line into a song. @param {{studio: Studio}} props */
export function SongChip({studio}) {
  return (
    <button type="button" class="chip song-switch" title={texts.song.enterMore}
      onClick={() => studio.change(withSong(studio.arrangement, newSong(studio.arrangement)))}>{texts.song.enter}</button>
  );
}

/**
 * Focuses the switch of the new panel if the old panel had the focus when it was removed.
 * @param {boolean} isSong
 */
export function useSwitchFocus(isSong) {
  const before = useRef(isSong);
  useLayoutEffect(() => {
    if (before.current === isSong) return;
    before.current = isSong;
    if (document.activeElement && document.activeElement !== document.body) return;
    /** @type {?HTMLElement} */
    const button = document.querySelector('.song-switch');
    button?.focus({preventScroll: true});
  }, [isSong]);
}

/**
 * The form of a song, and its sections.
 * @param {{studio: Studio, song: SongForm, pickFile: (which: Which) => void}} props
 */
export function SongPanel({studio, song, pickFile}) {
  const [hasCharacter, setCharacter] = useState(false);
  const bars = barsAsked(studio.arrangement);
  const change = (/** @type {Partial<SongForm>} */ changes, /** @type {?string} */ kind = null) =>
    studio.change(withSong(studio.arrangement, withForm(song, changes)), kind);
  return (
    <section class="song panel" aria-label={texts.song.label}>
      <div class="song-head">
        <FormLine song={song} change={change} />
        <select class="select" aria-label={texts.song.barsLabel} title={texts.song.barsLabel} value={String(song.bars)}
          onChange={(event) => change({bars: Number(event.currentTarget.value)})}>
          {[...new Set([...BARS, song.bars])].map((count) => (
            <option value={String(count)}>{count ? texts.song.barsEach(count) : texts.song.once}</option>
          ))}
        </select>
        <span class="song-length">{texts.song.length(Math.min(bars, MOST_CHORDS) + Number(song.ending))}</span>
        <button type="button" class="chip song-switch" title={texts.song.leaveMore}
          onClick={() => studio.change(withSong(studio.arrangement, null))}><Icon name="close" />{texts.song.leave}</button>
      </div>
      <p class="song-note" role="status">{bars > MOST_CHORDS ? texts.song.tooLong(MOST_CHORDS, bars) : ''}</p>
      <SectionCards studio={studio} song={song} pickFile={pickFile} />
      <div class="song-how">
        <Playing song={song} change={change} />
        <CharacterChip studio={studio} isOpen={hasCharacter}
          toggle={() => setCharacter(!hasCharacter)} />
        <Knobs studio={studio} song={song} change={change} />
      </div>
      <CharacterSliders studio={studio} isOpen={hasCharacter} />
      <Favourites studio={studio} />
    </section>
  );
}

/** @typedef {(changes: Partial<SongForm>, kind?: ?string) => void} Change */

/** @param {{song: SongForm, change: Change}} props */
function FormLine({song, change}) {
  const draft = useDraft(formText(song), (typed) => {
    const form = readFormText(typed);
    if (!form) throw new Error(texts.song.formError);
    if (form.join() !== song.form.join()) change({form});
  });
  return (
    <div class="song-form">
      <NamedField label={texts.song.form} title={texts.song.formMore} draft={draft}
        aria-describedby="form-error" autocapitalize="characters" />
      <select class="select" aria-label={texts.song.examplesLabel} value=""
        onChange={(event) => {
          draft.forget();
          change({form: event.currentTarget.value.split(' ')});
          event.currentTarget.value = '';
        }}>
        <option value="" disabled>{texts.song.examplesFirst}</option>
        {EXAMPLES.map((form) => <option value={form}>{form}</option>)}
      </select>
      <FieldError id="form-error" draft={draft} />
    </div>
  );
}

/** Toggles of the song form. @param {{song: SongForm, change: Change}} props */
function Playing({song, change}) {
  const {follow, fills, ending} = song;
  const [first] = lettersIn(song.form);
  return (
    <>
      <button type="button" class="chip" aria-pressed={follow} title={texts.song.followMore(first)}
        onClick={() => change({follow: !follow})}>{texts.song.follow}</button>
      <button type="button" class="chip" aria-pressed={fills} title={texts.song.fillsMore}
        onClick={() => change({fills: !fills})}>{texts.song.fills}</button>
      <button type="button" class="chip" aria-pressed={ending} title={texts.song.endingMore}
        onClick={() => change({ending: !ending})}>{texts.song.ending}</button>
    </>
  );
}

/** @param {{studio: Studio, song: SongForm, change: Change}} props */
function Knobs({studio, song, change}) {
  const knobs = /** @type {const} */ ([
    ['contrast', texts.song.contrast, texts.song.contrastMore],
    ['vary', texts.song.variation, texts.song.variationMore],
  ]);
  const shown = knobs.filter(([name]) =>
    name !== 'contrast' || (song.follow && lettersIn(song.form).length > 1));
  return (
    <>
      {shown.map(([name, label, title]) => (
        <label class="knob" title={title} key={name}>
          <span>{label} <b>{song[name]}</b></span>
          <input type="range" min="0" max="100" step="5" value={song[name]}
            aria-valuetext={percent(song[name], 100)}
            onInput={(event) =>
              change({[name]: Number(event.currentTarget.value)}, `song ${name}`)}
            onChange={() => studio.settle()} />
        </label>
      ))}
    </>
  );
}
