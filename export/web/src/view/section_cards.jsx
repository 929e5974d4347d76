import {useRef} from 'preact/hooks';

import {between} from '../../../../packages/engine/src/engine/points.js';
import {endsOf} from '../../../../packages/engine/src/music/form.js';
import {isSame} from '../state/favourites.js';
import {chordsText} from '../state/progression.js';
import {chordsOf, hasOwnChords, hueOf, lettersIn, styleOf, withSectionChords} from '../state/song_form.js';
import {styleName} from '../state/style_names.js';
import {useDraft} from './chord_line.jsx';
import {Glyph} from './glyph.jsx';
import {Icon} from './icons.jsx';

/** @import {SongForm} from '../state/song_form.js' */
/** @import {Studio, Which} from '../studio/studio.js' */

const TEXT = {
  section: (/** @type {string} */ name) => `Section ${name}`,
  follows: (/** @type {string} */ letter) => `Follows ${letter}`,
  way: (/** @type {string} */ from, /** @type {string} */ to) => `From ${from} to ${to}`,
  chords: (/** @type {string} */ name) => `Chords of section ${name}`,
  /** @param {string} letter @param {string} chords */
  asIn: (letter, chords) => `as in ${letter}: ${chords}`,
  fresh: 'New',
  freshLabel: (/** @type {string} */ letter) => `New style ${letter}`,
  keep: (/** @type {string} */ letter) => `Keep style ${letter}`,
  keepTitle: 'Keep as a favourite',
  forgetTitle: 'A favourite: forget it',
  fromFile: (/** @type {string} */ letter) => `Style ${letter} from a MIDI file`,
  fromFileTitle: 'From a MIDI file',
};
const FROM_FILE = ['a', 'b']; // styles that a measure of a file can be

/**
 * A card for each section: its style and its chords.
 * @param {{studio: Studio, song: SongForm, pickFile: (which: Which) => void}} props
 */
export function SectionCards({studio, song, pickFile}) {
  const points = studio.songPoints;
  const [first] = lettersIn(song.form);
  const pointOf = (/** @type {string} */ letter) =>
    points.get(letter) ?? studio.point(styleOf(studio.arrangement, letter));
  return (
    <div class="section-cards">
      {[...new Set(song.form)].map((name) => {
        const [from, to] = endsOf(name);
        const follows = song.follow && from !== first;
        return (
          <div class={`section-card hue-${hueOf(name)}`} role="group" aria-label={TEXT.section(name)}
            key={name}>
            <Glyph point={from === to ? pointOf(from) : between(pointOf(from), pointOf(to), 0.5)}
              colour="var(--hue)" size={52} />
            <div class="section-text">
              <span class="style-letter">{TEXT.section(name)}</span>
              {from === to
                ? <LetterStyle studio={studio} letter={from} follows={follows ? first : ''}
                  pickFile={pickFile} />
                : <span class="section-style">{TEXT.way(from, to)}</span>}
            </div>
            <SectionChords studio={studio} name={name} />
          </div>
        );
      })}
    </div>
  );
}

/**
 * The style of a letter.
 * @param {object} props
 * @param {Studio} props.studio
 * @param {string} props.letter
 * @param {string} props.follows the letter that it follows, or ''
 * @param {(which: Which) => void} props.pickFile
 */
function LetterStyle({studio, letter, follows, pickFile}) {
  const style = styleOf(studio.arrangement, letter);
  const which = /** @type {Which} */ (letter.toLowerCase());
  const isKept = studio.favourites.some((favourite) => isSame(favourite.style, style));
  const name = follows ? TEXT.follows(follows) : styleName(style);
  return (
    <>
      <span class="section-style" title={name}>{name}</span>
      <span class="section-tools">
        <button type="button" class="tool" onClick={() => studio.newStyle(which)}
          aria-label={TEXT.freshLabel(letter)} title={TEXT.fresh}><Icon name="dice" /></button>
        {!follows && (
          <button type="button" class="tool keep" aria-pressed={isKept}
            onClick={() => (isKept ? studio.forget(style) : studio.keep(style))}
            aria-label={TEXT.keep(letter)} title={isKept ? TEXT.forgetTitle : TEXT.keepTitle}>
            <Icon name="star" /></button>
        )}
        {FROM_FILE.includes(which) && (
          <button type="button" class="tool" onClick={() => pickFile(which)}
            aria-label={TEXT.fromFile(letter)} title={TEXT.fromFileTitle}>
            <Icon name="file" /></button>
        )}
      </span>
    </>
  );
}

/** @param {{studio: Studio, name: string}} props */
function SectionChords({studio, name}) {
  const input = useRef(/** @type {?HTMLInputElement} */ (null));
  const {arrangement} = studio;
  const own = hasOwnChords(arrangement, name);
  const line = chordsText(chordsOf(arrangement, name));
  const [from] = endsOf(name);
  const donor = hasOwnChords(arrangement, from) ? from : 'A';
  const {text, error, setTyped, commit, forget} = useDraft(own ? line : '', (chords) =>
    studio.change(withSectionChords(studio.arrangement, name, chords.length ? chords : null)),
  input, name !== 'A');
  const id = `chords-error-${name.replace('>', '-')}`;
  return (
    <div class="section-chords">
      <input ref={input} value={text} placeholder={own ? '' : TEXT.asIn(donor, line)} spellcheck={false}
        autocapitalize="off" autocomplete="off" aria-label={TEXT.chords(name)} title={own ? line : ''}
        aria-invalid={Boolean(error)} aria-describedby={id}
        onInput={(event) => setTyped(event.currentTarget.value)} onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit();
          if (event.key === 'Escape') forget();
        }} />
      <p id={id} class="field-error" role="alert">{error}</p>
    </div>
  );
}
