import {between} from '../../../../packages/engine/src/engine/points.js';
import {endsOf} from '../../../../packages/engine/src/music/form.js';
import {isSame} from '../state/favourites.js';
import {chordsText} from '../state/progression.js';
import {withSectionChords} from '../state/song_bars.js';
import {chordsOf, hasOwnChords, hueOf, lettersIn, styleOf} from '../state/song_form.js';
import {styleName} from '../state/style_names.js';
import {texts} from '../texts/texts.js';
import {takeChords} from './chord_line.jsx';
import {Glyph} from './glyph.jsx';
import {Icon} from './icons.jsx';
import {FieldError, TextField, useDraft} from './text_field.jsx';

/** @import {SongForm} from '../state/song_form.js' */
/** @import {Studio, Which} from '../studio/studio.js' */

const FROM_FILE = ['a', 'b']; // styles that can come from a measure of a file

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
          <div class={`section-card hue-${hueOf(name)}`} role="group" aria-label={texts.song.section(name)}
            key={name}>
            <Glyph point={from === to ? pointOf(from) : between(pointOf(from), pointOf(to), 0.5)}
              colour="var(--hue)" size={52} />
            <div class="section-text">
              <span class="style-letter">{texts.song.section(name)}</span>
              {from === to
                ? <LetterStyle studio={studio} letter={from} follows={follows ? first : ''}
                  pickFile={pickFile} />
                : <span class="section-style">{texts.song.way(from, to)}</span>}
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
 * @param {string} props.follows the letter whose style it follows, or ''
 * @param {(which: Which) => void} props.pickFile
 */
function LetterStyle({studio, letter, follows, pickFile}) {
  const style = styleOf(studio.arrangement, letter);
  const which = /** @type {Which} */ (letter.toLowerCase());
  const isKept = studio.favourites.some((favourite) => isSame(favourite.style, style));
  const name = follows ? texts.song.follows(follows) : styleName(style);
  return (
    <>
      <span class="section-style" title={name}>{name}</span>
      <span class="section-tools">
        <button type="button" class="tool" onClick={() => studio.newStyle(which)}
          aria-label={texts.styles.newStyle(letter)} title={texts.styles.fresh}><Icon name="dice" /></button>
        {!follows && (
          <button type="button" class="tool keep" aria-pressed={isKept}
            onClick={() => (isKept ? studio.forget(style) : studio.keep(style))}
            aria-label={texts.styles.keep(letter)} title={isKept ? texts.styles.isKept : texts.styles.keepMore}>
            <Icon name="star" /></button>
        )}
        {FROM_FILE.includes(which) && (
          <button type="button" class="tool" onClick={() => pickFile(which)}
            aria-label={texts.styles.fromFile(letter)} title={texts.styles.fromFileMore}>
            <Icon name="file" /></button>
        )}
      </span>
    </>
  );
}

/** @param {{studio: Studio, name: string}} props */
function SectionChords({studio, name}) {
  const {arrangement} = studio;
  const own = hasOwnChords(arrangement, name);
  const line = chordsText(chordsOf(arrangement, name));
  const [from] = endsOf(name);
  const donor = hasOwnChords(arrangement, from) ? from : 'A';
  const text = own ? line : '';
  const draft = useDraft(text, takeChords(text, (chords) =>
    studio.change(withSectionChords(studio.arrangement, name, chords.length ? chords : null)),
  name !== 'A'));
  const id = `chords-error-${name.replace('>', '-')}`;
  return (
    <div class="section-chords">
      <TextField draft={draft} placeholder={own ? '' : texts.song.asIn(donor, line)}
        aria-label={texts.song.chords(name)} title={own ? line : ''} aria-describedby={id} />
      <FieldError id={id} draft={draft} />
    </div>
  );
}
