import {useEffect, useRef, useState} from 'preact/hooks';

import {Header} from './header.jsx';
import {useIsDark, useStudio} from './hooks.js';
import {MidiDialog} from './midi_dialog.jsx';
import {Mixer} from './mixer.jsx';
import {ChordLine} from './progression.jsx';
import {Roll} from './roll.jsx';
import {Styles} from './styles.jsx';
import {Transport} from './transport.jsx';

const THEME_KEY = 'gm-vae-theme';

export function App({studio}) {
  useStudio(studio);
  const [theme, setTheme] = useTheme();
  const isDark = useIsDark(theme);
  const [target, setTarget] = useState('a'); // the style that an opened file is for
  const input = useRef();
  const pickFile = (which) => {
    setTarget(which === 'b' ? 'b' : 'a');
    input.current.click();
  };
  const isOver = useDrop(studio);
  useKeys(studio);
  useEffect(() => {
    document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
  }, [isDark]);
  const {loading, busy, error} = studio.status;
  return (
    <div class="app">
      <Header studio={studio} theme={theme} setTheme={setTheme} isDark={isDark}
        pickFile={pickFile} />
      <div class={`busy ${busy || loading ? 'is-busy' : ''}`} role="progressbar"
        aria-label="Working" aria-hidden={!(busy || loading)} />
      {studio.song && <Transport studio={studio} />}
      {studio.song ? (
        <main class="main">
          <Styles studio={studio} pickFile={pickFile} />
          <section class="score panel" aria-label="Chords and notes">
            <ChordLine studio={studio} />
            <Roll studio={studio} isDark={isDark} />
          </section>
          <Mixer studio={studio} isDark={isDark} />
        </main>
      ) : (
        <main class="main empty">
          <p role={error ? 'alert' : 'status'}>{error || 'Tuning up …'}</p>
        </main>
      )}
      {studio.midi && <MidiDialog studio={studio} which={target} />}
      {isOver && <div class="drop-hint"><p>Drop a MIDI file or a soundfont</p></div>}
      <Notice notice={studio.notice} />
      <input type="file" ref={input} hidden aria-label="Open a file"
        accept=".mid,.midi,.kar,.rmi,.sf2,.sf3,.dls,audio/midi"
        onChange={(event) => {
          const [file] = event.currentTarget.files;
          if (file) studio.open(file);
          event.currentTarget.value = '';
        }} />
    </div>
  );
}

const NOTICE_MS = 6000;

function Notice({notice}) {
  const [shown, setShown] = useState(null);
  useEffect(() => {
    if (!notice) return undefined;
    setShown(notice);
    const timer = setTimeout(() => setShown(null), NOTICE_MS);
    return () => clearTimeout(timer);
  }, [notice?.id]);
  return (
    <div class="notices" role="status" aria-live="polite">
      {shown && (
        <p class={`notice ${shown.isError ? 'is-error' : ''}`}>
          {shown.text}
          <button type="button" class="notice-close" onClick={() => setShown(null)}>OK</button>
        </p>
      )}
    </div>
  );
}

function useTheme() {
  const [theme, setTheme] = useState(() => {
    try {
      return localStorage.getItem(THEME_KEY) ?? 'auto';
    } catch {
      return 'auto';
    }
  });
  const choose = (value) => {
    setTheme(value);
    try {
      localStorage.setItem(THEME_KEY, value);
    } catch {
      // it lasts as long as the page, then
    }
  };
  return [theme, choose];
}

function useDrop(studio) {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const over = (event) => {
      event.preventDefault();
      setOver(true);
    };
    const leave = (event) => {
      if (!event.relatedTarget) setOver(false);
    };
    const drop = (event) => {
      event.preventDefault();
      setOver(false);
      const [file] = event.dataTransfer.files;
      if (file && studio.song) studio.open(file);
    };
    const listeners = {dragover: over, dragleave: leave, drop};
    for (const [name, listener] of Object.entries(listeners)) {
      window.addEventListener(name, listener);
    }
    return () => {
      for (const [name, listener] of Object.entries(listeners)) {
        window.removeEventListener(name, listener);
      }
    };
  }, [studio]);
  return isOver;
}

function useKeys(studio) {
  useEffect(() => {
    const press = (event) => {
      if (!studio.song || studio.midi) return;
      const isTyping = event.target.closest?.('input:not([type=range]), select, textarea');
      const withControl = event.ctrlKey || event.metaKey;
      const key = event.key.toLowerCase();
      if (withControl && key === 'z' && !isTyping) {
        event.preventDefault();
        if (event.shiftKey) studio.redo();
        else studio.undo();
      } else if (withControl || event.altKey || isTyping) {
        // the browser's own
      } else if (key === ' ' && !event.target.closest?.('button')) {
        event.preventDefault();
        studio.toggle();
      } else if (key === 'r') {
        studio.rollAll();
      } else if (key === 'n') {
        studio.surprise();
      } else if (key === 'home') {
        studio.seek(0);
      }
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [studio]);
}
