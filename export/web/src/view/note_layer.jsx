import {useEffect, useRef, useState} from 'preact/hooks';

import {texts} from '../texts/texts.js';
import {beginGesture, isAtEnd, movedGesture, noteUnder} from './note_gestures.js';
import {drawEditing} from './note_drawing.js';
import {noteName} from './note_words.js';

/** @import {RefObject} from 'preact' */
/** @import {Studio} from '../studio/studio.js' */
/** @import {NoteEditor} from './note_editor.js' */
/** @import {Gesture, Scene} from './note_gestures.js' */
/** @import {Picture} from './roll_drawing.js' */

const RULER = 12; // px at the top: a click there moves the playhead

/**
 * The editing layer over the roll: pointers and keys change notes.
 * @param {{studio: Studio, picture: Picture, editor: NoteEditor, partName: string}} props
 */
export function NoteLayer({studio, picture, editor, partName}) {
  const {song, layout} = picture;
  const canvas = useRef(/** @type {?HTMLCanvasElement} */ (null));
  const [gesture, setGesture] = useState(/** @type {?Gesture} */ (null));
  const scene = {song, layout, editor};
  const note = gesture?.note ?? editor.note;
  useEffect(() => {
    if (!canvas.current) return;
    const isDrum = Boolean(song.parts.find(({key}) => key === note?.key)?.isDrum);
    const words = note && gesture?.hasMoved ? noteName(note, isDrum, song.format) : '';
    drawEditing(canvas.current, picture, note, words);
  });
  const isOnNote = useNoScroll(canvas);
  return (
    <canvas ref={canvas} class="note-layer" role="application" tabIndex={0}
      aria-label={texts.notes.label(partName)} aria-describedby="note-keys note-said"
      onKeyDown={(event) => {
        if (!pressed(event, editor)) return;
        event.preventDefault();
        event.stopPropagation(); // some are also shortcuts of the page
      }}
      {...pointerHandlers(studio, scene, gesture, (begun) => {
        isOnNote.current = Boolean(begun?.old);
        setGesture(begun);
      })} />
  );
}

/**
 * @param {Studio} studio
 * @param {Scene} scene
 * @param {?Gesture} gesture
 * @param {(gesture: ?Gesture) => void} setGesture
 */
function pointerHandlers(studio, scene, gesture, setGesture) {
  const {editor} = scene;
  return {
    onPointerDown: (/** @type {PointerEvent} */ event) => {
      if (event.button !== 0) return;
      const {x, y, isFinger, canvas} = placeOf(event);
      const from = [event.clientX, event.clientY];
      const begun = {...beginGesture(x, y, isFinger, scene), from};
      if (y < RULER && !begun.old) {
        studio.seek(begun.note.start);
        return;
      }
      canvas.focus({preventScroll: true});
      if (begun.old) editor.choose(begun.old);
      canvas.setPointerCapture(event.pointerId);
      setGesture(begun);
    },
    onPointerMove: (/** @type {PointerEvent} */ event) => {
      const {x, y, isFinger, canvas} = placeOf(event);
      if (gesture) {
        setGesture(movedGesture(gesture, ...wayOf(event, gesture), scene));
        return;
      }
      const hit = noteUnder(x, y, isFinger, scene);
      canvas.style.cursor = !hit ? 'crosshair' : isAtEnd(x, hit, isFinger, scene) ? 'ew-resize' : 'grab';
    },
    onPointerUp: (/** @type {PointerEvent} */ event) => {
      if (!gesture) return;
      const {old, note} = movedGesture(gesture, ...wayOf(event, gesture), scene);
      setGesture(null);
      editor.put(old, note);
    },
    onPointerCancel: () => setGesture(null),
    onContextMenu: (/** @type {MouseEvent} */ event) => {
      const {x, y} = placeOf(event);
      const hit = noteUnder(x, y, false, scene);
      if (!hit || gesture) return; // a long press is not a right click
      event.preventDefault();
      const {part, ...own} = hit;
      editor.put({...own, key: scene.song.parts[part].key}, null);
    },
  };
}

/** Returns the position of an event on the canvas. @param {MouseEvent} event */
function placeOf(event) {
  const canvas = /** @type {HTMLCanvasElement} */ (event.currentTarget);
  const {left, top} = canvas.getBoundingClientRect();
  const isFinger = event instanceof PointerEvent && event.pointerType === 'touch';
  return {x: event.clientX - left, y: event.clientY - top, isFinger, canvas};
}

/**
 * Returns the position of a pointer on the canvas as it was at pointerdown; the canvas may have
 * moved since then.
 * @param {PointerEvent} event
 * @param {Gesture} gesture
 * @returns {[x: number, y: number]}
 */
const wayOf = ({clientX, clientY}, {x, y, from}) =>
  [x + clientX - from[0], y + clientY - from[1]];

/**
 * Prevents scrolling by a finger on a note, which moves the note; elsewhere fingers scroll.
 * @param {RefObject<HTMLCanvasElement>} canvas
 * @returns {{current: boolean}} whether the pressed pointer is on a note; the caller updates it
 */
function useNoScroll(canvas) {
  const isOnNote = useRef(false);
  useEffect(() => {
    const box = canvas.current;
    const touched = (/** @type {TouchEvent} */ event) => { // fires after pointerdown
      if (isOnNote.current) event.preventDefault();
    };
    box?.addEventListener('touchstart', touched, {passive: false});
    return () => box?.removeEventListener('touchstart', touched);
  }, [canvas]);
  return isOnNote;
}

/**
 * Runs the action of a key: arrows choose a note, with Shift they move it.
 * @param {KeyboardEvent} event
 * @param {NoteEditor} editor
 * @returns {boolean} whether the editor uses the key
 */
function pressed({key, shiftKey, ctrlKey, metaKey, altKey, repeat}, editor) {
  if (ctrlKey || metaKey || altKey) return false;
  const {grid, go, goToPart, move, stretch} = editor;
  /** @type {Record<string, () => void>} */
  const actions = {
    ArrowLeft: () => (shiftKey ? move({by: -grid}, repeat) : go(-1)),
    ArrowRight: () => (shiftKey ? move({by: grid}, repeat) : go(1)),
    ArrowUp: () => (shiftKey ? move({semitones: 1}, repeat) : goToPart(-1)),
    ArrowDown: () => (shiftKey ? move({semitones: -1}, repeat) : goToPart(1)),
    PageUp: () => move({semitones: 12}, repeat),
    PageDown: () => move({semitones: -12}, repeat),
    Home: () => go(-Infinity),
    End: () => go(Infinity),
    '+': () => stretch(grid, repeat),
    '=': () => stretch(grid, repeat),
    '-': () => stretch(-grid, repeat),
    Delete: () => editor.remove(),
    Backspace: () => editor.remove(),
    Enter: () => editor.add(),
    Insert: () => editor.add(),
    Escape: () => (editor.note ? editor.choose(null) : editor.setOn(false)),
  };
  if (!Object.hasOwn(actions, key)) return false;
  actions[key]();
  return true;
}
