import {useEffect, useLayoutEffect, useState} from 'preact/hooks';

/** Draws again whenever the studio changes, also between the first drawing and its painting. */
export function useStudio(studio) {
  const [, setRevision] = useState(0);
  useLayoutEffect(() => studio.subscribe(() => setRevision(studio.revision)), [studio]);
}

/** Whether the page is dark now, by choice or by the system. */
export function useIsDark(theme) {
  const query = window.matchMedia('(prefers-color-scheme: dark)');
  const [isSystemDark, setSystemDark] = useState(query.matches);
  useEffect(() => {
    const listen = () => setSystemDark(query.matches);
    query.addEventListener('change', listen);
    return () => query.removeEventListener('change', listen);
  }, []);
  return theme === 'auto' ? isSystemDark : theme === 'dark';
}
