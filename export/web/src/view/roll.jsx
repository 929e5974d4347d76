import {useEffect, useLayoutEffect, useRef, useState} from 'preact/hooks';

import {barText} from '../state/arrangement.js';
import {MOST_CHORDS} from '../state/arrangement.js';
import {partTones, toneColour} from './colours.js';
import {Icon} from './icons.jsx';
import {ChordCell} from './progression.jsx';

const NARROWEST = 92; // px of a bar
const GUTTER = 40; // px of the scale at the left
const HEIGHTS = [260, 430]; // px, as the window has room
const AROUND = 470; // px of the page above and below
const DRUM_LANE = 9;
const LEAST_PITCHES = 25;

/** Chords over the piano roll, with a slider between the styles under each. */
export function Roll({studio, isDark}) {
  const {chords, blend} = studio.arrangement;
  const frame = useRef();
  const [width, setWidth] = useState(0);
  const [open, setOpen] = useState(null);
  useLayoutEffect(() => {
    const measure = () => setWidth(frame.current.clientWidth);
    const observer = new ResizeObserver(measure);
    observer.observe(frame.current);
    measure();
    return () => observer.disconnect();
  }, []);
  const barWidth = Math.max(NARROWEST, Math.floor((width - GUTTER) / chords.length));
  const playingBar = usePlayingBar(studio, chords.length);
  useFollow(frame, playingBar, barWidth, studio.player.isPlaying);
  const columns = {gridTemplateColumns: `repeat(${chords.length}, ${barWidth}px)`};
  return (
    <div class="roll-frame" ref={frame}>
      <div class="roll" style={{width: GUTTER + barWidth * chords.length}}>
        <div class="chord-row" style={columns}>
          {chords.map((_, index) => (
            <ChordCell key={index} studio={studio} index={index} isOpen={open === index}
              setOpen={setOpen} isPlaying={index === playingBar} />
          ))}
          {chords.length < MOST_CHORDS && (
            <button type="button" class="tool add-chord" aria-label="Add a chord"
              title="Add a chord"
              onClick={() => studio.setChords([...chords, chords[chords.length - 1]])}>
              <Icon name="plus" /></button>
          )}
        </div>
        {width > 0 && <Canvas studio={studio} isDark={isDark} barWidth={barWidth} />}
        <div class="blend-cells" style={columns}>
          {blend.map((share, index) => (
            <input type="range" min="0" max="100" value={share} key={index}
              aria-label={`Blend in bar ${index + 1}, ${barText(chords[index])}`}
              aria-valuetext={`${100 - share} % A, ${share} % B`}
              onInput={(event) => studio.change(
                {blend: blend.map((old, i) =>
                  (i === index ? Number(event.currentTarget.value) : old))}, `blend ${index}`)}
              onChange={() => studio.settle()} />
          ))}
        </div>
      </div>
    </div>
  );
}

/** The bar in which the playhead is, or -1 while nothing plays. */
function usePlayingBar(studio, bars) {
  const [bar, setBar] = useState(-1);
  useEffect(() => {
    if (!studio.player.isPlaying) {
      setBar(-1);
      return undefined;
    }
    let frame;
    const look = () => {
      const {step} = studio.player;
      setBar(Math.min(Math.floor(step / studio.format.stepsPerMeasure), bars - 1));
      frame = requestAnimationFrame(look);
    };
    look();
    return () => cancelAnimationFrame(frame);
  }, [studio.player.isPlaying, bars]);
  return bar;
}

/** Scrolls a roll that is wider than the screen so that the playing bar is seen. */
function useFollow(frame, bar, barWidth, isPlaying) {
  useEffect(() => {
    const box = frame.current;
    if (!isPlaying || bar < 0 || box.scrollWidth <= box.clientWidth) return;
    const left = GUTTER + bar * barWidth;
    if (left < box.scrollLeft + GUTTER || left + barWidth > box.scrollLeft + box.clientWidth) {
      box.scrollTo({left: left - GUTTER, behavior: 'smooth'});
    }
  }, [bar, barWidth, isPlaying]);
}

