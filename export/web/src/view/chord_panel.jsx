import {useLayoutEffect, useRef, useState} from 'preact/hooks';

import {
  NO_CHORD_SYMBOL, ROOTS, chordSymbol, nearestChordId, qualityOf, rootOf, triadId,
} from '../../../../packages/engine/src/music/chords.js';
import {NO_CHORD} from '../../../../packages/engine/src/music/format.js';
import {MOST_CHORDS} from '../state/progression.js';
import {texts} from '../texts/texts.js';
import {ChordName} from './chord_name.jsx';
import {Icon} from './icons.jsx';
import {offIf} from './off.js';

/** @import {Line} from '../studio/line_at.js' */
/** @import {Place} from './chord_cell.jsx' */

/**
 * The chord or chords of a bar, and the bar's position.
 * @param {object} props
 * @param {Line} props.line
 * @param {number} props.index of the bar in the line
 * @param {Place} props.place
 * @param {() => void} props.close
 * @param {(index: ?number) => void} props.setOpen
 */
export function ChordPanel({line, index, place, close, setOpen}) {
  const {chords, setChords, setOrder} = line;
  const bar = chords[index];
  const [half, setHalf] = useState(0);
  const position = Math.min(half, bar.length - 1);
  const panel = useFocusWithin(() => setOpen(null), close);
  const replaceBar = (/** @type {string[]} */ symbols) =>
    setChords(chords.map((old, i) => (i === index ? symbols : old)));
  const bars = [...chords.keys()];
  const move = (/** @type {number} */ to) => {
    const others = bars.filter((i) => i !== index);
    setOrder([...others.slice(0, to), index, ...others.slice(to)]);
    setOpen(to);
  };
  return (
    <div class={`chord-panel ${place.bar * 2 >= place.bars ? 'to-left' : ''}`} ref={panel}
      role="dialog" aria-label={texts.panel.label(place.bar + 1)}>
      {bar.length > 1 && (
        <div class="halves" role="group" aria-label={texts.panel.which}>
          {bar.map((chord, i) => (
            <button type="button" class="chip" aria-pressed={i === position} onClick={() => setHalf(i)}>
              <ChordName symbol={chord} />
            </button>
          ))}
        </div>
      )}
      <ChordKeys symbol={bar[position]}
        choose={(chord) => replaceBar(bar.map((old, i) => (i === position ? chord : old)))} />
      <div class="panel-tools">
        <button type="button" class="tool" disabled={index === 0} onClick={() => move(index - 1)}
          aria-label={texts.panel.left}><Icon name="left" /></button>
        <button type="button" class="tool" disabled={index === chords.length - 1}
          onClick={() => move(index + 1)} aria-label={texts.panel.right}><Icon name="right" /></button>
        <button type="button" class="chip" aria-pressed={bar.length > 1} title={texts.panel.splitMore}
          onClick={() => replaceBar(bar.length > 1 ? [bar[0]] : [bar[0], bar[0]])}>{texts.panel.split}</button>
        <button type="button" class="chip"
          {...offIf(chords.length >= MOST_CHORDS,
            () => setOrder(bars.flatMap((i) => (i === index ? [i, i] : [i]))))}>
          {texts.panel.double}</button>
        <button type="button" class="chip" disabled={chords.length === 1}
          onClick={() => {
            heirOf(panel.current)?.focus();
            setOrder(bars.filter((i) => i !== index));
            setOpen(null);
          }}>{texts.panel.delete}</button>
      </div>
    </div>
  );
}

/**
 * Buttons for the root and kind of a triad; the nearest triad's ones are pressed.
 * @param {{symbol: string, choose: (symbol: string) => void}} props
 */
function ChordKeys({symbol, choose}) {
  const id = nearestChordId(symbol);
  const [root, quality] = [rootOf(id), qualityOf(id)];
  return (
    <>
      <div class="roots" role="group" aria-label={texts.panel.root}>
        {ROOTS.map((name, i) => (
          <button type="button" class="key" aria-pressed={i === root}
            onClick={() => choose(chordSymbol(triadId(i, quality ?? 0)))}>
            {name.replace('#', '♯').replace('b', '♭')}</button>
        ))}
      </div>
      <div class="qualities" role="group" aria-label={texts.panel.kind}>
        {texts.panel.kinds.map((name, i) => (
          <button type="button" class="key" aria-pressed={i === quality}
            onClick={() => choose(chordSymbol(triadId(root ?? 0, i)))}>{name}</button>
        ))}
        <button type="button" class="key" aria-pressed={id === NO_CHORD}
          onClick={() => choose(NO_CHORD_SYMBOL)}>{texts.panel.none}</button>
      </div>
    </>
  );
}

/**
 * Returns the button to focus after a bar is deleted: the next bar's, which moves into this cell,
 * or the previous bar's if this is the last.
 * @param {?HTMLElement} panel
 * @returns {?HTMLElement | undefined}
 */
function heirOf(panel) {
  const cell = panel?.parentElement;
  const isLast = !cell?.nextElementSibling?.matches('.chord-cell');
  return (isLast ? cell?.previousElementSibling : cell)?.querySelector('.chord-button');
}

/**
 * Focuses a panel when it appears, and leaves it on a pointer press or focus outside; Escape closes
 * it.
 * @param {() => void} leave
 * @param {() => void} close leaves, and returns the focus
 */
function useFocusWithin(leave, close) {
  const panel = useRef(/** @type {?HTMLDivElement} */ (null));
  const latest = useRef({leave, close});
  latest.current = {leave, close};
  // before the browser paints, so that a key pressed immediately reaches the panel
  useLayoutEffect(() => {
    /** @type {?HTMLElement | undefined} */
    const pressed = panel.current?.querySelector('[aria-pressed="true"]');
    pressed?.focus({preventScroll: true});
    panel.current?.scrollIntoView({block: 'nearest', inline: 'nearest'});
    const outside = (/** @type {Event} */ {target}) => {
      const isInside = target instanceof Element && // the focus returns from a modal dialog
        (target.closest('dialog') || panel.current?.parentElement?.contains(target));
      if (!isInside) latest.current.leave();
    };
    const escape = (/** @type {KeyboardEvent} */ event) => {
      if (event.key === 'Escape') latest.current.close();
    };
    const controller = new AbortController();
    const {signal} = controller;
    document.addEventListener('pointerdown', outside, {signal});
    document.addEventListener('focusin', outside, {signal});
    document.addEventListener('keydown', escape, {signal});
    return () => controller.abort();
  }, []);
  return panel;
}
