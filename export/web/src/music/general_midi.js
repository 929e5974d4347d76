/** Names of the General MIDI sounds: 128 programs in 16 families, and the drums (`gm_vae.music.general_midi`). */

import {DRUMS} from './format.js';

// Eight programs a family, in program order.
const NAMES = {
  'Piano': [
    'Acoustic Grand Piano', 'Bright Acoustic Piano', 'Electric Grand Piano', 'Honky-tonk Piano',
    'Electric Piano 1', 'Electric Piano 2', 'Harpsichord', 'Clavinet',
  ],
  'Chromatic Percussion': [
    'Celesta', 'Glockenspiel', 'Music Box', 'Vibraphone', 'Marimba', 'Xylophone', 'Tubular Bells',
    'Dulcimer',
  ],
  'Organ': [
    'Drawbar Organ', 'Percussive Organ', 'Rock Organ', 'Church Organ', 'Reed Organ', 'Accordion',
    'Harmonica', 'Tango Accordion',
  ],
  'Guitar': [
    'Nylon Guitar', 'Steel Guitar', 'Jazz Guitar', 'Clean Guitar', 'Muted Guitar',
    'Overdriven Guitar', 'Distortion Guitar', 'Guitar Harmonics',
  ],
  'Bass': [
    'Acoustic Bass', 'Finger Bass', 'Pick Bass', 'Fretless Bass', 'Slap Bass 1', 'Slap Bass 2',
    'Synth Bass 1', 'Synth Bass 2',
  ],
  'Strings': [
    'Violin', 'Viola', 'Cello', 'Contrabass', 'Tremolo Strings', 'Pizzicato Strings',
    'Orchestral Harp', 'Timpani',
  ],
  'Ensemble': [
    'String Ensemble 1', 'String Ensemble 2', 'Synth Strings 1', 'Synth Strings 2', 'Choir Aahs',
    'Voice Oohs', 'Synth Voice', 'Orchestra Hit',
  ],
  'Brass': [
    'Trumpet', 'Trombone', 'Tuba', 'Muted Trumpet', 'French Horn', 'Brass Section',
    'Synth Brass 1', 'Synth Brass 2',
  ],
  'Reed': [
    'Soprano Sax', 'Alto Sax', 'Tenor Sax', 'Baritone Sax', 'Oboe', 'English Horn', 'Bassoon',
    'Clarinet',
  ],
  'Pipe': [
    'Piccolo', 'Flute', 'Recorder', 'Pan Flute', 'Blown Bottle', 'Shakuhachi', 'Whistle',
    'Ocarina',
  ],
  'Synth Lead': [
    'Square Lead', 'Sawtooth Lead', 'Calliope Lead', 'Chiff Lead', 'Charang Lead', 'Voice Lead',
    'Fifths Lead', 'Bass + Lead',
  ],
  'Synth Pad': [
    'New Age Pad', 'Warm Pad', 'Polysynth Pad', 'Choir Pad', 'Bowed Pad', 'Metallic Pad',
    'Halo Pad', 'Sweep Pad',
  ],
  'Synth Effects': [
    'Rain', 'Soundtrack', 'Crystal', 'Atmosphere', 'Brightness', 'Goblins', 'Echoes', 'Sci-fi',
  ],
  'Ethnic': [
    'Sitar', 'Banjo', 'Shamisen', 'Koto', 'Kalimba', 'Bagpipe', 'Fiddle', 'Shanai',
  ],
  'Percussive': [
    'Tinkle Bell', 'Agogo', 'Steel Drums', 'Woodblock', 'Taiko Drum', 'Melodic Tom', 'Synth Drum',
    'Reverse Cymbal',
  ],
  'Sound Effects': [
    'Guitar Fret Noise', 'Breath Noise', 'Seashore', 'Bird Tweet', 'Telephone Ring', 'Helicopter',
    'Applause', 'Gunshot',
  ],
};

export const FAMILIES = Object.keys(NAMES);
export const INSTRUMENTS = Object.values(NAMES).flat();

const FIRST_DRUM = 27;
const DRUM_NAMES = [
  'High Q', 'Slap', 'Scratch Push', 'Scratch Pull', 'Sticks', 'Square Click', 'Metronome Click',
  'Metronome Bell', 'Acoustic Bass Drum', 'Bass Drum', 'Side Stick', 'Snare', 'Hand Clap',
  'Electric Snare', 'Low Floor Tom', 'Closed Hi-hat', 'High Floor Tom', 'Pedal Hi-hat', 'Low Tom',
  'Open Hi-hat', 'Low-mid Tom', 'High-mid Tom', 'Crash Cymbal', 'High Tom', 'Ride Cymbal',
  'Chinese Cymbal', 'Ride Bell', 'Tambourine', 'Splash Cymbal', 'Cowbell', 'Crash Cymbal 2',
  'Vibraslap', 'Ride Cymbal 2', 'High Bongo', 'Low Bongo', 'Mute High Conga', 'Open High Conga',
  'Low Conga', 'High Timbale', 'Low Timbale', 'High Agogo', 'Low Agogo', 'Cabasa', 'Maracas',
  'Short Whistle', 'Long Whistle', 'Short Guiro', 'Long Guiro', 'Claves', 'High Woodblock',
  'Low Woodblock', 'Mute Cuica', 'Open Cuica', 'Mute Triangle', 'Open Triangle', 'Shaker',
  'Jingle Bell', 'Bell Tree', 'Castanets', 'Mute Surdo', 'Open Surdo',
];

/** The name of a program 0..127, "Drums" for 128. */
export const instrumentName = (program) => (program === DRUMS ? 'Drums' : INSTRUMENTS[program]);

/** The family of a program 0..127 such as "Bass"; "Drums" for 128. */
export const family = (program) => (program === DRUMS ? 'Drums' : FAMILIES[program >> 3]);

/** The drum on a key of the drum channel. */
export const drumName = (pitch) => DRUM_NAMES[pitch - FIRST_DRUM] ?? `Drum ${pitch}`;
