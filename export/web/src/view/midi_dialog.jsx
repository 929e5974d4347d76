import {useLayoutEffect, useRef, useState} from 'preact/hooks';

import {MIDI} from '../generated/tables.js';
import {instrumentName} from '../music/general_midi.js';
import {Icon} from './icons.jsx';

/** The bars of an opened MIDI file, to choose a style from. */
export function MidiDialog({studio, which}) {
  const {midi} = studio;
  const dialog = useRef();
  const first = midi.bars.findIndex(({tracks}) => tracks);
  const [chosen, setChosen] = useState(first);
  useLayoutEffect(() => {
    dialog.current.showModal();
    dialog.current.querySelector('.bar[aria-pressed="true"]')?.scrollIntoView({block: 'nearest'});
  }, []);
  const fitting = midi.bars.filter(({tracks}) => tracks).length;
  const bar = midi.bars[chosen];
  return (
    <dialog class="dialog" ref={dialog} aria-labelledby="midi-title"
      onClose={() => studio.closeMidi()}
      onClick={(event) => event.target === dialog.current && dialog.current.close()}>
      <div class="dialog-head">
        <h2 id="midi-title">{midi.name}</h2>
        <button type="button" class="tool" aria-label="Close" onClick={() => dialog.current.close()}>
          <Icon name="close" /></button>
      </div>
      {midi.link && (
        <div class="restore">
          <p>This file was saved from this page.</p>
          <button type="button" class="button strong"
            onClick={() => {
              studio.openLink(midi.link);
              studio.closeMidi();
            }}>Open the arrangement</button>
        </div>
      )}
      <p class="hint">
        {fitting} of {midi.bars.length} bars can be a style. Choose one.{' '}
        {flawSentences(midi.flaws).map((sentence) => `${sentence}. `)}</p>
      <div class="bars" role="group" aria-label="Bars">
        {midi.bars.map(({number, tracks, symbols, reason}, i) => (
          <button type="button" class="bar" key={number} disabled={!tracks}
            aria-pressed={i === chosen} title={tracks ? symbols.join(' ') : `Not this bar: ${reason}`}
            onClick={() => setChosen(i)}>
            <b>{number}</b><span>{tracks ? shortSymbols(symbols) : '·'}</span>
          </button>
        ))}
      </div>
      {bar && (
        <>
          <p class="bar-text"><b>Bar {bar.number}</b> {shortSymbols(bar.symbols)}: {
            bar.programs.map(instrumentName).join(', ')}</p>
          <div class="dialog-tools">
            <button type="button" class="chip" onClick={() => studio.useMidiChords(chosen)}
              title="The chords from this bar on become the progression">Take its chords</button>
            {['a', 'b'].map((letter) => (
              <button type="button" class={`button style-${letter} ${letter === which ? 'strong' : ''}`}
                onClick={() => studio.useMeasure(chosen, letter)}>
                Use as style {letter.toUpperCase()}</button>
            ))}
          </div>
        </>
      )}
    </dialog>
  );
}

/** What was mended or passed over, such as "24 notes had no end". */
const flawSentences = (flaws) => Object.entries(MIDI.flaws)
  .filter(([kind]) => flaws[kind])
  .map(([kind, [one, several]]) => `${flaws[kind]} ${flaws[kind] === 1 ? one : several}`);

const shortSymbols = (symbols) => [...new Set(symbols)].join(' ');
