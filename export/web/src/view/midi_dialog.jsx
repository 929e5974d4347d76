import {useLayoutEffect, useRef, useState} from 'preact/hooks';

import {MIDI} from '../generated/tables.js';
import {instrumentName} from '../music/general_midi.js';
import {Icon} from './icons.jsx';
import {FetchingText} from './progress.jsx';

/** @import {Bar} from '../music/measures.js' */
/** @import {Flaws} from '../music/midi_bytes.js' */
/** @import {OpenedMidi} from '../studio/store.js' */
/** @import {Studio, Which} from '../studio/studio.js' */

const WHICH = /** @type {const} */ (['a', 'b']);

/**
 * The bars of an opened MIDI file, to choose a style from.
 * @param {{studio: Studio, midi: OpenedMidi, which: Which}} props
 */
export function MidiDialog({studio, midi, which}) {
  const dialog = useRef(/** @type {?HTMLDialogElement} */ (null));
  const first = midi.bars.findIndex(({tracks}) => tracks);
  const [chosen, setChosen] = useState(first);
  useLayoutEffect(() => {
    dialog.current?.showModal();
    dialog.current?.querySelector('.bar[aria-pressed="true"]')?.scrollIntoView({block: 'nearest'});
  }, []);
  const close = () => dialog.current?.close();
  const fitting = midi.bars.filter(({tracks}) => tracks).length;
  return (
    <dialog class="dialog" ref={dialog} aria-labelledby="midi-title"
      onClose={() => studio.closeMidi()}
      onClick={(event) => event.target === dialog.current && close()}>
      <div class="dialog-head">
        <h2 id="midi-title">{midi.name}</h2>
        <button type="button" class="tool" aria-label="Close" onClick={close}>
          <Icon name="close" /></button>
      </div>
      {midi.link && <Restore studio={studio} link={midi.link} />}
      <p class="hint">
        {fitting} of {midi.bars.length} bars can be a style. Choose one.{' '}
        {flawSentences(midi.flaws).map((sentence) => `${sentence}. `)}</p>
      <Bars bars={midi.bars} chosen={chosen} choose={setChosen} />
      {midi.bars[chosen] && (
        <BarTools studio={studio} bar={midi.bars[chosen]} index={chosen} which={which} />
      )}
      <FetchingText fetching={studio.status.fetching} />
    </dialog>
  );
}

/** @param {{studio: Studio, link: string}} props */
function Restore({studio, link}) {
  return (
    <div class="restore">
      <p>This file was saved from this page.</p>
      <button type="button" class="button strong"
        onClick={() => {
          studio.openLink(link);
          studio.closeMidi();
        }}>Open the arrangement</button>
    </div>
  );
}

/** @param {{bars: Bar[], chosen: number, choose: (index: number) => void}} props */
function Bars({bars, chosen, choose}) {
  return (
    <div class="bars" role="group" aria-label="Bars">
      {bars.map(({number, tracks, symbols, reason}, i) => (
        <button type="button" class="bar" key={number} disabled={!tracks}
          aria-pressed={i === chosen} title={tracks ? symbols.join(' ') : `Not this bar: ${reason}`}
          onClick={() => choose(i)}>
          <b>{number}</b><span>{tracks ? shortSymbols(symbols) : '·'}</span>
        </button>
      ))}
    </div>
  );
}

/**
 * What a chosen bar can be used for.
 * @param {{studio: Studio, bar: Bar, index: number, which: Which}} props
 */
function BarTools({studio, bar, index, which}) {
  return (
    <>
      <p class="bar-text"><b>Bar {bar.number}</b> {shortSymbols(bar.symbols)}: {
        bar.programs.map(instrumentName).join(', ')}</p>
      <div class="dialog-tools">
        <button type="button" class="chip" onClick={() => studio.useMidiChords(index)}
          title="The chords from this bar on become the progression">Take its chords</button>
        {WHICH.map((letter) => (
          <button type="button" class={`button style-${letter} ${letter === which ? 'strong' : ''}`}
            onClick={() => studio.useMeasure(index, letter)}>
            Use as style {letter.toUpperCase()}</button>
        ))}
      </div>
    </>
  );
}

/** What was mended or passed over, such as "24 notes had no end". @param {Flaws} flaws */
const flawSentences = (flaws) => Object.entries(MIDI.flaws)
  .filter(([kind]) => flaws[kind])
  .map(([kind, [one, several]]) => `${flaws[kind]} ${flaws[kind] === 1 ? one : several}`);

/** @param {string[]} symbols */
const shortSymbols = (symbols) => [...new Set(symbols)].join(' ');