function Canvas({studio, isDark, barWidth}) {
  const {song} = studio;
  const notes = useRef();
  const overlay = useRef();
  const layout = layoutOf(song, barWidth, useRollHeight());
  const look = {isDark, tones: partTones(song.parts, (part) => studio.sound(part))};
  const heard = song.parts.map((part) => studio.sound(part).heard);
  useEffect(() => drawSong(prepare(notes.current, layout), song, layout, look, heard));
  useEffect(() => {
    let frame;
    const draw = () => {
      drawPlayhead(prepare(overlay.current, layout), song, layout, look, heard, studio.player);
      if (studio.player.isPlaying) frame = requestAnimationFrame(draw);
    };
    draw();
    return () => cancelAnimationFrame(frame);
  });
  const seek = (event) => {
    const x = event.clientX - overlay.current.getBoundingClientRect().left - GUTTER;
    const step = Math.floor(x / layout.stepWidth);
    const total = song.bars * song.format.stepsPerMeasure;
    studio.seek(Math.max(0, Math.min(total - 1, step)));
  };
  const summary = `Piano roll of ${song.bars} bars: ` +
    song.parts.map(({name}) => name).join(', ');
  return (
    <div class="canvases" style={{height: layout.height}}>
      <canvas ref={notes} role="img" aria-label={summary} />
      <canvas ref={overlay} aria-hidden="true" onPointerDown={seek} />
    </div>
  );
}

function useRollHeight() {
  const fit = () => Math.max(HEIGHTS[0], Math.min(HEIGHTS[1], window.innerHeight - AROUND));
  const [height, setHeight] = useState(fit);
  useEffect(() => {
    const listen = () => setHeight(fit());
    window.addEventListener('resize', listen);
    return () => window.removeEventListener('resize', listen);
  }, []);
  return height;
}

function layoutOf(song, barWidth, height) {
  const pitched = song.notes.filter(({part}) => !song.parts[part].isDrum);
  const drums = song.notes.filter(({part}) => song.parts[part].isDrum);
  const lanes = [...new Set(drums.map(({pitch}) => pitch))].sort((a, b) => b - a);
  let low = Math.min(127, ...pitched.map(({pitch}) => pitch)) - 1;
  let high = Math.max(0, ...pitched.map(({pitch}) => pitch)) + 1;
  if (low > high) [low, high] = [48, 72];
  const missing = LEAST_PITCHES - (high - low + 1);
  if (missing > 0) [low, high] = [low - Math.floor(missing / 2), high + Math.ceil(missing / 2)];
  const drumHeight = lanes.length ? lanes.length * DRUM_LANE + 16 : 0;
  const semitone = (height - drumHeight) / (high - low + 1);
  return {
    width: GUTTER + barWidth * song.bars,
    height,
    barWidth,
    stepWidth: barWidth / song.format.stepsPerMeasure,
    low,
    high,
    semitone,
    lanes: new Map(lanes.map((pitch, i) => [pitch, height - drumHeight + 10 + i * DRUM_LANE])),
    drumTop: height - drumHeight,
  };
}

/** The canvas's context at the screen's resolution, cleared. */
function prepare(canvas, {width, height}) {
  const scale = window.devicePixelRatio || 1;
  const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== w || canvas.height !== h) {
    Object.assign(canvas, {width: w, height: h});
    Object.assign(canvas.style, {width: `${width}px`, height: `${height}px`});
  }
  const context = canvas.getContext('2d');
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

const INKS = {
  light: {bar: '#cfcbc4', beat: '#e9e6e0', black: '#f4f1ec', text: '#6a655d', head: '#1d1b18'},
  dark: {bar: '#3d4150', beat: '#282b37', black: '#1b1e27', text: '#9aa0b2', head: '#f5f6fa'},
};
const BLACK_KEYS = new Set([1, 3, 6, 8, 10]);

