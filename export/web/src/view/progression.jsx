import {useLayoutEffect, useRef, useState} from 'preact/hooks';

import {ROOTS, SUFFIXES, chordId, chordSymbol, nearestChordId} from '../music/chords.js';
import {NO_CHORD} from '../music/format.js';
import {
  MOST_CHORDS, barText, chordsText, parseChords, readChordLine,
} from '../state/arrangement.js';
import {Icon} from './icons.jsx';

const EXAMPLES = [
  ['Four chords', 'C G Am F'],
  ['Doo-wop', 'C Am F G'],
  ['Canon', 'D A Bm F#m G D G A'],
  ['Blues', 'C C C C F F C C G F C G'],
  ['Turnaround', 'Dm7 G7 Cmaj7 A7'],
  ['Andalusian', 'Am G F E'],
  ['Sad song', 'Am F C G Dm Am E E'],
  ['Borrowed', 'C Eb Bb F C Ab Bb C'],
];
const QUALITY_NAMES = ['major', 'minor', 'aug', 'dim'];

/** The line of chords as text, with examples. */
export function ChordLine({studio}) {
  const {chords} = studio.arrangement;
  const text = chordsText(chords);
  const [draft, setDraft] = useState(null);
  const [error, setError] = useState('');
  const commit = () => {
    if (draft === null) return;
    try {
      const {chords: typed, folded} = readChordLine(draft);
      if (!typed.length) throw new Error('Type a chord or more, such as C Am F G.');
      setDraft(null);
      setError('');
      if (chordsText(typed) !== text) studio.setChords(typed);
      if (folded.length) studio.say(foldedText(folded));
    } catch (problem) {
      setError(problem.message);
    }
  };
  return (
    <div class="chord-line">
      <label class="chord-text">
        <span>Chords</span>
        <input value={draft ?? text} spellcheck={false} autocapitalize="off" autocomplete="off"
          aria-invalid={Boolean(error)} aria-describedby="chord-error"
          onInput={(event) => setDraft(event.currentTarget.value)} onBlur={commit}
          onKeyDown={(event) => {
            if (event.key === 'Enter') commit();
            if (event.key === 'Escape') {
              setDraft(null);
              setError('');
            }
          }} />
      </label>
      <select class="select" aria-label="Example progressions" value=""
        onChange={(event) => {
          setDraft(null);
          setError('');
          studio.setChords(parseChords(event.currentTarget.value));
          event.currentTarget.value = '';
        }}>
        <option value="" disabled>Examples</option>
        {EXAMPLES.map(([name, line]) => <option value={line}>{name}: {line}</option>)}
      </select>
      <p id="chord-error" class="field-error" role="alert">{error}</p>
    </div>
  );
}

/** @param {string[]} symbols chords without a triad */
const foldedText = (symbols) => symbols
  .map((symbol) => `${symbol} has no triad; it is played as ${chordSymbol(nearestChordId(symbol))}.`)
  .join(' ');

/** The button of a bar's chord, and the panel in which it is changed. */
export function ChordCell({studio, index, isOpen, setOpen, isPlaying}) {
  const {chords} = studio.arrangement;
  const bar = chords[index];
  const button = useRef();
  const close = () => {
    setOpen(null);
    button.current?.focus();
  };
  return (
    <div class={`chord-cell ${isPlaying ? 'is-playing' : ''}`}>
      <button type="button" ref={button} class="chord-button" aria-expanded={isOpen}
        aria-label={`Bar ${index + 1}: ${barText(bar)}. Change the chord`}
        onClick={() => setOpen(isOpen ? null : index)}>
        {bar.map((id) => <ChordName id={id} />)}
      </button>
      {isOpen && <ChordPanel studio={studio} index={index} close={close} setOpen={setOpen} />}
    </div>
  );
}

/** A chord symbol in print: the root large, the kind small. */
function ChordName({id}) {
  if (id === NO_CHORD) return <span class="chord-name">–</span>;
  const root = ROOTS[(id - 1) % 12];
  const kind = ['', 'm', '+', '°'][Math.floor((id - 1) / 12)];
  return (
    <span class="chord-name">
      {root[0]}
      <sup>{{'#': '♯', b: '♭'}[root[1]] ?? ''}</sup>
      <small>{kind}</small>
    </span>
  );
}

function ChordPanel({studio, index, close, setOpen}) {
  const {chords} = studio.arrangement;
  const bar = chords[index];
  const [half, setHalf] = useState(0);
  const place = Math.min(half, bar.length - 1);
  const id = bar[place];
  const root = id === NO_CHORD ? 0 : (id - 1) % 12;
  const quality = id === NO_CHORD ? 0 : Math.floor((id - 1) / 12);
  const panel = useRef();
  // before the browser paints: a key pressed at once is the panel's
  useLayoutEffect(() => {
    panel.current.querySelector('[aria-pressed="true"]')?.focus({preventScroll: true});
    const outside = (event) => {
      if (!panel.current?.parentElement.contains(event.target)) setOpen(null);
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, []);
  const replaceBar = (...bars) =>
    studio.setChords([...chords.slice(0, index), ...bars, ...chords.slice(index + 1)]);
  const setChord = (chord) => replaceBar(bar.map((old, i) => (i === place ? chord : old)));
  const move = (to) => {
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
            <button type="button" class="chip" aria-pressed={i === place} onClick={() => setHalf(i)}>
              <ChordName id={chord} />
            </button>
          ))}
        </div>
      )}
      <div class="roots" role="group" aria-label="Root">
        {ROOTS.map((name, i) => (
          <button type="button" class="key" aria-pressed={id !== NO_CHORD && i === root}
            onClick={() => setChord(1 + 12 * quality + i)}>{name.replace('#', '♯').replace('b', '♭')}
          </button>
        ))}
      </div>
      <div class="qualities" role="group" aria-label="Kind">
        {QUALITY_NAMES.map((name, i) => (
          <button type="button" class="key" aria-pressed={id !== NO_CHORD && i === quality}
            onClick={() => setChord(chordId(ROOTS[root] + SUFFIXES[i]))}>{name}</button>
        ))}
        <button type="button" class="key" aria-pressed={id === NO_CHORD}
          onClick={() => setChord(NO_CHORD)}>none</button>
      </div>
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
