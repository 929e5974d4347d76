import {useRef, useState} from 'preact/hooks';

import {ChordLine} from './chord_line.jsx';
import {Header} from './header.jsx';
import {useDrop, useIsDark, useKeys, useStudio, useTheme} from './hooks.js';
import {MidiDialog} from './midi_dialog.jsx';
import {Mixer} from './mixer.jsx';
import {Notice} from './notice.jsx';
import {BusyBar, FetchingText} from './progress.jsx';
import {Roll} from './roll.jsx';
import {Styles} from './styles.jsx';
import {Transport} from './transport.jsx';

/** @import {Song} from '../music/song.js' */
/** @import {Studio, Which} from '../studio/studio.js' */

/** @param {{studio: Studio}} props */
export function App({studio}) {
  useStudio(studio);
  const [theme, setTheme] = useTheme();
  const isDark = useIsDark(theme);
  const [target, setTarget] = useState(/** @type {Which} */ ('a')); // the style that a file is for
  const input = useRef(/** @type {?HTMLInputElement} */ (null));
  const pickFile = (/** @type {Which} */ which = 'a') => {
    setTarget(which);
    input.current?.click();
  };
  const isOver = useDrop(studio);
  useKeys(studio);
  const {song} = studio;
  const {error, fetching} = studio.status;
  return (
    <div class="app">
      <Header studio={studio} theme={theme} setTheme={setTheme} isDark={isDark}
        pickFile={pickFile} />
      <BusyBar status={studio.status} />
      {song && <Transport studio={studio} />}
      {song ? <Main studio={studio} song={song} isDark={isDark} pickFile={pickFile} /> : (
        <main class="main empty">
          <p role={error ? 'alert' : 'status'}>{error || 'Tuning up …'}</p>
          <FetchingText fetching={fetching} />
        </main>
      )}
      {studio.midi && <MidiDialog studio={studio} midi={studio.midi} which={target} />}
      {isOver && <div class="drop-hint"><p>Drop a MIDI file or a soundfont</p></div>}
      <Notice notice={studio.notice} />
      <input type="file" ref={input} hidden aria-label="Open a file"
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
 * @param {{studio: Studio, song: Song, isDark: boolean, pickFile: (which: Which) => void}} props
 */
function Main({studio, song, isDark, pickFile}) {
  return (
    <main class="main">
      <Styles studio={studio} pickFile={pickFile} />
      <section class="score panel" aria-label="Chords and notes">
        <ChordLine studio={studio} />
        <Roll studio={studio} song={song} isDark={isDark} />
      </section>
      <Mixer studio={studio} song={song} isDark={isDark} />
    </main>
  );
}
