/**
 * Plays the MIDI files of the gallery with oscillators: no soundfont, and nothing is loaded.
 *
 * docs/hooks/players.py writes a button per file, with its notes: [start and length in ms, MIDI
 * pitch, velocity, General MIDI program from 0, 128 for drums].
 */
(() => {
  'use strict';

  const DRUMS = 128;
  const LEAD_IN = 0.1; // seconds
  const VOLUME = 0.16; // of a note at full velocity; a dozen sound at once

  /** Waveform, low-pass in multiples of the pitch, attack and decay in seconds, level. */
  const timbre = (program) => {
    if (program >= 32 && program < 40) return {wave: 'triangle', cutoff: 6, attack: 0.01, decay: 1.2, level: 1.5};
    if (program === 29 || program === 30) return {wave: 'sawtooth', cutoff: 5, attack: 0.01, decay: 3, level: 0.5};
    if (program < 16 || (program >= 24 && program < 32)) {
      return {wave: 'triangle', cutoff: 8, attack: 0.005, decay: 0.9, level: 1};
    }
    if (program >= 80 && program < 88) return {wave: 'square', cutoff: 5, attack: 0.01, decay: 3, level: 0.4};
    return {wave: 'sawtooth', cutoff: 4, attack: 0.05, decay: 6, level: 0.5};
  };

  const noise = (context) => {
    const buffer = context.createBuffer(1, context.sampleRate / 2, context.sampleRate);
    const samples = buffer.getChannelData(0);
    for (let i = 0; i < samples.length; i++) samples[i] = 2 * Math.random() - 1;
    return buffer;
  };

  const envelope = (context, output, time, level, attack, decay, end) => {
    const gain = context.createGain();
    gain.gain.setValueAtTime(0, time);
    gain.gain.linearRampToValueAtTime(level, time + attack);
    gain.gain.setTargetAtTime(0, time + attack, decay / 3);
    gain.gain.setTargetAtTime(0, end, 0.03);
    gain.connect(output);
    return gain;
  };

  const pitched = (context, output, time, seconds, pitch, level, program) => {
    const {wave, cutoff, attack, decay, level: loudness} = timbre(program);
    const frequency = 440 * 2 ** ((pitch - 69) / 12);
    const oscillator = new OscillatorNode(context, {type: wave, frequency});
    const filter = new BiquadFilterNode(context, {
      type: 'lowpass', frequency: Math.min(cutoff * frequency, 8000),
    });
    const end = time + seconds;
    oscillator.connect(filter).connect(envelope(context, output, time, level * loudness, attack, decay, end));
    oscillator.start(time);
    oscillator.stop(end + 0.25);
  };

  const drum = (context, output, time, pitch, level, buffer) => {
    if (pitch <= 36 || (pitch >= 41 && pitch <= 50 && pitch % 2)) { // bass drums and toms
      const from = pitch <= 36 ? 130 : 180 + 12 * (pitch - 41);
      const oscillator = new OscillatorNode(context, {frequency: from});
      oscillator.frequency.exponentialRampToValueAtTime(from / 3, time + 0.15);
      oscillator.connect(envelope(context, output, time, 3 * level, 0.002, 0.2, time + 0.3));
      oscillator.start(time);
      oscillator.stop(time + 0.5);
      return;
    }
    const snare = pitch <= 40;
    const decay = snare ? 0.15 : [46, 49, 51, 52, 55, 57, 59].includes(pitch) ? 0.5 : 0.05;
    const source = new AudioBufferSourceNode(context, {buffer});
    const filter = new BiquadFilterNode(context, {
      type: snare ? 'bandpass' : 'highpass', frequency: snare ? 1800 : 7000,
    });
    source.connect(filter)
      .connect(envelope(context, output, time, (snare ? 2 : 0.8) * level, 0.001, decay, time + decay));
    source.start(time, 0, 0.5);
  };

  /** Schedules all notes; returns the duration in seconds. */
  const schedule = (context, notes) => {
    const output = new DynamicsCompressorNode(context);
    output.connect(context.destination);
    const buffer = noise(context);
    const begin = context.currentTime + LEAD_IN;
    let last = 0;
    for (const [start, length, pitch, velocity, program] of notes) {
      const level = VOLUME * velocity / 127;
      const time = begin + start / 1000;
      if (program === DRUMS) drum(context, output, time, pitch, level, buffer);
      else pitched(context, output, time, length / 1000, pitch, level, program);
      last = Math.max(last, start + length);
    }
    return last / 1000 + LEAD_IN;
  };

  let playing = null; // {button, context, timer}

  const stop = () => {
    if (!playing) return;
    clearTimeout(playing.timer);
    playing.context.close();
    playing.button.textContent = 'Play';
    playing = null;
  };

  document.addEventListener('click', ({target}) => {
    const button = target instanceof Element && target.closest('button.midi-player');
    if (!button) return;
    const again = !playing || playing.button !== button;
    stop();
    if (!again) return;
    const context = new AudioContext();
    const seconds = schedule(context, JSON.parse(button.dataset.notes));
    button.textContent = 'Stop';
    playing = {button, context, timer: setTimeout(stop, 1000 * seconds + 500)};
  });

  window.scheduleNotes = schedule; // for tests
})();
