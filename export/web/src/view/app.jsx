import {useRef, useState} from 'preact/hooks';

import {texts} from '../texts/texts.js';
import {ChordLine} from './chord_line.jsx';
import {Header} from './header.jsx';
import {useDrop, useIsDark, useLetters, useStudio, useTheme} from './hooks.js';
import {useKeys} from './keys.js';
import {KeptLine} from './kept_line.jsx';
import {KeysHint} from './keys_hint.jsx';
import {Language} from './language.jsx';
import {MidiDialog} from './midi_dialog.jsx';
import {Mixer} from './mixer.jsx';
import {useNoteEditor} from './note_editor.js';
import {EditChip, NoteTools} from './note_tools.jsx';
import {Notice, useNotice} from './notice.jsx';
import {BusyBar, FetchingText} from './progress.jsx';
import {Roll} from './roll.jsx';
import {useSliderTouch} from './slider_touch.js';
import {SongPanel, useSwitchFocus} from './song_panel.jsx';
import {Styles} from './styles.jsx';
import {Transport} from './transport.jsx';
import {useTurn} from './turns.js';

/** @import {ComponentChildren} from 'preact' */
/** @import {Song} from '../../../../packages/engine/src/music/song.js' */
/** @import {Studio, Which} from '../studio/studio.js' */

/** @param {{studio: Studio}} props */
export function App({studio}) {
  useStudio(studio);
  const [theme, setTheme] = useTheme();
  const isDark = useIsDark(theme);
  const [target, setTarget] = useState(/** @type {Which} */ ('a')); // preselected for an opened file
  const input = useRef(/** @type {?HTMLInputElement} */ (null));
  const pickFile = (/** @type {Which} */ which = 'a') => {
    setTarget(which);
    input.current?.click();
  };
  const isOver = useDrop(studio);
  const [hasLetters, setLetters] = useLetters();
  useKeys(studio, hasLetters);
  useSliderTouch();
  const [notice, closeNotice] = useNotice(studio.notice);
  const notices = <Notice notice={notice} close={closeNotice} />;
  const {song, midi} = studio;
  const {error, fetching} = studio.status;
  return (
    <div class="app">
      <Header studio={studio} theme={theme} setTheme={setTheme} isDark={isDark}
        pickFile={pickFile} />
      <BusyBar status={studio.status} />
      {song && <Transport studio={studio} />}
      {song ? (
        <Main studio={studio} song={song} isDark={isDark} pickFile={pickFile}>
          <KeysHint hasLetters={hasLetters} setLetters={setLetters} />
          <Language studio={studio} />
        </Main>
      ) : (
        <main class="main empty">
          <p role={error ? 'alert' : 'status'}>{error || texts.app.tuning}</p>
          <FetchingText fetching={fetching} />
        </main>
      )}
      {midi && (
        <MidiDialog key={midi.id} studio={studio} midi={midi} which={target}>{notices}</MidiDialog>
      )}
      {isOver && <div class="drop-hint"><p>{texts.app.drop}</p></div>}
      {!midi && notices}
      <input type="file" ref={input} hidden aria-label={texts.app.openFile}
        accept=".mid,.midi,.kar,.rmi,.sf2,.sf3,.dls,audio/midi"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file) studio.open(file);
          event.currentTarget.value = '';
        }} />
    </div>
  );
}

/**
 * @param {object} props
 * @param {Studio} props.studio
 * @param {Song} props.song
 * @param {boolean} props.isDark
 * @param {(which: Which) => void} props.pickFile
 * @param {ComponentChildren} props.children shown last
 */
function Main({studio, song, isDark, pickFile, children}) {
  const {song: form} = studio.arrangement;
  useSwitchFocus(form !== null);
  const editor = useNoteEditor(studio, song);
  const isDue = useTurn(); // deferred, since it is below the roll
  const edit = <EditChip editor={editor} />;
  return (
    <main class="main">
      {form ? <SongPanel studio={studio} song={form} pickFile={pickFile} />
        : <Styles studio={studio} pickFile={pickFile} />}
      <section class="score panel" aria-label={texts.app.score}>
        {form ? <div class="chord-line">{edit}</div> : <ChordLine studio={studio}>{edit}</ChordLine>}
        {editor.isOn && <NoteTools studio={studio} song={song} editor={editor} />}
        <KeptLine studio={studio} song={song} isEditing={editor.isOn} />
        <Roll studio={studio} song={song} isDark={isDark} editor={editor} />
      </section>
      {isDue && <Mixer studio={studio} song={song} isDark={isDark} />}
      {isDue && children}
    </main>
  );
}
