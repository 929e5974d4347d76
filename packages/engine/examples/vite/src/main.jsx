import {useRef, useState} from 'react';
import {createRoot} from 'react-dom/client';
import {sequenceProtoToMidi} from 'gm-vae/midi';
import {WorkerMusicVAE} from 'gm-vae/worker';

const url = new URLSearchParams(location.search).get('model') ?? 'model';
const model = new WorkerMusicVAE(new URL(url, location.href));
const BAND = {Piano: 0, Guitar: 25, Bass: 33, Strings: 48, Trumpet: 56, Drums: 128};

function App() {
  const [playing, setPlaying] = useState(new Set(['Piano', 'Bass', 'Drums']));
  const [said, setSaid] = useState('');
  const [link, setLink] = useState(null);
  const running = useRef(null);

  const toggle = (name) => setPlaying((before) =>
    new Set(before.has(name) ? [...before].filter((each) => each !== name) : [...before, name]));

  const make = async () => {
    running.current?.abort(); // the last wish counts
    const {signal} = running.current = new AbortController();
    try {
      const bars = await model.sample(8, 0.5, {
        chordProgression: ['C'],
        instruments: [...playing].map((name) => BAND[name]),
        signal,
        onProgress: ({loaded, total}) => setSaid(`${loaded} of ${total} bars`),
      });
      setLink(URL.createObjectURL(new Blob([sequenceProtoToMidi(bars)], {type: 'audio/midi'})));
    } catch (error) {
      if (!signal.aborted) setSaid(error.message);
    }
  };

  return (
    <main>
      {Object.keys(BAND).map((name) => (
        <label key={name}>
          <input type="checkbox" checked={playing.has(name)} onChange={() => toggle(name)} /> {name}
        </label>
      ))}
      <button onClick={make}>Make 8 bars</button>
      <p id="said">{said}</p>
      {link && <a href={link} download="band.mid">Save MIDI</a>}
    </main>
  );
}

createRoot(document.getElementById('root')).render(<App />);
