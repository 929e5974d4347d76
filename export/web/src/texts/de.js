/** The page's texts in German; see en.js. */

import {germanOf} from './engine_de.js';

/** @param {number} count @param {string} one @param {string} several */
const counted = (count, one, several) => `${count} ${count === 1 ? one : several}`;

/** @type {Record<string, string>} */
const ATTRIBUTES = {
  density: 'Dichte', pitch: 'Tonhöhe', velocity: 'Anschlag', polyphony: 'Mehrstimmigkeit',
  syncopation: 'Synkopen', tracks: 'Spuren', drums: 'Schlagzeug', piano: 'Klavier',
  mallets: 'Stabspiele', organ: 'Orgel', guitar: 'Gitarre', bass: 'Bass', strings: 'Streicher',
  choir: 'Chor', brass: 'Blechbläser', woodwinds: 'Holzbläser', lead: 'Lead', pad: 'Pad',
};

/** @type {Record<string, string>} */
const SCALES = {
  density: 'Noten pro Schlag, alle Spuren zusammen',
  pitch: 'mittlere MIDI-Tonhöhe der Noten ohne Schlagzeug',
  velocity: 'mittlere Anschlagstärke der Noten',
  polyphony: 'im Mittel gleichzeitig klingende Noten ohne Schlagzeug',
  syncopation: 'Anteil der Noten, die neben einem Schlag beginnen und über den nächsten klingen',
  tracks: 'Anzahl der spielenden Instrumente',
};

/** @type {Record<string, [one: string, several: string]>} */
const FLAWS = {
  no_end: ['Note hatte kein Ende', 'Noten hatten kein Ende'],
  no_length: ['Note hatte keine Dauer', 'Noten hatten keine Dauer'],
  no_velocity: ['Note hatte keinen Anschlag', 'Noten hatten keinen Anschlag'],
  byte_over_127: ['Ereignis hatte ein Datenbyte über 127', 'Ereignisse hatten ein Datenbyte über 127'],
  stray_byte: ['Byte gehörte zu keinem Ereignis', 'Bytes gehörten zu keinem Ereignis'],
  long_message: ['Nachricht war länger als ihre Spur', 'Nachrichten waren länger als ihre Spuren'],
  impossible_time: ['Abstand war länger als jedes Stück', 'Abstände waren länger als jedes Stück'],
  impossible_tempo: ['Tempo war unmöglich', 'Tempi waren unmöglich'],
  impossible_meter: ['Taktart war unmöglich', 'Taktarten waren unmöglich'],
  wrong_size: ['Spur hatte eine falsche Länge', 'Spuren hatten eine falsche Länge'],
  cut_short: ['Spur war abgeschnitten', 'Spuren waren abgeschnitten'],
};

const FIRST_DRUM_SOUND = 27; // pitch of the first of DRUM_SOUNDS
const DRUM_SOUNDS = [
  'Hohes Q', 'Slap', 'Scratch vor', 'Scratch zurück', 'Stöcke', 'Rechteck-Klick', 'Metronomklick',
  'Metronomglocke', 'Akustische Bassdrum', 'Bassdrum', 'Sidestick', 'Snare', 'Händeklatschen',
  'Elektrische Snare', 'Tiefes Standtom', 'Geschlossene Hi-Hat', 'Hohes Standtom', 'Hi-Hat mit Fuß',
  'Tiefes Tom', 'Offene Hi-Hat', 'Mitteltiefes Tom', 'Mittelhohes Tom', 'Crashbecken', 'Hohes Tom',
  'Ridebecken', 'Chinabecken', 'Rideglocke', 'Tamburin', 'Splashbecken', 'Kuhglocke', 'Crashbecken 2',
  'Vibraslap', 'Ridebecken 2', 'Hohes Bongo', 'Tiefes Bongo', 'Hohe Conga, gedämpft',
  'Hohe Conga, offen', 'Tiefe Conga', 'Hohe Timbale', 'Tiefe Timbale', 'Hohes Agogo', 'Tiefes Agogo',
  'Cabasa', 'Maracas', 'Kurze Pfeife', 'Lange Pfeife', 'Kurzer Guiro', 'Langer Guiro', 'Claves',
  'Hoher Holzblock', 'Tiefer Holzblock', 'Cuica, gedämpft', 'Cuica, offen', 'Triangel, gedämpft',
  'Triangel, offen', 'Shaker', 'Schellen', 'Schellenbaum', 'Kastagnetten', 'Surdo, gedämpft',
  'Surdo, offen',
];

