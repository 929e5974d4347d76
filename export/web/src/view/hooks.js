import {useEffect, useLayoutEffect, useState} from 'preact/hooks';

/** @import {Studio} from '../studio/studio.js' */

const THEME_KEY = 'gm-vae-theme';
const LETTERS_KEY = 'gm-vae-letters';

/**
 * Re-renders whenever the studio changes, also between the first render and its paint.
 * @param {Studio} studio
 */
export function useStudio(studio) {
  const [, setRevision] = useState(0);
  useLayoutEffect(() => studio.subscribe(() => setRevision(studio.revision)), [studio]);
}

/**
 * A choice that is stored in the browser.
 * @param {string} key
 * @param {string} otherwise the default
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
      // then the choice lasts only until the page is closed
    }
  };
  return [choice, choose];
}

/** The chosen theme: auto, light or dark. */
export const useTheme = () => useKept(THEME_KEY, 'auto');

/**
 * Whether single letters are keyboard shortcuts.
 * @returns {[hasLetters: boolean, setLetters: (are: boolean) => void]}
 */
export function useLetters() {
  const [letters, setLetters] = useKept(LETTERS_KEY, 'on');
  return [letters === 'on', (are) => setLetters(are ? 'on' : 'off')];
}

/**
 * Whether the page is dark, by choice or by the system; forced colours follow the system.
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

/** Whether a media query matches. @param {string} text */
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

/** Whether a file is dragged over the page; opens a dropped file. @param {Studio} studio */
export function useDrop(studio) {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const over = (/** @type {DragEvent} */ event) => {
      if (!event.dataTransfer?.types.includes('Files')) return; // a part of the song, or text
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
