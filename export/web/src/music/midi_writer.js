/** A song -> the bytes of a MIDI file, as `gm_vae.generate.midi_writer` writes it. */

const LEAST_TICKS_PER_QUARTER = 480;
// at one tick: names, then ends of notes, then changes of program and volume, then new notes
const [NAME, OFF, PROGRAM, ON] = [0, 1, 2, 3];
const FULL_VOLUME = 100; // of a channel that nobody set

/**
 * @param {import('./song.js').Song} song
 * @param {object} options
 * @param {number} options.qpm
 * @param {string} [options.title] name of the first track
 * @param {string} [options.text] a text event in the first track
 * @param {(part: import('./song.js').Part) => {heard: boolean, program: number, volume: number}}
 *   options.mix how each part sounds; `volume` is that of MIDI
 * @returns {Uint8Array}
 */
export function writeMidi(song, {qpm, title, text, mix}) {
  const {format} = song;
  const ticksPerStep = Math.ceil(LEAST_TICKS_PER_QUARTER / format.stepsPerQuarter);
  const endTick = song.bars * format.stepsPerMeasure * ticksPerStep;
  const conductor = [];
  if (title) conductor.push([0, meta(0x03, utf8(title))]);
  if (text) conductor.push([0, meta(0x01, utf8(text))]);
  const tempo = Math.round(6e7 / qpm);
  conductor.push(
    [0, meta(0x51, [tempo >> 16, (tempo >> 8) & 255, tempo & 255])],
    [0, meta(0x58, [format.beatsPerBar, Math.log2(format.beatUnit), 24, 8])],
    // a marker for sequencers, a text for programs
    ...song.chordChanges.flatMap(({step, symbol}) =>
      [0x06, 0x01].map((kind) => [step * ticksPerStep, meta(kind, utf8(symbol))])),
  );
  const tracks = [conductor, ...partEvents(song, ticksPerStep, mix)];
  return concatenate([
    [...utf8('MThd'), ...uint32(6), 0, 1, ...uint16(tracks.length),
      ...uint16(ticksPerStep * format.stepsPerQuarter)],
    ...tracks.map((events) => trackChunk(events, endTick)),
  ]);
}

function partEvents(song, ticksPerStep, mix) {
  const {parts, notes, format, channels} = song;
  const sounds = parts.map(mix);
  const tracks = parts.map(({name}) => [[0, NAME, meta(0x03, utf8(name))]]);
  const current = new Map(); // channel -> program
  const told = new Set(); // parts and channels whose track has set the program
  channels.forEach((playing, bar) => {
    for (const [index, channel] of playing) {
      const {program: wanted, volume, heard} = sounds[index];
      if (!heard) continue;
      const program = parts[index].isDrum ? 0 : wanted;
      const key = `${index} ${channel}`;
      if (current.get(channel) !== program || !told.has(key)) {
        const tick = current.has(channel) ? bar * format.stepsPerMeasure * ticksPerStep : 0;
        tracks[index].push([tick, PROGRAM, [0xc0 | channel, program]]);
        if (volume !== FULL_VOLUME) tracks[index].push([tick, PROGRAM, [0xb0 | channel, 7, volume]]);
      }
      current.set(channel, program);
      told.add(key);
    }
  });
  const channelOf = ({part, start}) =>
    channels[Math.floor(start / format.stepsPerMeasure)].get(part);
  const strikers = new Map(); // channel, pitch and step -> the parts that strike it then
  for (const note of notes) {
    const key = `${channelOf(note)} ${note.pitch} ${note.start}`;
    strikers.set(key, (strikers.get(key) ?? new Set()).add(note.part));
  }
  for (const note of notes) {
    const {part, pitch, velocity, start, end} = note;
    const channel = channelOf(note);
    // players take what happens at one tick track by track: another part's note must not be ended
    const others = [...(strikers.get(`${channel} ${pitch} ${end}`) ?? [])].some((i) => i !== part);
    const endTick = end * ticksPerStep - (others && ticksPerStep > 1 ? 1 : 0);
    tracks[part].push([start * ticksPerStep, ON, [0x90 | channel, pitch, velocity]]);
    tracks[part].push([endTick, OFF, [0x80 | channel, pitch, 64]]);
  }
  return tracks
    .filter((_, index) => sounds[index].heard)
    .map((events) => events
      .sort((a, b) => a[0] - b[0] || a[1] - b[1])
      .map(([tick, , bytes]) => [tick, bytes]));
}

function trackChunk(events, endTick) {
  const body = [];
  let now = 0;
  for (const [tick, bytes] of [...events, [endTick, meta(0x2f, [])]]) {
    body.push(...variableLength(tick - now), ...bytes);
    now = tick;
  }
  return [...utf8('MTrk'), ...uint32(body.length), ...body];
}

const meta = (kind, bytes) => [0xff, kind, ...variableLength(bytes.length), ...bytes];
const utf8 = (text) => [...new TextEncoder().encode(text)];
const uint16 = (n) => [n >> 8, n & 255];
const uint32 = (n) => [n >>> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255];

function variableLength(n) {
  const bytes = [n & 127];
  for (let rest = n >> 7; rest; rest >>= 7) bytes.unshift((rest & 127) | 128);
  return bytes;
}

function concatenate(pieces) {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