/** @type {import('./texts.js').Texts} */
export default {
  code: 'de',
  decimalSign: ',',
  language: 'Sprache',

  app: {
    tuning: 'Die Instrumente werden gestimmt …',
    openFile: 'Datei öffnen',
    drop: 'MIDI-Datei oder Soundfont hier ablegen',
    score: 'Akkorde und Noten',
    ok: 'OK',
    undo: 'Rückgängig',
    percent: (value) => `${value} %`,
  },

  progress: {
    working: 'Die Seite arbeitet',
    model: 'Das Modell',
    megabytes: (loaded, total) => (total ? `${loaded} von ${total} MB` : `${loaded} MB`),
    line: (what, megabytes) => `${what}: ${megabytes}`,
  },

  header: {
    undo: 'Rückgängig',
    undoKeys: 'Rückgängig (Strg+Z)',
    redo: 'Wiederholen',
    redoKeys: 'Wiederholen (Strg+Umschalt+Z oder Strg+Y)',
    open: 'MIDI öffnen',
    openMore: 'MIDI-Datei öffnen (oder irgendwo ablegen)',
    verb: '',
    verbAfter: ' sichern',
    saveMidi: 'Was erklingt als MIDI-Datei sichern oder in ein anderes Programm ziehen',
    saveWav: 'Was erklingt als Tondatei sichern',
    share: 'Teilen',
    shareMore: 'Einen Link zu dieser Musik kopieren',
    linkCopied: 'Link kopiert. Er führt überall, wo es diese Seite gibt, zur selben Musik.',
    linkInAddress: 'Die Adresse dieser Seite ist der Link und kann dort kopiert werden.',
    themes: {auto: 'wie im System', light: 'hell', dark: 'dunkel'},
    colours: (theme) => `Farben: ${theme}`,
    changeColours: (theme, next) => `Farben: ${theme}. Ändern in: ${next}`,
  },

  transport: {
    label: 'Wiedergabe',
    play: 'Abspielen',
    pause: 'Pause',
    playKey: 'Leertaste',
    repeat: 'Wiederholen',
    tempo: 'Tempo',
    beatsPerMinute: 'Schläge pro Minute',
    beats: (qpm) => `${qpm} Schläge pro Minute`,
    daring: 'Wagemut',
    daringMore: 'Temperatur: wie weit sich die Noten vom Wahrscheinlichsten entfernen',
    rollAgain: 'Neu würfeln',
    rollAgainMore: 'Dieselben Stile und Akkorde, anders gespielt (R)',
    surprise: 'Überraschung',
    surpriseMore: 'Neue Stile für diese Akkorde (N)',
    oneWay: 'Bei Wagemut 0,00 lässt sich jeder Stil nur auf eine Art spielen. ' +
      'Mehr Wagemut, dann gibt es etwas zu würfeln.',
    sounds: 'Klänge',
    synthesiser: 'Synthesizer',
    port: (name) => `MIDI: ${name}`,
    anyPort: 'Ein MIDI-Anschluss …',
    panic: 'Panik',
    panicMore: 'Alle Noten beenden',
    forgetFont: (name) => `Soundfont ${name} vergessen`,
    forgetFontMore: 'Den Soundfont vergessen, den dieser Browser aufbewahrt',
  },

  keys: {
    hint: 'Leertaste: Abspielen und Pause. Pos1: zum Anfang.',
    letters: 'R würfelt neu, N überrascht',
  },

  styles: {
    label: 'Stile',
    style: (letter) => `Stil ${letter}`,
    fresh: 'Neu',
    newStyle: (letter) => `Neu: Stil ${letter}`,
    keep: (letter) => `Stil ${letter} merken`,
    keepMore: 'Als Favorit merken',
    isKept: 'Ein Favorit: vergessen',
    fromFile: (letter) => `Stil ${letter} aus einer MIDI-Datei`,
    fromFileMore: 'Aus einer MIDI-Datei',
    blend: 'Mischung von Stil A und Stil B, für alle Akkorde',
    shares: (a, b) => `${a} % A, ${b} % B`,
    share: (share, letter) => `${share} % ${letter}`,
    hold: 'Halten',
    morph: 'Verlauf',
    morphMore: 'Verlauf von A nach B',
    swap: 'A und B tauschen',
    unheard: (letter, other) =>
      `Stil ${letter} ist gewählt, aber alle Takte spielen Stil ${other}. ` +
      `Zu hören ist er, wenn der Regler näher an ${letter} steht, oder mit „Verlauf“.`,
    measure: 'Ein Takt',
    ofFile: (file, bar) => `${file}, Takt ${bar}`,
    between: (a, b) => `${a} bis ${b}`,
    names: {
      first: [
        'Bernstein', 'Samt', 'Papier', 'Kupfer', 'Still', 'Neon', 'Salz', 'Leinen', 'Gold',
        'Nacht', 'Zedern', 'Silber', 'Fern', 'Marmor', 'Honig', 'Funken', 'Nebel', 'Purpur',
        'Winter', 'Wild', 'Kobalt', 'Glücks', 'Echo', 'Licht', 'Staub', 'Früh', 'Sanft', 'Nord',
        'Farben', 'Wander', 'Sonntags', 'Hoch',
      ],
      second: [
        'hafen', 'lampe', 'wiese', 'allee', 'fluss', 'parade', 'hain', 'signal', 'garten',
        'karussell', 'bahnhof', 'schlucht', 'balkon', 'komet', 'fähre', 'drachen', 'insel',
        'fenster', 'hof', 'straße', 'kino', 'lagune', 'markt', 'turm', 'tal', 'galerie', 'brücke',
        'saal', 'kompass', 'fest', 'karte', 'schaukel',
      ],
      both: (first, second) => first + second,
    },
  },

  pad: {
    chip: 'Pad',
    title: 'Eine Fläche zwischen vier Stilen, auf der man spielt',
    pad: 'Pad zwischen vier Stilen',
    across: 'Pad, von links nach rechts',
    down: 'Pad, von oben nach unten',
    twoD: '2D-Regler',
    record: 'Aufnehmen',
    recordTitle: 'Jeder Takt, der spielt, bekommt die Stelle, an der das Pad dann steht',
    still: 'Ziehen oder Pfeiltasten bewegen alle Takte; während Musik spielt, nur den nächsten.',
    playing: 'Wohin das Pad bewegt wird, von dort kommt der nächste Takt.',
    live: 'Der nächste Takt kommt vom Pad, bis die Musik anhält. „Aufnehmen“ behält ihn.',
    recording: 'Aufnahme: Jeder Takt, der spielt, bekommt die Stelle des Pads.',
    unheard: (letter) => `Stil ${letter} ist gewählt, aber kein Takt spielt ihn. ` +
      `Zu hören ist er, wenn das Pad näher an ${letter} steht.`,
  },

  kept: {
    titles: {
      none: 'Sperren: bleibt Note für Note',
      some: 'Teilweise bearbeitet oder gesperrt. Ganz sperren',
      all: 'Gesperrt: bleibt Note für Note. Freigeben',
    },
    lockBar: (bar, chords) => `Takt ${bar} sperren, ${chords}`,
    lockPart: (part) => `${part} sperren`,
    noRoll: 'Gesperrt: zum Würfeln erst freigeben',
    locked: (what) => `Gesperrt: ${what}`,
    edited: (what) => `Bearbeitet: ${what}`,
    bars: (bars) => `${bars.length > 1 ? 'Takte' : 'Takt'} ${bars.join(', ')}`,
    of: (bars, part) => `${bars} von ${part}`,
    all: 'alle Takte',
    place: (place) => `${place}, gesperrt`,
    meaning: 'Das bleibt Note für Note, was sich auch sonst ändert, bis es freigegeben wird.',
    none: 'Was bearbeitet wird, ist gesperrt, bis es freigegeben wird.',
    release: 'Alles freigeben',
    chords: (bars, chords) => `${bars.length > 1 ? 'Die Takte' : 'Takt'} ${bars.join(', ')} ` +
      `${bars.length > 1 ? 'sind gesperrt und behalten' : 'ist gesperrt und behält'} ` +
      `${chords.join(', ')}. Nach dem Freigeben lassen sich die Akkorde dort ändern.`,
    allLocked: 'Alle Takte sind gesperrt. Ist einer freigegeben, lässt er sich neu würfeln.',
    leftOut: 'Die gesperrten und bearbeiteten Noten sind zu viele für einen Link, daher fehlen sie ' +
      'in Links. Gesicherte Dateien haben sie, und sie bleiben, bis diese Seite geschlossen wird.',
  },

  notes: {
    chip: 'Noten bearbeiten',
    title: 'Noten in der Pianorolle verschieben, einfügen und löschen, mit Zeiger oder Tasten',
    tools: 'Noten',
    label: (part) => `Noten von ${part}`,
    part: 'Instrument, dessen Noten bearbeitet werden',
    grid: 'Raster',
    straight: (part) => `1/${part}`,
    triplet: (part) => `1/${part}-Triole`,
    none: 'Keine Note ist gewählt.',
    keys: 'Ein Klick wählt eine Note, Ziehen verschiebt sie, Ziehen am Ende ändert ihre Länge, ' +
      'ein Rechtsklick löscht sie; ein Klick neben Noten fügt eine ein. Tasten auf der Pianorolle: ' +
      'Links und Rechts wählen eine Note, Auf und Ab ein Instrument; mit Umschalt verschieben sie ' +
      'die Note. Bild auf und Bild ab verschieben sie um eine Oktave, + und − ändern ihre Länge, ' +
      'Eingabe fügt eine ein, Entf löscht sie. Bearbeitete Takte eines Instruments sind gesperrt, ' +
      'bis sie freigegeben werden.',
    help: 'So werden Noten bearbeitet',
    previous: 'Vorige Note',
    next: 'Nächste Note',
    earlier: 'Früher',
    later: 'Später',
    higher: 'Höher',
    lower: 'Tiefer',
    shorter: 'Kürzer',
    longer: 'Länger',
    add: 'Note einfügen',
    remove: 'Note löschen',
    release: 'Diesen Takt freigeben',
    releaseTitle: 'Seine Noten sind bearbeitet oder gesperrt: das Modell wieder spielen lassen',
    place: (bar, beat) => `Takt ${bar}, Schlag ${beat}`,
    length: (beats) => `${beats} ${beats === '1' ? 'Schlag' : 'Schläge'} lang`,
  },

  favourites: {
    label: 'Favoriten',
    name: (number) => `Name von Favorit ${number}`,
    as: (name, letter) => `${name} als Stil ${letter}`,
    use: (letter) => `Als Stil ${letter} verwenden`,
    forget: (name) => `${name} vergessen`,
    kept: (name) => `„${name}“ gemerkt.`,
    keptForNow: (name) =>
      `„${name}“ gemerkt, bis diese Seite geschlossen wird: Der Browser speichert hier nichts.`,
    forgotten: (name) => `„${name}“ vergessen.`,
  },

  character: {
    label: 'Charakter',
    moved: (count) => `Charakter (${count})`,
    more: 'Dichter, höher, mit Streichern: für beide Stile',
    reset: 'Charakter zurücksetzen',
    name: (name) => ATTRIBUTES[name] ?? name,
    scale: (name) => `${SCALES[name] ?? name}, in Standardabweichungen echter Musik`,
    presence: (name) => `Hin zu Musik mit dem Merkmal ${ATTRIBUTES[name] ?? name} oder weg davon`,
  },

  song: {
    label: 'Stück',
    enter: 'Stück',
    enterMore: 'Stück: Teile wie A A B A, mit eigenen Stilen und Akkorden',
    leave: 'Stück verlassen',
    leaveMore: 'Stück verlassen: wieder eine Akkordfolge spielen',
    form: 'Ablauf',
    formMore: 'Buchstaben A bis H; A>B ist ein Teil auf dem Weg von A nach B',
    formError: 'Möglich sind Buchstaben von A bis H, etwa A A B A, oder A>B für einen Teil von A nach B.',
    examplesFirst: 'Beispiele',
    examplesLabel: 'Abläufe als Beispiele',
    barsLabel: 'Takte jedes Teils',
    once: 'Akkorde einmal',
    barsEach: (bars) => `je ${bars} Takte`,
    length: (bars) => counted(bars, 'Takt', 'Takte'),
    tooLong: (most, bars) =>
      `Gespielt werden die ersten ${most} von ${bars} Takten; mehr sind nicht möglich.`,
    follow: 'Eine Band',
    followMore: (letter) =>
      `Die anderen Stile folgen aus dem von ${letter}, mit wenigen anderen Instrumenten`,
    fills: 'Drumfills',
    fillsMore: 'Jeder vierte Takt endet mit einem Drumfill',
    ending: 'Schluss',
    endingMore: 'Ein letzter Takt, in dem alle den ersten Akkord anschlagen',
    lastChord: 'Der erste Akkord noch einmal',
    contrast: 'Kontrast',
    contrastMore: 'Wie weit die anderen Stile vom ersten entfernt sind',
    variation: 'Abwandlung',
    variationMore: 'Wie viele Instrumente sich ändern, wenn ein Takt wiederkehrt',
    section: (name) => `Teil ${name}`,
    follows: (letter) => `Folgt aus ${letter}`,
    way: (from, to) => `Von ${from} nach ${to}`,
    chords: (name) => `Akkorde von Teil ${name}`,
    asIn: (letter, chords) => `wie in ${letter}: ${chords}`,
    sections: 'Teile',
    goToBars: (name, first, last) => `${name}, Takte ${first} bis ${last}: dorthin`,
    goToBar: (name, bar) => `${name}, Takt ${bar}: dorthin`,
    unheard: (letter) => `Stil ${letter} ist gewählt, aber der Ablauf hat keinen Teil ${letter}.`,
    both: (one, other) => `${one} und ${other}`,
  },

  chords: {
    label: 'Akkorde',
    help: 'So werden Akkorde geschrieben',
    keyboard: 'MIDI-Tasten',
    keyboardMore: 'Akkorde, die auf einem MIDI-Keyboard gehalten werden: Der nächste Takt übernimmt sie',
    examplesLabel: 'Akkordfolgen als Beispiele',
    examplesFirst: 'Beispiele',
    examples: {
      four: 'Vier Akkorde', doowop: 'Doo-Wop', canon: 'Kanon', blues: 'Blues',
      turnaround: 'Turnaround', andalusian: 'Andalusisch', sad: 'Trauriges Lied', borrowed: 'Entliehen',
    },
    writing: {
      bars: (most) =>
        `ein Akkord pro Takt, bis zu ${most}; Kommas und Striche gelten wie Leerzeichen`,
      halves: 'zwei oder vier Akkorde in einem Takt, ohne Leerzeichen',
      lines: 'Taktstriche: % wiederholt einen Takt, |: C | F :| x3 einen Abschnitt, / hält einen Schlag',
      any: 'jeder Akkord; das Modell hört seinen Dreiklang, danach rücken Noten auf den Rest',
      lower: 'kleingeschriebene Grundtöne bedeuten dasselbe: am ist Am, c ist C; ' +
        'das deutsche H heißt hier B und das deutsche B heißt Bb',
      none: 'kein Akkord',
    },
    empty: 'Hier fehlt mindestens ein Akkord, etwa C Am F G.',
    voice: 'Ausspielen',
    voiceMore: 'Noten auf die Septimen, Vorhalte und Basstöne rücken, die eingegeben wurden',
    triad: (symbol, triad) => `${symbol} als ${triad}`,
    andMore: (triads, more) => `${triads} und ${more} weitere`,
    voiced: (triads) =>
      `Das Modell hört Dreiklänge: ${triads}. Danach rücken Noten auf das, was eingegeben wurde.`,
    played: (triads) => `Als Dreiklänge gespielt: ${triads}.`,
    tooLong: (most, bars) =>
      `Die ersten ${most} von ${bars} Takten sind übernommen; mehr sind nicht möglich.`,
    tooMany: (symbols, count) =>
      `„${symbols}“ hat ${count} Akkorde in einem Takt. Möglich sind 1, 2 oder 4.`,
    now: (chords) => `Das sind jetzt die Akkorde: ${chords}.`,
    add: 'Akkord anfügen',
    change: (bar, chords) => `Takt ${bar}: ${chords}. Akkord ändern`,
    blend: (bar, chords) => `Mischung in Takt ${bar}, ${chords}`,
  },

  panel: {
    label: (bar) => `Akkord von Takt ${bar}`,
    which: 'Welcher Akkord des Takts',
    root: 'Grundton',
    kind: 'Art',
    kinds: ['Dur', 'Moll', 'überm.', 'verm.'],
    none: 'keiner',
    left: 'Nach links',
    right: 'Nach rechts',
    split: 'Halbieren',
    splitMore: 'Zwei Akkorde in diesem Takt',
    double: 'Verdoppeln',
    delete: 'Löschen',
  },

  roll: {
    drums: 'Drums',
    summary: (bars, parts) => `Pianorolle mit ${counted(bars, 'Takt', 'Takten')}: ${parts}`,
    place: 'Stelle in der Musik',
    bar: (bar, bars) => `Takt ${bar} von ${bars}`,
  },

  mixer: {
    label: 'Instrumente',
    stems: 'Stems',
    stemsMore: 'Eine Tondatei von jeder Spur sichern, in einem ZIP-Archiv',
    reset: 'Zurücksetzen',
    silent: 'Dieser Stil schweigt hier. Ein neuer oder ein anderer Stand des Reglers hilft.',
    drag: 'Als MIDI-Datei herausziehen',
    mute: 'Stumm',
    muteOne: (name) => `${name} stumm`,
    solo: 'Solo',
    soloOne: (name) => `${name} solo`,
    rollOne: (name) => `${name} neu würfeln`,
    rollMore: 'Andere Noten vom selben Instrument',
    volume: (name) => `Lautstärke: ${name}`,
    sound: (name) => `Klang: ${name}`,
    soundMore: 'Den Klang ändern',
    writtenFor: (name) => `Geschrieben für: ${name}`,
    stemsFile: (title) => `${title}, Stems`,
    partFile: (title, part) => `${title}, ${part}`,
  },

  midi: {
    close: 'Schließen',
    bars: 'Takte',
    bar: (number) => `Takt ${number}`,
    barLabel: (number, chords) => `Takt ${number}, ${chords}`,
    refusedLabel: (number, chords) => `Takt ${number}, ${chords}, nicht als Stil geeignet`,
    refusedMore: (why) => `Nicht als Stil geeignet: ${why}`,
    refused: (chords, why) => `(${chords}) ist nicht als Stil geeignet: ${why}.`,
    parts: (chords, parts) => `${chords}: ${parts}`,
    hear: 'Anhören',
    stop: 'Anhalten',
    takeTempo: (qpm) => `Tempo übernehmen, ${qpm}`,
    takeChords: 'Akkorde übernehmen',
    takeChordsMore: 'Die Akkorde ab diesem Takt werden zur Akkordfolge',
    use: (letter) => `Als Stil ${letter} verwenden`,
    ours: 'Diese Datei wurde auf dieser Seite gesichert.',
    restore: 'Arrangement öffnen',
    fitting: (count, bars) => `${count} von ${bars} Takten eignen sich als Stil. Einen davon auswählen.`,
    noNote: 'Darin ist keine Note.',
    noStyle: (bars, why) =>
      `Keiner der ${bars} Takte eignet sich als Stil; bei den meisten gilt: ${why}.`,
    rest: 'Akkorde und Tempo lassen sich übernehmen.',
    flaw: (kind, count) => `${counted(count, ...FLAWS[kind])}.`,
    tempo: (qpm) => `Das Tempo ist jetzt ${qpm}.`,
    fault: (file, why) => `${file}: ${why}`,
  },

  fonts: {
    kept: (file) => `Es spielt ${file}.`,
    forNow: (file) => `Es spielt ${file}, bis diese Seite geschlossen wird.`,
    refused: (file, why) => `${file} lässt sich nicht als Soundfont verwenden (${why}).`,
    notOne: 'es ist keine .sf2-, .sf3- oder .dls-Datei',
    insecure: 'Soundfonts brauchen eine Seite von https oder localhost',
  },

  link: {
    otherModel: 'Der Link stammt von einem anderen Modell, daher ist die Musik nicht dieselbe.',
    style: 'Ein Stil des Links ist nicht lesbar. An seiner Stelle spielt ein anderer.',
    unread: (symbols) =>
      `Kein Akkord: ${symbols.map((symbol) => `„${symbol}“`).join(', ')}. Dort steht nun N.C.`,
    chords: 'Die Akkorde des Links sind nicht lesbar. An ihrer Stelle stehen andere.',
  },

  failed: {
    model: (why) =>
      `Das Modell konnte nicht geladen werden (${why}). Die Seite neu laden, um es noch einmal zu versuchen.`,
    music: (why) => `Die Musik konnte nicht entstehen (${why}).`,
    style: (why) => `Es ließ sich kein Stil ziehen (${why}).`,
    measure: (why) => `Der Takt konnte nicht gelesen werden (${why}).`,
    sound: (why) => `Der Browser gibt keinen Ton (${why}).`,
    font: (why) => `Der Soundfont lässt sich nicht verwenden (${why}).`,
    keyboard: (why) => `Es lässt sich kein MIDI-Keyboard verwenden (${why}).`,
    port: (why) => `Es lässt sich kein MIDI-Anschluss verwenden (${why}).`,
    midi: (why) => `Die MIDI-Datei konnte nicht entstehen (${why}).`,
    wav: (why) => `Die WAV-Datei konnte nicht entstehen (${why}).`,
    stems: (why) => `Die Tondateien konnten nicht entstehen (${why}).`,
    language: (why) => `Die Sprache konnte nicht geladen werden (${why}).`,
  },
  noPort: 'es gibt keinen',
  noSong: 'noch gibt es kein Stück',

  ofEngine: germanOf,
  instruments: [
    'Konzertflügel', 'Heller Flügel', 'E-Flügel', 'Honky-Tonk-Klavier', 'E-Piano 1', 'E-Piano 2',
    'Cembalo', 'Clavinet', 'Celesta', 'Glockenspiel', 'Spieldose', 'Vibraphon', 'Marimba', 'Xylophon',
    'Röhrenglocken', 'Hackbrett', 'Hammondorgel', 'Perkussive Orgel', 'Rockorgel', 'Kirchenorgel',
    'Harmonium', 'Akkordeon', 'Mundharmonika', 'Bandoneon', 'Nylongitarre', 'Stahlsaitengitarre',
    'Jazzgitarre', 'Klare E-Gitarre', 'Gedämpfte E-Gitarre', 'Übersteuerte Gitarre',
    'Verzerrte Gitarre', 'Gitarrenflageolett', 'Kontrabass gezupft', 'E-Bass, Finger',
    'E-Bass, Plektrum', 'Bundloser Bass', 'Slap-Bass 1', 'Slap-Bass 2', 'Synthbass 1', 'Synthbass 2',
    'Violine', 'Bratsche', 'Cello', 'Kontrabass', 'Streicher-Tremolo', 'Streicher-Pizzicato', 'Harfe',
    'Pauken', 'Streicher 1', 'Streicher 2', 'Synth-Streicher 1', 'Synth-Streicher 2', 'Chor „Aah“',
    'Stimme „Ooh“', 'Synth-Stimme', 'Orchesterschlag', 'Trompete', 'Posaune', 'Tuba',
    'Gedämpfte Trompete', 'Horn', 'Blechbläser', 'Synth-Bläser 1', 'Synth-Bläser 2', 'Sopransaxophon',
    'Altsaxophon', 'Tenorsaxophon', 'Baritonsaxophon', 'Oboe', 'Englischhorn', 'Fagott', 'Klarinette',
    'Piccoloflöte', 'Flöte', 'Blockflöte', 'Panflöte', 'Flaschenton', 'Shakuhachi', 'Pfeifen', 'Okarina',
    'Rechteck-Lead', 'Sägezahn-Lead', 'Calliope-Lead', 'Chiff-Lead', 'Charang-Lead', 'Stimmen-Lead',
    'Quinten-Lead', 'Bass und Lead', 'New-Age-Pad', 'Warmes Pad', 'Polysynth-Pad', 'Chor-Pad',
    'Gestrichenes Pad', 'Metallisches Pad', 'Halo-Pad', 'Sweep-Pad', 'Regen', 'Filmmusik', 'Kristall',
    'Atmosphäre', 'Helligkeit', 'Kobolde', 'Echos', 'Science-Fiction', 'Sitar', 'Banjo', 'Shamisen',
    'Koto', 'Kalimba', 'Dudelsack', 'Fiedel', 'Shanai', 'Glöckchen', 'Agogo', 'Steel Drums',
    'Holzblock', 'Taiko', 'Melodie-Tom', 'Synth-Drum', 'Becken rückwärts', 'Griffgeräusch',
    'Atemgeräusch', 'Meeresrauschen', 'Vogelgezwitscher', 'Telefonklingeln', 'Hubschrauber', 'Applaus',
    'Schuss',
  ],
  families: [
    'Klavier', 'Stabspiele und Glocken', 'Orgel', 'Gitarre', 'Bass', 'Streicher', 'Ensemble',
    'Blechbläser', 'Rohrblatt', 'Flöten', 'Synth-Lead', 'Synth-Pad', 'Synth-Effekte', 'Ethnisch',
    'Perkussion', 'Geräusche',
  ],
  drums: 'Schlagzeug',
  drumSounds: Array.from({length: 128}, (_, key) =>
    DRUM_SOUNDS[key - FIRST_DRUM_SOUND] ?? `Schlagzeug ${key}`),
};
