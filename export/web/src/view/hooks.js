import {useEffect, useLayoutEffect, useState} from 'preact/hooks';

/** @import {Studio} from '../studio/studio.js' */

const THEME_KEY = 'gm-vae-theme';

/**
 * Draws again whenever the studio changes, also between the first drawing and its painting.
 * @param {Studio} studio
 */
export function useStudio(studio) {
  const [, setRevision] = useState(0);
  useLayoutEffect(() => studio.subscribe(() => setRevision(studio.revision)), [studio]);
}

/**
 * The theme that a person chose, auto, light or dark, which the browser keeps.
 * @returns {[theme: string, choose: (theme: string) => void]}
 */
export function useTheme() {
  const [theme, setTheme] = useState(() => {
    try {
      return localStorage.getItem(THEME_KEY) ?? 'auto';
    } catch {
      return 'auto';
    }
  });
  const choose = (/** @type {string} */ value) => {
    setTheme(value);
    try {
      localStorage.setItem(THEME_KEY, value);
    } catch {
      // it lasts as long as the page, then
    }
  };
  return [theme, choose];
}

/**
 * Whether the page is dark now, by choice or by the system; forced colours are the system's.
 * @param {string} theme
 */
export function useIsDark(theme) {
  const isSystemDark = useMedia('(prefers-color-scheme: dark)');
  const isForced = useMedia('(forced-colors: active)');
  const isDark = theme === 'auto' || isForced ? isSystemDark : theme === 'dark';
  useEffect(() => {
    document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
    const sheet = document.querySelector('link#dark');
    if (sheet instanceof HTMLLinkElement) sheet.media = isDark ? 'all' : 'not all';
  }, [isDark]);
  return isDark;
}

/** Whether a media query holds. @param {string} text */
function useMedia(text) {
  const [query] = useState(() => window.matchMedia(text));
  const [matches, setMatches] = useState(query.matches);
  useEffect(() => {
    const listen = () => setMatches(query.matches);
    query.addEventListener('change', listen);
    return () => query.removeEventListener('change', listen);
  }, [query]);
  return matches;
}

/** Whether a file is held over the page; one that is let go is opened. @param {Studio} studio */
export function useDrop(studio) {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const over = (/** @type {DragEvent} */ event) => {
      event.preventDefault();
      setOver(true);
    };
    const leave = (/** @type {DragEvent} */ event) => {
      if (!event.relatedTarget) setOver(false);
    };
    const drop = (/** @type {DragEvent} */ event) => {
      event.preventDefault();
      setOver(false);
      const file = event.dataTransfer?.files[0];
      if (file && studio.song) studio.open(file);
    };
    const controller = new AbortController();
    const {signal} = controller;
    window.addEventListener('dragover', over, {signal});
    window.addEventListener('dragleave', leave, {signal});
    window.addEventListener('drop', drop, {signal});
    return () => controller.abort();
  }, [studio]);
  return isOver;
}

/** What keys do outside of fields. @param {Studio} studio */
export function useKeys(studio) {
  useEffect(() => {
    const press = (/** @type {KeyboardEvent} */ event) => {
      if (studio.song && !studio.midi) act(studio, event);
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [studio]);
}

/** @param {Studio} studio @param {KeyboardEvent} event */
function act(studio, event) {
  const target = event.target instanceof Element ? event.target : null;
  const isTyping = target?.closest('input:not([type=range]), select, textarea');
  const withControl = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (withControl && key === 'z' && !isTyping) {
    event.preventDefault();
    if (event.shiftKey) studio.redo();
    else studio.undo();
  } else if (withControl || event.altKey || isTyping) {
    // the browser's own
  } else if (key === ' ' && !target?.closest('button')) {
    event.preventDefault();
    studio.toggle();
  } else if (key === 'r') {
    studio.rollAll();
  } else if (key === 'n') {
    studio.surprise();
  } else if (key === 'home') {
    studio.seek(0);
  }
}
