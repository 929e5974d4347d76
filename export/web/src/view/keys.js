/** Keyboard shortcuts outside of fields. */

import {useEffect, useRef} from 'preact/hooks';

import {FocusOrigin} from './focus_origin.js';

/** @import {Studio} from '../studio/studio.js' */

const FIELDS = 'input:not([type=range], [type=checkbox]), select, textarea';
const PRESSED = 'button, [type=checkbox]'; // elements that Space presses
const SLIDERS = '[type=range], [role=slider]'; // elements that Home moves to their minimum

/** @type {Record<string, (studio: Studio) => void>} */
const ACTIONS = {
  'control+z': (studio) => studio.undo(),
  'control+shift+z': (studio) => studio.redo(),
  'control+y': (studio) => studio.redo(),
  ' ': (studio) => studio.toggle(),
  home: (studio) => studio.seek(0),
  r: (studio) => studio.rollAll(),
  n: (studio) => studio.surprise(),
};
const LETTERS = new Set(['r', 'n']);
const AGAIN_WHILE_HELD = new Set(['control+z', 'control+shift+z', 'control+y']);

/** @param {Studio} studio @param {boolean} hasLetters whether single letters are shortcuts */
export function useKeys(studio, hasLetters) {
  const letters = useRef(hasLetters);
  letters.current = hasLetters;
  useEffect(() => {
    const controller = new AbortController();
    const {signal} = controller;
    const focus = new FocusOrigin(signal);
    const ours = (/** @type {KeyboardEvent} */ event) => {
      const name = keyName(event);
      const isOurs = studio.song && !studio.midi && Object.hasOwn(ACTIONS, name) &&
        !isTaken(name, event.target, focus.isPointer) && (letters.current || !LETTERS.has(name));
      if (!isOurs) return null;
      event.preventDefault();
      return name;
    };
    window.addEventListener('keydown', (event) => {
      const name = ours(event);
      if (name && (!event.repeat || AGAIN_WHILE_HELD.has(name))) ACTIONS[name](studio);
    }, {signal});
    window.addEventListener('keyup', ours, {signal}); // some browsers press a button on keyup
    return () => controller.abort();
  }, [studio]);
}

/** @param {KeyboardEvent} event */
function keyName({key, ctrlKey, metaKey, altKey, shiftKey}) {
  const control = ctrlKey || metaKey ? `control+${shiftKey ? 'shift+' : ''}` : '';
  return `${altKey ? 'alt+' : ''}${control}${key.toLowerCase()}`;
}

/**
 * Whether the focused element uses a key itself. Space presses a button that was focused with a
 * key; on a button that was clicked, Space is the page's shortcut.
 * @param {string} name
 * @param {?EventTarget} target
 * @param {boolean} byPointer
 */
function isTaken(name, target, byPointer) {
  if (!(target instanceof Element)) return false;
  if (target.closest(FIELDS)) return true;
  if (name === ' ') return !byPointer && target.closest(PRESSED) !== null;
  if (name === 'home') return target.closest(SLIDERS) !== null;
  return LETTERS.has(name) && target.closest('[role=dialog]') !== null;
}
