/** gm-vae: multitrack MusicVAE models, without TensorFlow.js. */

export {MusicVAE} from './magenta/music_vae.js';
export {SequenceError} from './magenta/note_sequence.js';
export {Tensor} from './magenta/tensor.js';
export {ChordError} from './music/chord_spelling.js';

/** @typedef {import('./magenta/control_args.js').ControlArgs} ControlArgs */
/** @typedef {import('./magenta/data_converter.js').MeasureSequence} MeasureSequence */
/** @typedef {import('./magenta/note_sequence.js').NoteSequence} NoteSequence */
/** @typedef {import('./magenta/play_song.js').SongArgs} SongArgs */
/** @typedef {import('./magenta/tensor.js').TensorLike} TensorLike */
