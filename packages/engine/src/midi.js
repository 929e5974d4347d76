/** gm-vae/midi: MIDI files <-> NoteSequences. */

export {midiToMeasures, midiToSequenceProto, sequenceProtoToMidi} from './magenta/midi.js';
export {MidiError} from './music/midi_chunks.js';
export {SequenceError} from './magenta/note_sequence.js';

/** @typedef {import('./magenta/midi.js').MidiMeasure} MidiMeasure */
