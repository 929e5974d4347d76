import {useEffect, useLayoutEffect, useState} from 'preact/hooks';

/** @import {Studio} from '../studio/studio.js' */

const THEME_KEY = 'gm-vae-theme';
const LETTERS_KEY = 'gm-vae-letters';

/**
 * Draws again whenever the studio changes, also between the first drawing and its painting.
 * @param {Studio} studio
 */
export function useStudio(studio) {
  const [, setRevision] = useState(0);
  useLayoutEffect(() => studio.subscribe(() => setRevision(studio.revision)), [studio]);
}

/**
 * A choice that the browser keeps.
 * @param {string} key
 * @param {string} otherwise what is chosen at first
 * @returns {[choice: string, choose: (choice: string) => void]}
 */
function useKept(key, otherwise) {
  const [choice, setChoice] = useState(() => {
    try {
      return localStorage.getItem(key) ?? otherwise;
    } catch {
      return otherwise;
    }
  });
  const choose = (/** @type {string} */ value) => {
    setChoice(value);
    try {
      localStorage.setItem(key, value);
    } catch {
      // it lasts as long as the page, then
    }
  };
  return [choice, choose];
}

/** The theme that a person chose: auto, light or dark. */
export const useTheme = () => useKept(THEME_KEY, 'auto');

/**
 * Whether letters are keys of the page.
 * @returns {[hasLetters: boolean, setLetters: (are: boolean) => void]}
 */
export function useLetters() {
  const [letters, setLetters] = useKept(LETTERS_KEY, 'on');
  return [letters === 'on', (are) => setLetters(are ? 'on' : 'off')];
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
      if (!event.dataTransfer?.types.includes('Files')) return; // one of our parts, or a text
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
