import {useLayoutEffect, useRef, useState} from 'preact/hooks';

import {MIDI} from '../../../../packages/engine/src/generated/tables.js';
import {hasChords, stylesIn, whyNone} from '../studio/opened_midi.js';
import {texts} from '../texts/texts.js';
import {Icon} from './icons.jsx';
import {BarTools} from './midi_bar_tools.jsx';
import {Bars} from './midi_bars.jsx';
import {FetchingText} from './progress.jsx';

/** @import {ComponentChildren} from 'preact' */
/** @import {Flaws} from '../../../../packages/engine/src/music/midi_bytes.js' */
/** @import {OpenedMidi} from '../studio/opened_midi.js' */
/** @import {Studio, Which} from '../studio/studio.js' */

/**
 * The bars of an opened MIDI file, to choose a style from. Notices are passed as children, since a
 * modal dialog covers the rest of the page.
 * @param {{studio: Studio, midi: OpenedMidi, which: Which, children: ComponentChildren}} props
 */
export function MidiDialog({studio, midi, which, children}) {
  const {id, bars} = midi;
  const dialog = useRef(/** @type {?HTMLDialogElement} */ (null));
  const [chosen, setChosen] = useState(() => Math.max(bars.findIndex(({tracks}) => tracks), 0));
  useLayoutEffect(() => {
    const box = dialog.current;
    box?.showModal();
    box?.querySelector('.bar[aria-pressed="true"]')?.scrollIntoView({block: 'nearest'});
    return () => box?.close(); // returns the focus, also after the file was used
  }, []);
  useLayoutEffect(() => studio.stopAudition(), [studio, chosen]);
  const close = () => dialog.current?.close();
  return (
    <dialog class="dialog" ref={dialog} aria-labelledby="midi-title"
      onClose={() => studio.closeMidi(id)}
      onClick={(event) => event.target === dialog.current && close()}>
      <div class="dialog-head">
        <h2 id="midi-title">{midi.name}</h2>
        <button type="button" class="tool" aria-label={texts.midi.close} onClick={close}>
          <Icon name="close" /></button>
      </div>
      {midi.link && <Restore studio={studio} link={midi.link} />}
      <p class="hint">{summary(midi)}{' '}
        {flawSentences(midi.flaws).join(' ')}</p>
      <Bars bars={bars} chosen={chosen} choose={setChosen} />
      {bars[chosen] && <BarTools studio={studio} midi={midi} index={chosen} which={which} />}
      <FetchingText fetching={studio.status.fetching} />
      {children}
    </dialog>
  );
}

/** @param {{studio: Studio, link: string}} props */
function Restore({studio, link}) {
  return (
    <div class="restore">
      <p>{texts.midi.ours}</p>
      <button type="button" class="button strong"
        onClick={() => {
          studio.openLink(link);
          studio.closeMidi();
        }}>{texts.midi.restore}</button>
    </div>
  );
}

/** Describes the possible uses of the file. @param {OpenedMidi} midi */
function summary({bars}) {
  const fitting = stylesIn(bars);
  if (fitting) return texts.midi.fitting(fitting, bars.length);
  return hasChords(bars) ? `${whyNone(bars)} ${texts.midi.rest}` : whyNone(bars);
}

/** Repairs and omissions, such as "24 notes had no end". @param {Flaws} flaws */
const flawSentences = (flaws) => Object.keys(MIDI.flaws)
  .filter((kind) => flaws[kind])
  .map((kind) => texts.midi.flaw(kind, flaws[kind]));
