import {useRef} from 'preact/hooks';

import {barText} from '../state/progression.js';
import {texts} from '../texts/texts.js';
import {ChordName} from './chord_name.jsx';
import {ChordPanel} from './chord_panel.jsx';

/** @import {Studio} from '../studio/studio.js' */

/**
 * The button of a bar's chord, and the panel in which it is changed.
 * @param {object} props
 * @param {Studio} props.studio
 * @param {number} props.index of the bar
 * @param {boolean} props.isOpen
 * @param {(index: ?number) => void} props.setOpen
 * @param {boolean} props.isPlaying
 */
export function ChordCell({studio, index, isOpen, setOpen, isPlaying}) {
  const {chords} = studio.arrangement;
  const bar = chords[index];
  const button = useRef(/** @type {?HTMLButtonElement} */ (null));
  const close = () => {
    setOpen(null);
    button.current?.focus();
  };
  return (
    <div class={`chord-cell ${isPlaying ? 'is-playing' : ''}`}>
      <button type="button" ref={button} class="chord-button" aria-expanded={isOpen}
        aria-label={texts.chords.change(index + 1, bar.join(' '))} title={barText(bar)}
        onClick={() => setOpen(isOpen ? null : index)}>
        {bar.map((symbol, i) => <>{i ? ' ' : ''}<ChordName symbol={symbol} /></>)}
      </button>
      {isOpen && <ChordPanel studio={studio} index={index} close={close} setOpen={setOpen} />}
    </div>
  );
}
