import {useRef} from 'preact/hooks';

import {barText} from '../state/progression.js';
import {texts} from '../texts/texts.js';
import {ChordName} from './chord_name.jsx';
import {ChordPanel} from './chord_panel.jsx';

/** @import {Line} from '../studio/line_at.js' */

/**
 * Position of a bar in the piece.
 * @typedef {{bar: number, bars: number}} Place
 */

/**
 * The button of a bar's chord, and the panel that changes it.
 * @param {object} props
 * @param {Line} props.line
 * @param {number} props.index of the bar in the line
 * @param {Place} props.place
 * @param {boolean} props.isOpen
 * @param {(index: ?number) => void} props.setOpen
 * @param {boolean} props.isPlaying
 */
export function ChordCell({line, index, place, isOpen, setOpen, isPlaying}) {
  const bar = line.chords[index];
  const button = useRef(/** @type {?HTMLButtonElement} */ (null));
  const close = () => {
    setOpen(null);
    button.current?.focus();
  };
  return (
    <div class={`chord-cell ${isPlaying ? 'is-playing' : ''}`}>
      <button type="button" ref={button} class="chord-button" aria-expanded={isOpen}
        aria-label={texts.chords.change(place.bar + 1, bar.join(' '))} title={barText(bar)}
        onClick={() => setOpen(isOpen ? null : index)}>
        {bar.map((symbol, i) => <>{i ? ' ' : ''}<ChordName symbol={symbol} /></>)}
      </button>
      {isOpen && <ChordPanel line={line} index={index} place={place} close={close}
        setOpen={setOpen} />}
    </div>
  );
}
