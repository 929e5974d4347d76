import {useLayoutEffect, useRef, useState} from 'preact/hooks';

import {MOST_CHORDS} from '../state/progression.js';
import {BARS, barsAsked, formText, lettersIn, newSong, readFormText, withForm} from '../state/song_form.js';
import {CharacterChip, CharacterSliders} from './character.jsx';
import {Favourites} from './favourites.jsx';
import {Icon} from './icons.jsx';
import {SectionCards} from './section_cards.jsx';
import {percent} from './units.js';

/** @import {SongForm} from '../state/song_form.js' */
/** @import {Studio, Which} from '../studio/studio.js' */

const TEXT = {
  panel: 'Song',
  enter: 'Song',
  enterTitle: 'Sections such as A A B A, with styles and chords of their own',
  leave: 'Leave song',
  leaveTitle: 'Play one line of chords again',
  form: 'Form',
  formTitle: 'Letters A to H; A>B is a section on the way from A to B',
  formError: 'Write letters from A to H, such as A A B A, or A>B for a section from A to B.',
  examples: 'Examples',
  examplesLabel: 'Example forms',
  bars: 'Bars of each section',
  once: 'Chords once',
  barsOf: (/** @type {number} */ bars) => `${bars} bars each`,
  follow: 'One band',
  followTitle: (/** @type {string} */ letter) =>
    `The other styles follow from that of ${letter}, with few other instruments`,
  fills: 'Fills',
  fillsTitle: 'Every fourth bar ends in a drum fill',
  ending: 'Ending',
  endingTitle: 'A last bar, in which all strike the first chord',
  contrast: 'Contrast',
  contrastTitle: 'How far the other styles are from the first',
  variation: 'Variation',
  variationTitle: 'How many instruments change when a bar comes back',
  length: (/** @type {number} */ bars) => `${bars} bars`,
  tooLong: (/** @type {number} */ bars) =>
    `The first ${MOST_CHORDS} of ${bars} bars are played, which is the most there can be.`,
};
const EXAMPLES = ['A A B A', 'A B A B', 'A A>B B', 'A B A C A', 'A A B B A>C C'];

/** Makes a song of the line of chords. @param {{studio: Studio}} props */
export function SongChip({studio}) {
  return (
    <button type="button" class="chip song-switch" title={TEXT.enterTitle}
      onClick={() => studio.change({song: newSong(studio.arrangement)})}>{TEXT.enter}</button>
  );
}

/**
 * The switch of the panel that comes takes the focus of the one that goes.
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
    studio.change({song: withForm(song, changes)}, kind);
  return (
    <section class="song panel" aria-label={TEXT.panel}>
      <div class="song-head">
        <FormLine song={song} change={change} />
        <select class="select" aria-label={TEXT.bars} title={TEXT.bars} value={String(song.bars)}
          onChange={(event) => change({bars: Number(event.currentTarget.value)})}>
          {[...new Set([...BARS, song.bars])].map((count) => (
            <option value={String(count)}>{count ? TEXT.barsOf(count) : TEXT.once}</option>
          ))}
        </select>
        <span class="song-length">{TEXT.length(Math.min(bars, MOST_CHORDS) + Number(song.ending))}</span>
        <button type="button" class="chip song-switch" title={TEXT.leaveTitle}
          onClick={() => studio.change({song: null})}><Icon name="close" />{TEXT.leave}</button>
      </div>
      <p class="song-note" role="status">{bars > MOST_CHORDS ? TEXT.tooLong(bars) : ''}</p>
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
  const [typed, setTyped] = useState(/** @type {?string} */ (null));
  const [hasError, setError] = useState(false);
  const forget = () => {
    setTyped(null);
    setError(false);
  };
  const commit = () => {
    if (typed === null) return;
    const form = readFormText(typed);
    setError(!form);
    if (!form) return;
    forget();
    if (form.join() !== song.form.join()) change({form});
  };
  return (
    <div class="song-form">
      <label class="chord-text" title={TEXT.formTitle}>
        <span>{TEXT.form}</span>
        <input value={typed ?? formText(song)} spellcheck={false} autocapitalize="characters"
          autocomplete="off" aria-invalid={hasError} aria-describedby="form-error"
          onInput={(event) => setTyped(event.currentTarget.value)} onBlur={commit}
          onKeyDown={(event) => {
            if (event.key === 'Enter') commit();
            if (event.key === 'Escape') forget();
          }} />
      </label>
      <select class="select" aria-label={TEXT.examplesLabel} value=""
        onChange={(event) => {
          forget();
          change({form: event.currentTarget.value.split(' ')});
          event.currentTarget.value = '';
        }}>
        <option value="" disabled>{TEXT.examples}</option>
        {EXAMPLES.map((form) => <option value={form}>{form}</option>)}
      </select>
      <p id="form-error" class="field-error" role="alert">{hasError ? TEXT.formError : ''}</p>
    </div>
  );
}

/** What is on or off. @param {{song: SongForm, change: Change}} props */
function Playing({song, change}) {
  const {follow, fills, ending} = song;
  const [first] = lettersIn(song.form);
  return (
    <>
      <button type="button" class="chip" aria-pressed={follow} title={TEXT.followTitle(first)}
        onClick={() => change({follow: !follow})}>{TEXT.follow}</button>
      <button type="button" class="chip" aria-pressed={fills} title={TEXT.fillsTitle}
        onClick={() => change({fills: !fills})}>{TEXT.fills}</button>
      <button type="button" class="chip" aria-pressed={ending} title={TEXT.endingTitle}
        onClick={() => change({ending: !ending})}>{TEXT.ending}</button>
    </>
  );
}

/** @param {{studio: Studio, song: SongForm, change: Change}} props */
function Knobs({studio, song, change}) {
  const knobs = /** @type {const} */ ([
    ['contrast', TEXT.contrast, TEXT.contrastTitle], ['vary', TEXT.variation, TEXT.variationTitle],
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
