// Written by tables.py from the Python package: change it there, then `make tables`.

export const GENERAL_MIDI = {
  families: ["Piano", "Chromatic Percussion", "Organ", "Guitar", "Bass", "Strings", "Ensemble", "Brass", "Reed", "Pipe", "Synth Lead", "Synth Pad", "Synth Effects", "Ethnic", "Percussive", "Sound Effects"],
  instruments: ["Acoustic Grand Piano", "Bright Acoustic Piano", "Electric Grand Piano", "Honky-tonk Piano", "Electric Piano 1", "Electric Piano 2", "Harpsichord", "Clavinet", "Celesta", "Glockenspiel", "Music Box", "Vibraphone", "Marimba", "Xylophone", "Tubular Bells", "Dulcimer", "Drawbar Organ", "Percussive Organ", "Rock Organ", "Church Organ", "Reed Organ", "Accordion", "Harmonica", "Tango Accordion", "Nylon Guitar", "Steel Guitar", "Jazz Guitar", "Clean Guitar", "Muted Guitar", "Overdriven Guitar", "Distortion Guitar", "Guitar Harmonics", "Acoustic Bass", "Finger Bass", "Pick Bass", "Fretless Bass", "Slap Bass 1", "Slap Bass 2", "Synth Bass 1", "Synth Bass 2", "Violin", "Viola", "Cello", "Contrabass", "Tremolo Strings", "Pizzicato Strings", "Orchestral Harp", "Timpani", "String Ensemble 1", "String Ensemble 2", "Synth Strings 1", "Synth Strings 2", "Choir Aahs", "Voice Oohs", "Synth Voice", "Orchestra Hit", "Trumpet", "Trombone", "Tuba", "Muted Trumpet", "French Horn", "Brass Section", "Synth Brass 1", "Synth Brass 2", "Soprano Sax", "Alto Sax", "Tenor Sax", "Baritone Sax", "Oboe", "English Horn", "Bassoon", "Clarinet", "Piccolo", "Flute", "Recorder", "Pan Flute", "Blown Bottle", "Shakuhachi", "Whistle", "Ocarina", "Square Lead", "Sawtooth Lead", "Calliope Lead", "Chiff Lead", "Charang Lead", "Voice Lead", "Fifths Lead", "Bass + Lead", "New Age Pad", "Warm Pad", "Polysynth Pad", "Choir Pad", "Bowed Pad", "Metallic Pad", "Halo Pad", "Sweep Pad", "Rain", "Soundtrack", "Crystal", "Atmosphere", "Brightness", "Goblins", "Echoes", "Sci-fi", "Sitar", "Banjo", "Shamisen", "Koto", "Kalimba", "Bagpipe", "Fiddle", "Shanai", "Tinkle Bell", "Agogo", "Steel Drums", "Woodblock", "Taiko Drum", "Melodic Tom", "Synth Drum", "Reverse Cymbal", "Guitar Fret Noise", "Breath Noise", "Seashore", "Bird Tweet", "Telephone Ring", "Helicopter", "Applause", "Gunshot"],
  drumsName: "Drums",
  drums: ["Drum 0", "Drum 1", "Drum 2", "Drum 3", "Drum 4", "Drum 5", "Drum 6", "Drum 7", "Drum 8", "Drum 9", "Drum 10", "Drum 11", "Drum 12", "Drum 13", "Drum 14", "Drum 15", "Drum 16", "Drum 17", "Drum 18", "Drum 19", "Drum 20", "Drum 21", "Drum 22", "Drum 23", "Drum 24", "Drum 25", "Drum 26", "High Q", "Slap", "Scratch Push", "Scratch Pull", "Sticks", "Square Click", "Metronome Click", "Metronome Bell", "Acoustic Bass Drum", "Bass Drum", "Side Stick", "Snare", "Hand Clap", "Electric Snare", "Low Floor Tom", "Closed Hi-hat", "High Floor Tom", "Pedal Hi-hat", "Low Tom", "Open Hi-hat", "Low-mid Tom", "High-mid Tom", "Crash Cymbal", "High Tom", "Ride Cymbal", "Chinese Cymbal", "Ride Bell", "Tambourine", "Splash Cymbal", "Cowbell", "Crash Cymbal 2", "Vibraslap", "Ride Cymbal 2", "High Bongo", "Low Bongo", "Mute High Conga", "Open High Conga", "Low Conga", "High Timbale", "Low Timbale", "High Agogo", "Low Agogo", "Cabasa", "Maracas", "Short Whistle", "Long Whistle", "Short Guiro", "Long Guiro", "Claves", "High Woodblock", "Low Woodblock", "Mute Cuica", "Open Cuica", "Mute Triangle", "Open Triangle", "Shaker", "Jingle Bell", "Bell Tree", "Castanets", "Mute Surdo", "Open Surdo", "Drum 88", "Drum 89", "Drum 90", "Drum 91", "Drum 92", "Drum 93", "Drum 94", "Drum 95", "Drum 96", "Drum 97", "Drum 98", "Drum 99", "Drum 100", "Drum 101", "Drum 102", "Drum 103", "Drum 104", "Drum 105", "Drum 106", "Drum 107", "Drum 108", "Drum 109", "Drum 110", "Drum 111", "Drum 112", "Drum 113", "Drum 114", "Drum 115", "Drum 116", "Drum 117", "Drum 118", "Drum 119", "Drum 120", "Drum 121", "Drum 122", "Drum 123", "Drum 124", "Drum 125", "Drum 126", "Drum 127"],
};

