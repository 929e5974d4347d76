import {styleLetters} from '../state/pad.js';
import {instrumentName, texts} from '../texts/texts.js';
import {Icon} from './icons.jsx';
import {shortSymbols} from './midi_bars.jsx';

/** @import {Bar} from '../../../../packages/engine/src/music/measures.js' */
/** @import {OpenedMidi} from '../studio/opened_midi.js' */
/** @import {Studio, Which} from '../studio/studio.js' */

/**
 * Actions for the chosen bar of an opened file.
 * @param {{studio: Studio, midi: OpenedMidi, index: number, which: Which}} props
 */
export function BarTools({studio, midi, index, which}) {
  const bar = midi.bars[index];
  const isStyle = bar.tracks !== null;
  return (
    <>
      <p class="bar-text" aria-live="polite"><b>{texts.midi.bar(bar.number)}</b> {about(bar)}</p>
      <div class="dialog-tools">
        <button type="button" class="chip" disabled={!isStyle} onClick={() => studio.audition(index)}>
          <Icon name={studio.isAuditioning ? 'stop' : 'play'} />
          {studio.isAuditioning ? texts.midi.stop : texts.midi.hear}</button>
        <button type="button" class="chip" onClick={() => studio.useMidiTempo()}>
          {texts.midi.takeTempo(midi.qpm)}</button>
        <button type="button" class="chip" disabled={!bar.chords.length}
          onClick={() => studio.useMidiChords(index)}
          title={texts.midi.takeChordsMore}>{texts.midi.takeChords}</button>
        <div class="dialog-tools">
          {styleLetters(studio.arrangement).map((letter) => (
            <button type="button" class={`button style-${letter} ${letter === which ? 'strong' : ''}`}
              disabled={!isStyle} onClick={() => studio.useMeasure(index, letter)}>
              {texts.midi.use(letter.toUpperCase())}</button>
          ))}
        </div>
      </div>
    </>
  );
}

/** @param {Bar} bar */
function about({tracks, symbols, programs, reason}) {
  const chords = shortSymbols(symbols);
  if (!tracks) return texts.midi.refused(chords, texts.ofEngine(reason));
  return texts.midi.parts(chords, programs.map(instrumentName).join(', '));
}
