/**
 * The page's texts in English: strings, and functions of values. Other languages have the same keys,
 * and use all values too.
 */

import {ATTRIBUTES, GENERAL_MIDI, MIDI} from '../../../../packages/engine/src/generated/tables.js';

/** @param {number} count @param {string} one @param {string} several */
const counted = (count, one, several) => `${count} ${count === 1 ? one : several}`;

/** @param {string} text */
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** @typedef {(name: string) => string} OfName */
/** @typedef {(count: number) => string} OfCount */

export default {
  code: 'en',
  decimalSign: '.',
  language: 'Language',

  app: {
    tuning: 'Tuning up …',
    openFile: 'Open a file',
    drop: 'Drop a MIDI file or a soundfont',
    score: 'Chords and notes',
    ok: 'OK',
    undo: 'Undo',
    percent: /** @type {OfCount} */ ((value) => `${value} %`),
  },

  progress: {
    working: 'Working',
    model: 'The model',
    megabytes: /** @param {string} loaded @param {string} total '' if unknown */
      (loaded, total) => (total ? `${loaded} of ${total} MB` : `${loaded} MB`),
    line: /** @param {string} what @param {string} megabytes */
      (what, megabytes) => `${what}: ${megabytes}`,
  },

  header: {
    undo: 'Undo',
    undoKeys: 'Undo (Ctrl+Z)',
    redo: 'Redo',
    redoKeys: 'Redo (Ctrl+Shift+Z or Ctrl+Y)',
    open: 'Open MIDI',
    openMore: 'Open a MIDI file (or drop one anywhere)',
    verb: 'Save ', // before the file type, visible if there is room
    verbAfter: '', // after the file type
    saveMidi: 'Save what is heard as a MIDI file, or drag it into another program',
    saveWav: 'Save what is heard as a sound file',
    share: 'Share',
    shareMore: 'Copy a link to this music',
    linkCopied: 'Link copied. It makes the same music anywhere this page is.',
    linkInAddress: 'The address of this page is the link: copy it from there.',
    themes: {auto: 'as the system has it', light: 'light', dark: 'dark'},
    colours: /** @type {OfName} */ ((theme) => `Colours: ${theme}`),
    changeColours: /** @param {string} theme @param {string} next */
      (theme, next) => `Colours: ${theme}. Change to ${next}`,
  },

  transport: {
    label: 'Playing',
    play: 'Play',
    pause: 'Pause',
    playKey: 'Space',
    repeat: 'Repeat',
    tempo: 'Tempo',
    beatsPerMinute: 'Beats a minute',
    beats: /** @type {OfCount} */ ((qpm) => `${qpm} beats a minute`),
    daring: 'Daring',
    daringMore: 'Temperature: how far the notes dare to go from the likeliest',
    rollAgain: 'Roll again',
    rollAgainMore: 'The same styles and chords, played another way (R)',
    surprise: 'Surprise me',
    surpriseMore: 'New styles for these chords (N)',
    oneWay: 'With Daring at 0.00 each style has one way to be played. Raise Daring to roll again.',
    sounds: 'Sounds',
    synthesiser: 'Synthesiser',
    port: /** @type {OfName} */ ((name) => `MIDI: ${name}`),
    anyPort: 'A MIDI port …',
    panic: 'Panic',
    panicMore: 'End all notes',
    forgetFont: /** @type {OfName} */ ((name) => `Forget the soundfont ${name}`),
    forgetFontMore: 'Forget the soundfont, which this browser keeps',
  },

  keys: {
    hint: 'Space plays and pauses, Home goes back to the beginning.',
    letters: 'R rolls again, N surprises',
  },

  styles: {
    label: 'Styles',
    style: /** @type {OfName} */ ((letter) => `Style ${letter}`),
    fresh: 'New',
    newStyle: /** @type {OfName} */ ((letter) => `New style ${letter}`),
    keep: /** @type {OfName} */ ((letter) => `Keep style ${letter}`),
    keepMore: 'Keep as a favourite',
    isKept: 'A favourite: forget it',
    fromFile: /** @type {OfName} */ ((letter) => `Style ${letter} from a MIDI file`),
    fromFileMore: 'From a MIDI file',
    blend: 'Blend of style A and style B, for all chords',
    shares: /** @param {number} a @param {number} b */ (a, b) => `${a} % A, ${b} % B`,
    share: /** @param {number} share @param {string} letter */ (share, letter) => `${share} % ${letter}`,
    hold: 'Hold',
    morph: 'Morph',
    morphMore: 'Morph from A to B',
    swap: 'Swap A and B',
    unheard: /** @param {string} letter @param {string} other */ (letter, other) =>
      `Style ${letter} is chosen, but all bars play style ${other}. ` +
      `To hear it, move the slider towards ${letter}, or choose Morph.`,
    measure: 'A measure', // a style without a name
    ofFile: /** @param {string} file @param {number} bar */ (file, bar) => `${file}, bar ${bar}`,
    between: /** @param {string} a @param {string} b */ (a, b) => `${a} to ${b}`,
    names: {
      first: [
        'Amber', 'Velvet', 'Paper', 'Copper', 'Quiet', 'Neon', 'Salt', 'Linen', 'Golden', 'Midnight',
        'Cedar', 'Silver', 'Distant', 'Marble', 'Honey', 'Electric', 'Misty', 'Scarlet', 'Winter',
        'Wild', 'Cobalt', 'Lucky', 'Hollow', 'Bright', 'Dusty', 'Early', 'Gentle', 'Northern',
        'Painted', 'Restless', 'Sunday', 'Tall',
      ],
      second: [
        'Harbour', 'Lantern', 'Meadow', 'Avenue', 'River', 'Parade', 'Orchard', 'Signal', 'Garden',
        'Carousel', 'Station', 'Canyon', 'Balcony', 'Comet', 'Ferry', 'Kite', 'Island', 'Window',
        'Courtyard', 'Highway', 'Cinema', 'Lagoon', 'Market', 'Tower', 'Valley', 'Arcade', 'Bridge',
        'Ballroom', 'Compass', 'Festival', 'Postcard', 'Swing',
      ],
      both: /** @param {string} first @param {string} second */
        (first, second) => `${first} ${second}`,
    },
  },

  pad: {
    chip: 'Pad',
    title: 'A square between four styles, to be played',
    pad: 'Pad between four styles',
    across: 'Pad, from left to right',
    down: 'Pad, from top to bottom',
    twoD: '2-D slider',
    record: 'Record',
    recordTitle: 'Each bar that plays takes the place that the pad has then',
    still: 'Drag the pad, or use arrow keys: all bars move. While music plays, the next bar does.',
    playing: 'Move the pad: the next bar comes from there.',
    live: 'The next bar comes from the pad, until the music stops. Record to keep it.',
    recording: 'Recording: each bar that plays takes the pad’s place.',
    unheard: /** @type {OfName} */ ((letter) => `Style ${letter} is chosen, but no bar plays it. ` +
      `To hear it, move the pad towards ${letter}.`),
  },

  kept: {
    titles: {
      none: 'Lock: it stays note for note',
      some: 'Some of it is edited or locked. Lock all of it',
      all: 'Locked: it stays note for note. Release it',
    },
    lockBar: /** @param {number} bar @param {string} chords */ (bar, chords) =>
      `Lock bar ${bar}, ${chords}`,
    lockPart: /** @type {OfName} */ ((part) => `Lock ${part}`),
    noRoll: 'Locked: release it to roll again',
    locked: /** @type {OfName} */ ((what) => `Locked: ${what}`),
    edited: /** @type {OfName} */ ((what) => `Edited: ${what}`),
    bars: /** @param {string[]} bars */ (bars) =>
      `${bars.length > 1 ? 'bars' : 'bar'} ${bars.join(', ')}`,
    of: /** @param {string} bars @param {string} part */ (bars, part) => `${bars} of ${part}`,
    all: 'all bars',
    place: /** @type {OfName} */ ((place) => `${place}, locked`),
    meaning: 'These stay note for note, whatever you change, until you release them.',
    none: 'What you edit is locked until you release it.',
    release: 'Release all',
    chords: /** @param {string[]} bars @param {string[]} chords */ (bars, chords) =>
      `${bars.length > 1 ? 'Bars' : 'Bar'} ${bars.join(', ')} ` +
      `${bars.length > 1 ? 'are locked and keep' : 'is locked and keeps'} ${chords.join(', ')}. ` +
      'Release to change chords there.',
    allLocked: 'All bars are locked. Release one to roll it again.',
    leftOut: 'The locked and edited notes are too many for a link, so links leave them out. ' +
      'Saved files have them, and they stay until this page is closed.',
  },

  notes: {
    chip: 'Edit notes',
    title: 'Move, add and delete notes in the roll, with a pointer or with keys',
    tools: 'Notes',
    label: /** @type {OfName} */ ((part) => `Notes of ${part}`),
    part: 'Instrument whose notes are edited',
    grid: 'Grid',
    straight: /** @type {OfCount} */ ((part) => `1/${part}`),
    triplet: /** @type {OfCount} */ ((part) => `1/${part} triplet`),
    none: 'No note is chosen.',
    keys: 'Click a note to choose it, drag it to move it, drag its end to change its length, ' +
      'right-click to delete it; a click beside notes adds one. Keys, on the roll: left and right ' +
      'choose a note, up and down an instrument; with Shift they move the note. Page Up and Page ' +
      'Down move it an octave, + and − change its length, Enter adds one, Delete deletes it. ' +
      'The bars of an instrument that you edit are locked until you release them.',
    help: 'How notes are edited',
    previous: 'Previous note',
    next: 'Next note',
    earlier: 'Move earlier',
    later: 'Move later',
    higher: 'Move higher',
    lower: 'Move lower',
    shorter: 'Shorter',
    longer: 'Longer',
    add: 'Add a note',
    remove: 'Delete the note',
    release: 'Release this bar',
    releaseTitle: 'Its notes are edited or locked: let the model play them again',
    place: /** @param {number} bar @param {string} beat */ (bar, beat) => `bar ${bar}, beat ${beat}`,
    length: /** @type {OfName} */ ((beats) => `${beats} ${beats === '1' ? 'beat' : 'beats'} long`),
  },

  favourites: {
    label: 'Favourites',
    name: /** @type {OfCount} */ ((number) => `Name of favourite ${number}`),
    as: /** @param {string} name @param {string} letter */
      (name, letter) => `${name} as style ${letter}`,
    use: /** @type {OfName} */ ((letter) => `Use as style ${letter}`),
    forget: /** @type {OfName} */ ((name) => `Forget ${name}`),
    kept: /** @type {OfName} */ ((name) => `Kept “${name}”.`),
    keptForNow: /** @type {OfName} */ ((name) =>
      `Kept “${name}” until this page is closed: the browser stores nothing for it.`),
    forgotten: /** @type {OfName} */ ((name) => `Forgot “${name}”.`),
  },

  character: {
    label: 'Character',
    moved: /** @type {OfCount} */ ((count) => `Character (${count})`),
    more: 'Denser, higher, with strings: for both styles',
    reset: 'Reset character',
    name: /** @type {OfName} */ (capital),
    scale: /** @type {OfName} */ ((name) =>
      `${capital(/** @type {Record<string, string>} */ (ATTRIBUTES.scales)[name] ?? name)}, ` +
      'in standard deviations of real music'),
    presence: /** @type {OfName} */ ((name) => `Towards music with ${name}, or without`),
  },

  song: {
    label: 'Song',
    enter: 'Song',
    enterMore: 'Song: sections such as A A B A, with styles and chords of their own',
    leave: 'Leave song',
    leaveMore: 'Leave song: play one line of chords again',
    form: 'Form',
    formMore: 'Letters A to H; A>B is a section on the way from A to B',
    formError: 'Write letters from A to H, such as A A B A, or A>B for a section from A to B.',
    examplesFirst: 'Examples',
    examplesLabel: 'Example forms',
    barsLabel: 'Bars of each section',
    once: 'Chords once',
    barsEach: /** @type {OfCount} */ ((bars) => `${bars} bars each`),
    length: /** @type {OfCount} */ ((bars) => counted(bars, 'bar', 'bars')),
    tooLong: /** @param {number} most @param {number} bars */ (most, bars) =>
      `The first ${most} of ${bars} bars are played, which is the most there can be.`,
    follow: 'One band',
    followMore: /** @type {OfName} */ ((letter) =>
      `The other styles follow from that of ${letter}, with few other instruments`),
    fills: 'Fills',
    fillsMore: 'Every fourth bar ends in a drum fill',
    ending: 'Ending',
    endingMore: 'A last bar, in which all strike the first chord',
    lastChord: 'The first chord once more',
    contrast: 'Contrast',
    contrastMore: 'How far the other styles are from the first',
    variation: 'Variation',
    variationMore: 'How many instruments change when a bar comes back',
    section: /** @type {OfName} */ ((name) => `Section ${name}`),
    follows: /** @type {OfName} */ ((letter) => `Follows ${letter}`),
    way: /** @param {string} from @param {string} to */ (from, to) => `From ${from} to ${to}`,
    chords: /** @type {OfName} */ ((name) => `Chords of section ${name}`),
    asIn: /** @param {string} letter @param {string} chords */
      (letter, chords) => `as in ${letter}: ${chords}`,
    sections: 'Sections',
    goToBars: /** @param {string} name @param {number} first @param {number} last */
      (name, first, last) => `${name}, bars ${first} to ${last}: go there`,
    goToBar: /** @param {string} name @param {number} bar */
      (name, bar) => `${name}, bar ${bar}: go there`,
    unheard: /** @type {OfName} */ ((letter) =>
      `Style ${letter} is chosen, but the form has no section ${letter}.`),
    both: /** @param {string} one @param {string} other */ (one, other) => `${one} and ${other}`,
  },

  chords: {
    label: 'Chords',
    help: 'How chords are written',
    keyboard: 'MIDI keys',
    keyboardMore: 'Chords that you hold on a MIDI keyboard: the next bar takes them',
    examplesLabel: 'Example progressions',
    examplesFirst: 'Examples',
    examples: {
      four: 'Four chords', doowop: 'Doo-wop', canon: 'Canon', blues: 'Blues',
      turnaround: 'Turnaround', andalusian: 'Andalusian', sad: 'Sad song', borrowed: 'Borrowed',
    },
    writing: {
      bars: /** @type {OfCount} */ ((most) =>
        `a chord a bar, up to ${most}; commas and dashes are as good as spaces`),
      halves: 'two or four chords in a bar, without spaces',
      lines: 'bar lines: % repeats a bar, |: C | F :| x3 a section, / holds a beat',
      any: 'any chord; the model hears its triad, and notes then move to the rest',
      lower: 'lower-case roots mean the same: am is Am, c is C',
      none: 'no chord',
    },
    empty: 'Type a chord or more, such as C Am F G.',
    voice: 'Voice them',
    voiceMore: 'Move notes to the sevenths, suspensions and basses that were typed',
    triad: /** @param {string} symbol @param {string} triad */
      (symbol, triad) => `${symbol} as ${triad}`,
    andMore: /** @param {string} triads @param {number} more */
      (triads, more) => `${triads}, and ${more} more`,
    voiced: /** @type {OfName} */ ((triads) =>
      `The model hears triads: ${triads}. Then notes move to what was typed.`),
    played: /** @type {OfName} */ ((triads) => `Played as triads: ${triads}.`),
    tooLong: /** @param {number} most @param {number} bars */ (most, bars) =>
      `The first ${most} of ${bars} bars are taken, which is the most there can be.`,
    tooMany: /** @param {string} symbols @param {number} count */ (symbols, count) =>
      `“${symbols}” has ${count} chords in one measure. Write 1, 2 or 4.`,
    now: /** @type {OfName} */ ((chords) => `These are the chords now: ${chords}.`),
    add: 'Add a chord',
    change: /** @param {number} bar @param {string} chords */
      (bar, chords) => `Bar ${bar}: ${chords}. Change the chord`,
    blend: /** @param {number} bar @param {string} chords */
      (bar, chords) => `Blend in bar ${bar}, ${chords}`,
  },

  panel: {
    label: /** @type {OfCount} */ ((bar) => `Chord of bar ${bar}`),
    which: 'Which chord of the bar',
    root: 'Root',
    kind: 'Kind',
    kinds: ['major', 'minor', 'aug', 'dim'],
    none: 'none',
    left: 'Move to the left',
    right: 'Move to the right',
    split: 'Split',
    splitMore: 'Two chords in this bar',
    double: 'Double',
    delete: 'Delete',
  },

  roll: {
    drums: 'Drums',
    summary: /** @param {number} bars @param {string} parts */
      (bars, parts) => `Piano roll of ${counted(bars, 'bar', 'bars')}: ${parts}`,
    place: 'Place in the music',
    bar: /** @param {number} bar @param {number} bars */ (bar, bars) => `Bar ${bar} of ${bars}`,
  },

  mixer: {
    label: 'Instruments',
    stems: 'Save stems',
    stemsMore: 'Save a sound file of each part, in a ZIP archive',
    reset: 'Reset',
    silent: 'This style is silent here. Draw a new one, or move the slider.',
    drag: 'Drag it out as a MIDI file',
    mute: 'Mute',
    muteOne: /** @type {OfName} */ ((name) => `Mute ${name}`),
    solo: 'Solo',
    soloOne: /** @type {OfName} */ ((name) => `Solo ${name}`),
    rollOne: /** @type {OfName} */ ((name) => `Roll ${name} again`),
    rollMore: 'Other notes from the same instrument',
    volume: /** @type {OfName} */ ((name) => `Volume of ${name}`),
    sound: /** @type {OfName} */ ((name) => `Sound of ${name}`),
    soundMore: 'Change the sound',
    writtenFor: /** @type {OfName} */ ((name) => `Written for ${name}`),
    stemsFile: /** @type {OfName} */ ((title) => `${title}, stems`),
    partFile: /** @param {string} title @param {string} part */
      (title, part) => `${title}, ${part}`,
  },

  /** An opened MIDI file. */
  midi: {
    close: 'Close',
    bars: 'Bars',
    bar: /** @type {OfCount} */ ((number) => `Bar ${number}`),
    barLabel: /** @param {number} number @param {string} chords */
      (number, chords) => `Bar ${number}, ${chords}`,
    refusedLabel: /** @param {number} number @param {string} chords */
      (number, chords) => `Bar ${number}, ${chords}, cannot be a style`,
    refusedMore: /** @type {OfName} */ ((why) => `Not as a style: ${why}`),
    refused: /** @param {string} chords @param {string} why */
      (chords, why) => `(${chords}) cannot be a style: ${why}.`,
    parts: /** @param {string} chords @param {string} parts */
      (chords, parts) => `${chords}: ${parts}`,
    hear: 'Hear it',
    stop: 'Stop',
    takeTempo: /** @type {OfCount} */ ((qpm) => `Take its tempo, ${qpm}`),
    takeChords: 'Take its chords',
    takeChordsMore: 'The chords from this bar on become the progression',
    use: /** @type {OfName} */ ((letter) => `Use as style ${letter}`),
    ours: 'This file was saved from this page.',
    restore: 'Open the arrangement',
    fitting: /** @param {number} count @param {number} bars */
      (count, bars) => `${count} of ${bars} bars can be a style. Choose one.`,
    noNote: 'There is no note in it.',
    noStyle: /** @param {number} bars @param {string} why */ (bars, why) =>
      `None of its ${bars} bars can be a style; of most of them: ${why}.`,
    rest: 'Its chords and its tempo can be taken.',
    flaw: /** @param {string} kind @param {number} count */
      (kind, count) => `${counted(count, ...MIDI.flaws[kind])}.`,
    tempo: /** @type {OfCount} */ ((qpm) => `The tempo is ${qpm} now.`),
    fault: /** @param {string} file @param {string} why */ (file, why) => `${file}: ${why}`,
  },

  fonts: {
    kept: /** @type {OfName} */ ((file) => `Playing with ${file}.`),
    forNow: /** @type {OfName} */ ((file) => `Playing with ${file}, until this page is closed.`),
    refused: /** @param {string} file @param {string} why */
      (file, why) => `${file} cannot be used as a soundfont (${why}).`,
    notOne: 'it is no .sf2, .sf3 or .dls file',
    insecure: 'soundfonts need a page from https or localhost',
  },

  link: {
    otherModel: 'The link was made with another model, so the music is not the same.',
    style: 'A style of the link cannot be read. Another one plays in its place.',
    unread: /** @param {string[]} symbols */ (symbols) =>
      `Not a chord: ${symbols.map((symbol) => `“${symbol}”`).join(', ')}. N.C. is played there.`,
    chords: 'The chords of the link cannot be read. Others stand in their place.',
  },

  /** Error messages, with a reason. */
  failed: {
    model: /** @type {OfName} */ ((why) =>
      `The model could not be loaded (${why}). Reload the page to try again.`),
    music: /** @type {OfName} */ ((why) => `The music could not be made (${why}).`),
    style: /** @type {OfName} */ ((why) => `No style could be drawn (${why}).`),
    measure: /** @type {OfName} */ ((why) => `The measure could not be read (${why}).`),
    sound: /** @type {OfName} */ ((why) => `The browser gives no sound (${why}).`),
    font: /** @type {OfName} */ ((why) => `The soundfont cannot be used (${why}).`),
    keyboard: /** @type {OfName} */ ((why) => `No MIDI keyboard can be used (${why}).`),
    port: /** @type {OfName} */ ((why) => `No MIDI port can be used (${why}).`),
    midi: /** @type {OfName} */ ((why) => `The MIDI file could not be made (${why}).`),
    wav: /** @type {OfName} */ ((why) => `The WAV file could not be made (${why}).`),
    stems: /** @type {OfName} */ ((why) => `The sound files could not be made (${why}).`),
    language: /** @type {OfName} */ ((why) => `The language could not be loaded (${why}).`),
  },
  noPort: 'there is none',
  noSong: 'there is no song yet',

  /** Translates a sentence or clause of the engine, which is in English. @type {OfName} */
  ofEngine: (sentence) => sentence,
  instruments: GENERAL_MIDI.instruments,
  families: GENERAL_MIDI.families,
  drums: GENERAL_MIDI.drumsName,
  drumSounds: GENERAL_MIDI.drums,
};
