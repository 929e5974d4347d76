import {useLayoutEffect, useRef, useState} from 'preact/hooks';

import {ROOTS, qualityOf, rootOf, triadId} from '../music/chords.js';
import {NO_CHORD} from '../music/format.js';
import {MOST_CHORDS} from '../state/progression.js';
import {ChordName} from './chord_name.jsx';
import {Icon} from './icons.jsx';

/** @import {Studio} from '../studio/studio.js' */

const QUALITY_NAMES = ['major', 'minor', 'aug', 'dim'];

/**
 * The chord or chords of a bar, and the bar's position.
 * @param {object} props
 * @param {Studio} props.studio
 * @param {number} props.index of the bar
 * @param {() => void} props.close
 * @param {(index: ?number) => void} props.setOpen
 */
export function ChordPanel({studio, index, close, setOpen}) {
  const {chords} = studio.arrangement;
  const bar = chords[index];
  const [half, setHalf] = useState(0);
  const position = Math.min(half, bar.length - 1);
  const panel = useFocusWithin(() => setOpen(null));
  const replaceBar = (/** @type {number[][]} */ ...bars) =>
    studio.setChords([...chords.slice(0, index), ...bars, ...chords.slice(index + 1)]);
  const move = (/** @type {number} */ to) => {
    const others = chords.filter((_, i) => i !== index);
    studio.setChords([...others.slice(0, to), bar, ...others.slice(to)]);
    setOpen(to);
  };
  return (
    <div class={`chord-panel ${index * 2 >= chords.length ? 'to-left' : ''}`} ref={panel}
      role="dialog" aria-label={`Chord of bar ${index + 1}`}
      onKeyDown={(event) => event.key === 'Escape' && close()}>
      {bar.length > 1 && (
        <div class="halves" role="group" aria-label="Which chord of the bar">
          {bar.map((chord, i) => (
            <button type="button" class="chip" aria-pressed={i === position} onClick={() => setHalf(i)}>
              <ChordName id={chord} />
            </button>
          ))}
        </div>
      )}
      <ChordKeys id={bar[position]}
        choose={(chord) => replaceBar(bar.map((old, i) => (i === position ? chord : old)))} />
      <div class="panel-tools">
        <button type="button" class="tool" disabled={index === 0} onClick={() => move(index - 1)}
          aria-label="Move to the left"><Icon name="left" /></button>
        <button type="button" class="tool" disabled={index === chords.length - 1}
          onClick={() => move(index + 1)} aria-label="Move to the right"><Icon name="right" /></button>
        <button type="button" class="chip" aria-pressed={bar.length > 1} title="Two chords in this bar"
          onClick={() => replaceBar(bar.length > 1 ? [bar[0]] : [bar[0], bar[0]])}>Split</button>
        <button type="button" class="chip" disabled={chords.length >= MOST_CHORDS}
          onClick={() => replaceBar(bar, bar)}>Double</button>
        <button type="button" class="chip" disabled={chords.length === 1}
          onClick={() => {
            replaceBar();
            setOpen(null);
          }}>Delete</button>
      </div>
    </div>
  );
}

/** Roots and kinds of a chord. @param {{id: number, choose: (id: number) => void}} props */
function ChordKeys({id, choose}) {
  const [root, quality] = [rootOf(id), qualityOf(id)];
  return (
    <>
      <div class="roots" role="group" aria-label="Root">
        {ROOTS.map((name, i) => (
          <button type="button" class="key" aria-pressed={i === root}
            onClick={() => choose(triadId(i, quality ?? 0))}>
            {name.replace('#', '♯').replace('b', '♭')}</button>
        ))}
      </div>
      <div class="qualities" role="group" aria-label="Kind">
        {QUALITY_NAMES.map((name, i) => (
          <button type="button" class="key" aria-pressed={i === quality}
            onClick={() => choose(triadId(root ?? 0, i))}>{name}</button>
        ))}
        <button type="button" class="key" aria-pressed={id === NO_CHORD}
          onClick={() => choose(NO_CHORD)}>none</button>
      </div>
    </>
  );
}

/**
 * A panel that has the focus as soon as it is there, and is left by a click elsewhere.
 * @param {() => void} leave
 */
function useFocusWithin(leave) {
  const panel = useRef(/** @type {?HTMLDivElement} */ (null));
  const latest = useRef(leave);
  latest.current = leave;
  // before the browser paints: a key pressed at once is the panel's
  useLayoutEffect(() => {
    /** @type {?HTMLElement | undefined} */
    const pressed = panel.current?.querySelector('[aria-pressed="true"]');
    pressed?.focus({preventScroll: true});
    panel.current?.scrollIntoView({block: 'nearest', inline: 'nearest'});
    const outside = (/** @type {PointerEvent} */ event) => {
      const isInside = event.target instanceof Node &&
        panel.current?.parentElement?.contains(event.target);
      if (!isInside) latest.current();
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, []);
  return panel;
}