function drawSong(context, song, layout, look, heard) {
  const ink = look.isDark ? INKS.dark : INKS.light;
  const {low, high, semitone, width, drumTop, barWidth} = layout;
  const {beatsPerBar} = song.format;
  context.fillStyle = ink.black;
  for (let pitch = low; pitch <= high; pitch++) {
    if (BLACK_KEYS.has(((pitch % 12) + 12) % 12)) {
      context.fillRect(GUTTER, yOf(pitch, layout), width - GUTTER, semitone);
    }
  }
  for (let beat = 0; beat <= song.bars * beatsPerBar; beat++) {
    const isBar = beat % beatsPerBar === 0;
    context.fillStyle = isBar ? ink.bar : ink.beat;
    const x = Math.min(GUTTER + (beat * barWidth) / beatsPerBar, width - 1);
    context.fillRect(Math.round(x), 0, 1, layout.height);
  }
  context.fillStyle = ink.bar;
  if (layout.lanes.size) context.fillRect(GUTTER, Math.round(drumTop) + 1, width - GUTTER, 1);
  context.fillStyle = ink.text;
  context.font = '11px system-ui, sans-serif';
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (let pitch = Math.ceil(low / 12) * 12; pitch <= high; pitch += 12) {
    const y = yOf(pitch, layout) + semitone / 2;
    if (y > 6 && y < drumTop - 6) context.fillText(`C${pitch / 12 - 1}`, GUTTER - 8, y);
  }
  if (layout.lanes.size) {
    const middle = (drumTop + layout.height) / 2 + 3;
    context.fillText('Drums', GUTTER - 4, middle, GUTTER - 6); // narrowed where the font is wide
  }
  song.notes.forEach((note) => drawNote(context, note, song, layout, look, heard, 0));
}

const yOf = (pitch, {high, semitone}) => (high - pitch) * semitone;

function drawNote(context, note, song, layout, look, heard, light) {
  const {isDrum} = song.parts[note.part];
  const x = GUTTER + note.start * layout.stepWidth;
  context.globalAlpha = (0.5 + 0.5 * (note.velocity / 127)) * (heard[note.part] ? 1 : 0.14);
  context.fillStyle = toneColour(look.tones[note.part], look.isDark, light);
  context.beginPath();
  if (isDrum) {
    const y = layout.lanes.get(note.pitch);
    const size = 2 + 2.4 * (note.velocity / 127);
    context.roundRect(x + 0.5, y - size, Math.max(3.4, 2 * layout.stepWidth), 2 * size, 1.6);
  } else {
    const height = Math.max(layout.semitone - 1, 2.6);
    const y = yOf(note.pitch, layout) + (layout.semitone - height) / 2;
    const width = Math.max((note.end - note.start) * layout.stepWidth - 1, 2.4);
    context.roundRect(x + 0.5, y, width, height, Math.min(height / 2, 3.2));
  }
  context.fill();
  context.globalAlpha = 1;
}

/** The playhead, and brighter what sounds under it. */
function drawPlayhead(context, song, layout, look, heard, player) {
  const {step} = player;
  if (player.isPlaying) {
    for (const note of song.notes) {
      const sounds = note.start <= step && step < Math.max(note.end, note.start + 4);
      if (!sounds || !heard[note.part]) continue;
      context.shadowColor = toneColour(look.tones[note.part], look.isDark);
      context.shadowBlur = 10;
      drawNote(context, {...note, velocity: 127}, song, layout, look, heard, 1);
    }
    context.shadowBlur = 0;
  }
  const ink = look.isDark ? INKS.dark : INKS.light;
  const x = GUTTER + step * layout.stepWidth;
  context.fillStyle = ink.head;
  context.fillRect(x - 0.75, 0, 1.5, layout.height);
  context.beginPath();
  context.moveTo(x - 5, 0);
  context.lineTo(x + 5, 0);
  context.lineTo(x, 7);
  context.fill();
}