export const TOKENS = {
  pitches: 128,
  programs: 128,
  drums: 128,
  kinds: {"NOTE_ON": 0, "NOTE_OFF": 1, "TIME_SHIFT": 2, "VELOCITY": 3, "PROGRAM": 4, "END": 5},
  format: {"beats_per_bar": 4, "beat_unit": 4, "steps_per_quarter": 24, "max_tracks": 8, "max_track_length": 64, "min_instruments": 2, "max_instruments": 8, "min_events": 8, "velocity_bins": 8, "chords_per_measure": 2, "min_pitch": 0, "max_pitch": 127},
};

export const CHORDS = {
  none: 0,
  noneSymbol: "N.C.",
  count: 49,
  roots: ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"],
  qualities: ["major", "minor", "augmented", "diminished"],
  suffixes: ["", "m", "+", "dim"],
  triads: [[0, 4, 7], [0, 3, 7], [0, 4, 8], [0, 3, 6]],
};

export const SPELLING = {
  naturals: /** @type {Record<string, number>} */ ({"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}),
  note: "([A-Ga-g])(#+|b+|x|)",
  noChord: ["N.C", "NC", "N", "NO_CHORD"],
  signs: /** @type {Record<string, string>} */ ({"\u266f": "#", "\u266d": "b", "\u266e": "", "\ud834\udd2a": "##", "\ud834\udd2b": "bb", "\u00b0": "o", "\u00ba": "o", "\u02da": "o", "\u2218": "o", "\u25cb": "o", "\u2206": "\u0394", "\u25b3": "\u0394", "\u25b5": "\u0394", "\u00d8": "\u00f8", "\u2205": "\u00f8", "\u2300": "\u00f8", "\u2212": "-", "\u2013": "-", "\u2010": "-", "\u2011": "-", "\u2014": "--", "\u2192": ",", ";": ",", "\u2016": "||", "\u2502": "|", "\u200b": "", "\ufeff": "", "\u2028": "\n", "\u2029": "\n", "\r": "\n", "\t": " ", "\u000b": "\n", "\f": "\n", "\u0085": "\n"}),
  words: "half-?diminished|half-?dim|hdim|diminished|dim|dominant|dom|augmented|aug|major|maj|ma(?!dd|lt|ug)|minor|min|mi|omit|add|alt|sus|ped|no",
  kinds: /** @type {[pattern: string, third: ?number, fifth: ?number, seventh: ?number, numbered: ?number][]} */ ([["(?:minor|min|mi|m|-(?!5))(6/9|69|6|7|9|11|13)?([/(]?7?(?:\u0394|\\^|major|maj|ma|M|j)(?:6/9|69|6|7|9|11|13)?\\)?)?", -1, 0, null, 10], ["(?:diminished|dim|o|0(?![0-689]))5?(6/9|69|6|7|9|11|13)?([/(]?7?(?:\u0394|\\^|major|maj|ma|M|j)(?:6/9|69|6|7|9|11|13)?\\)?)?", -1, -1, null, 9], ["(?:half-?diminished|half-?dim|hdim|h|/?\u00f8|/o)(6/9|69|6|7|9|11|13)?", -1, -1, 10, 10], ["(?:augmented|aug|\\+)5?(6/9|69|6|7|9|11|13)?([/(]?7?(?:\u0394|\\^|major|maj|ma|M|j)(?:6/9|69|6|7|9|11|13)?\\)?)?", 0, 1, null, 10], ["(7|9|11|13)\\+(?![0-9])", 0, 1, null, 10], ["(?:\u0394|\\^|major|maj|ma|M|j)(7|9|11|13)\\+(?![0-9])", 0, 1, null, 11], ["(?:\u0394|\\^)(6/9|69|6|7|9|11|13)?", 0, 0, 11, 11], ["(?:\u0394|\\^|major|maj|ma|M|j)(6/9|69|6|7|9|11|13)?", 0, 0, null, 11], ["(?:dominant|dom)?(6/9|69|6|7|9|11|13)?([/(]?7?(?:\u0394|\\^|major|maj|ma|M|j)(?:6/9|69|6|7|9|11|13)?\\)?)?", 0, 0, null, 10], ["2", 0, 0, null, null], ["4", 1, 0, null, null], ["5", null, 0, null, null], ["ped", null, null, null, null]]),
  modification: "[(/, ]*(?:(add#|addb|add|no|omit|\\*[#b]?|#|b|\\+|-) ?([0-9]+)(?:rd|th)?|(sus)(24|42|2/4|4/2|2|4|b2|#4)?(6/9|69|6|7|9|11|13)?|(alt))(?: *\\))*|[(/, ]+(?:(2|3|4|5|6|7|9|11|13)(?![0-9])|((?:\u0394|\\^|major|maj|ma|M|j)7))(?: *\\))*",
  changes: /** @type {Record<string, number>} */ ({"add#": 1, "#": 1, "+": 1, "addb": -1, "b": -1, "-": -1, "add": 0}),
  suspensions: /** @type {Record<string, number>} */ ({"2": -2, "b2": -3, "#4": 2}),
  sixths: ["6", "69", "6/9"],
  scale: [0, 2, 4, 5, 7, 9, 11],
  harteBass: "/([#b]*)([0-9]+)$",
  harteDegree: "([#b]*)([0-9]+)",
  barLine: ":?\\|[|:\\]]*",
  word: "-*(?:[^ \\n,|:]|:(?!\\|))(?:\\([^()|\\n]*\\)|[^ \\n,|:]|:(?!\\|))*",
  loneDash: "([ \\n,|]|^)(-+)(?=[ \\n,|]|$)",
  times: "[x\u00d7]([0-9]+)|([0-9]+)[x\u00d7]",
  mostTimes: 99,
  mostDashes: 6,
};

export const VOICING = {
  basses: [32, 40],
  pitched: 112,
  rubs: [1, 13],
  heard: 4,
};

export const CHORD_INFERENCE = {
  keyChange: 0.001,
  chordChange: 0.5,
  outOfKey: 0.01,
  concentration: 100.0,
  scale: [0, 2, 4, 5, 7, 9, 11],
  kinds: /** @type {[suffix: string, pitchClasses: number[], quality: number][]} */ ([["", [0, 4, 7], 0], ["m", [0, 3, 7], 1], ["+", [0, 4, 8], 2], ["dim", [0, 3, 6], 3], ["7", [0, 4, 7, 10], 0], ["maj7", [0, 4, 7, 11], 0], ["m7", [0, 3, 7, 10], 1], ["m7b5", [0, 3, 6, 10], 3]]),
};

export const MIDI = {
  maxBytes: 67108864,
  maxEvents: 1000000,
  maxMessages: 200000,
  maxTicks: 1099511627776,
  maxTracks: 65535,
  maxPreambleBytes: 1024,
  maxFaults: 1000,
  soundBytesPerFault: 64,
  maxResets: 1000,
  maxUnitPower: 10,
  maxSysexBytes: 16,
  longestDelayQuarters: 40000,
  latestReleaseQuarters: 16,
  dataOfSystemCommon: /** @type {Record<number, number>} */ ({"241": 1, "242": 2, "243": 1}),
  metaLengths: /** @type {Record<number, number>} */ ({"0": 2, "32": 1, "33": 1, "47": 0, "81": 3, "84": 5, "88": 4, "89": 2}),
  channels: 16,
  drumChannel: 9,
  bank: 0,
  gm2Drums: 120,
  gm2Melodic: 121,
  xgDrums: [126, 127],
  resetToGmOrGs: "\\x7e.\\x09[\\x01\\x03]|\\x41.\\x42\\x12(?:\\x40\\x00\\x7f\\x00|\\x00\\x00\\x7f)",
  resetToXg: "\\x43[\\x10-\\x1f]\\x4c\\x00\\x00[\\x7e\\x7f]",
  gsPart: "\\x41.\\x42\\x12\\x40([\\x10-\\x1f])\\x15([\\x00-\\x7f])",
  xgPart: "\\x43[\\x10-\\x1f]\\x4c\\x08([\\x00-\\x0f])\\x07([\\x00-\\x7f])",
  sustain: 64,
  sostenuto: 66,
  soundOff: 120,
  resetControllers: 121,
  pedalDown: 64,
  endsNotes: [120, 123, 124, 125, 126, 127],
  flaws: /** @type {Record<string, [one: string, several: string]>} */ ({"no_end": ["note had no end", "notes had no end"], "no_length": ["note lasted no time", "notes lasted no time"], "no_velocity": ["note had no velocity", "notes had no velocity"], "byte_over_127": ["event had a data byte over 127", "events had a data byte over 127"], "stray_byte": ["byte belonged to no event", "bytes belonged to no event"], "long_message": ["message was longer than its track", "messages were longer than their tracks"], "impossible_time": ["delay was longer than any song", "delays were longer than any song"], "impossible_tempo": ["tempo was impossible", "tempos were impossible"], "impossible_meter": ["time signature was impossible", "time signatures were impossible"], "wrong_size": ["track had a wrong size", "tracks had a wrong size"], "cut_short": ["track was cut short", "tracks were cut short"]}),
};

export const DECODING = {
  temperature: 0.6,
  repeatPenalty: 1.0,
};

export const ATTRIBUTES = {
  scales: {"density": "notes per beat, all tracks together", "pitch": "mean MIDI pitch of the notes, drums apart", "velocity": "mean velocity of the notes", "polyphony": "notes that sound at a time on average, drums apart", "syncopation": "share of the notes that begin off a beat and sound over the next one", "tracks": "how many instruments play"},
};

export const PHRASES = {
  vary: 0.5,
  phraseBars: 4,
  fills: 4,
  fillTemperature: 1.0,
  snaresAndToms: [37, 38, 39, 40, 41, 43, 45, 47, 48, 50],
  places: {"changes": -3, "cut": -4},
};

export const SONG = {
  contrast: 0.5,
  exchanged: 2,
  family: 8,
  letter: "[A-Za-z][A-Za-z0-9]{0,15}",
  mostSections: 100,
  ending: "Ending",
  lastHits: [36, 49],
};

export const PRIOR = {
  radius: -1,
  angle: -2,
  component: -3,
};
