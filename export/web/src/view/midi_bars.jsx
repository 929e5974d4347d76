import {useMemo} from 'preact/hooks';

import {texts} from '../texts/texts.js';

/** @import {Bar} from '../../../../packages/engine/src/music/measures.js' */

/** @typedef {(index: number) => void} Choose */

/**
 * A button for each bar; one of them is chosen. As a file may have a thousand bars, the buttons are
 * a single tab stop with arrow keys, and only changed buttons are re-rendered.
 * @param {{bars: Bar[], chosen: number, choose: Choose}} props
 */
export function Bars({bars, chosen, choose}) {
  const {code} = texts;
  const others = useMemo(
    () => bars.map((bar, i) =>
      <BarButton key={code + i} bar={bar} isChosen={false} choose={() => choose(i)} />),
    [bars, choose, code]);
  return (
    <div class="bars" role="toolbar" aria-label={texts.midi.bars}
      onKeyDown={(event) => {
        const to = neighbour(event.key, chosen, event.currentTarget);
        if (to === null || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        choose(to);
        buttonsIn(event.currentTarget)[to].focus();
      }}>
      {others.map((button, i) => (i === chosen
        ? <BarButton key={code + i} bar={bars[i]} isChosen choose={() => choose(i)} />
        : button))}
    </div>
  );
}

/** @param {{bar: Bar, isChosen: boolean, choose: () => void}} props */
function BarButton({bar: {number, tracks, symbols, reason}, isChosen, choose}) {
  const chords = shortSymbols(symbols);
  return (
    <button type="button" class={`bar ${tracks ? '' : 'is-refused'}`} aria-pressed={isChosen}
      tabIndex={isChosen ? 0 : -1} onClick={choose}
      aria-label={tracks ? texts.midi.barLabel(number, chords)
        : texts.midi.refusedLabel(number, chords)}
      title={tracks ? symbols.join(' ') : texts.midi.refusedMore(texts.ofEngine(reason))}>
      <b>{number}</b>{' '}<span>{chords || '·'}</span>
    </button>
  );
}

/** @param {Element} toolbar */
const buttonsIn = (toolbar) => /** @type {NodeListOf<HTMLElement>} */ (
  toolbar.querySelectorAll('.bar'));

/**
 * Returns the index of the bar that a key selects; null for other keys.
 * @param {string} key
 * @param {number} from
 * @param {HTMLElement} toolbar
 */
function neighbour(key, from, toolbar) {
  const buttons = [...buttonsIn(toolbar)];
  const below = buttons.findIndex(({offsetTop}) => offsetTop > buttons[0].offsetTop);
  const row = below < 0 ? buttons.length : below; // buttons per row
  /** @type {Record<string, number>} */
  const places = {
    ArrowLeft: from - 1, ArrowRight: from + 1, ArrowUp: from - row, ArrowDown: from + row,
    Home: 0, End: buttons.length - 1,
  };
  if (!Object.hasOwn(places, key)) return null;
  return Math.max(0, Math.min(buttons.length - 1, places[key]));
}

/** @param {string[]} symbols */
export const shortSymbols = (symbols) => [...new Set(symbols)].join(' ');
