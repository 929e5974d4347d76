/** German translations of the engine's messages, which it throws in English for all programs. */

// {0} and so on are slots for values, which may be sentences themselves
/** @type {Record<string, string>} */
export const SENTENCES = {
  // chords
  'A chord is missing here. {0}': 'Hier fehlt ein Akkord. {0}',
  '“{0}” is not a chord. The German H is B in English. {1}':
    '„{0}“ ist kein Akkord. Das deutsche H heißt hier B, das deutsche B heißt Bb. {1}',
  '“{0}” is not a chord. {1}': '„{0}“ ist kein Akkord. {1}',
  '“{0}” is not a chord (“{1}” has no meaning). {2}':
    '„{0}“ ist kein Akkord („{1}“ hat keine Bedeutung). {2}',
  'Write a root A–G and a kind: C, F#m, Bb7, G+, Bdim, or N.C. for no chord.':
    'Ein Akkord hat einen Grundton A–G und eine Art: C, F#m, Bb7, G+, Bdim; N.C. heißt „kein Akkord“.',
  '“{0}” has no major, minor, augmented or diminished triad. Write {1} or {1}m instead.':
    '„{0}“ enthält keinen Dur-, Moll-, übermäßigen oder verminderten Dreiklang. Möglich ist {1} oder {1}m.',
  '“{0}” in lower case may mean {1} or {1}m beside chords in upper case. Write {2} or {1}m.':
    '„{0}“ kann neben großgeschriebenen Akkorden {1} oder {1}m bedeuten. Eindeutig ist {2} oder {1}m.',
  '“{0}” has a “|” without spaces beside bar lines with spaces. Write “| C | G |” for two measures, or “C|G” without any bar lines for two chords in one.':
    '„{0}“ hat ein „|“ ohne Leerzeichen neben Taktstrichen mit Leerzeichen. Zwei Takte sind „| C | G |“, zwei Akkorde in einem Takt „C|G“, ganz ohne Taktstriche.',
  '“{0}” is a beat between bar lines, as in “| C / G / |”. Without them write spaces between measures.':
    '„{0}“ ist ein Schlag zwischen Taktstrichen, wie in „| C / G / |“. Ohne diese trennen Leerzeichen die Takte.',
  'There is no chord between two bar lines. Write N.C., or % for the measure before.':
    'Zwischen zwei Taktstrichen fehlt ein Akkord. Möglich ist N.C. oder % für den Takt davor.',
  '“{0}” is not supported. A repeat is played 2 to {1} times.':
    '„{0}“ ist nicht möglich. Eine Wiederholung wird 2- bis {1}-mal gespielt.',
  '“{0}” repeats {1} before it, which the line lacks. Write the chords instead.':
    '„{0}“ wiederholt {1} davor, aber davor steht nichts. Stattdessen gehören die Akkorde dorthin.',
  'a measure': 'einen Takt',
  'two measures': 'zwei Takte',
  '“{0}” is unclear. “%” stands for a whole measure.':
    '„{0}“ ist unklar. „%“ steht für einen ganzen Takt.',
  'A measure begins with “{0}”. Write the chord that it holds.':
    'Ein Takt beginnt mit „{0}“. Davor fehlt der Akkord, der gehalten wird.',
  '“-” stands between two chords. Write “/” for a beat, as in “| C / G / |”.':
    '„-“ steht zwischen zwei Akkorden. Ein Schlag ist „/“, wie in „| C / G / |“.',

  // songs
  'The form has a section “{0}”. Write letters such as A A B A, or A>B for a section from one to the other.':
    'Der Ablauf hat einen Teil „{0}“. Möglich sind Buchstaben wie A A B A, oder A>B für einen Teil vom einen zum anderen.',
  'A form has 1 to {0} sections, not {1}.': 'Ein Ablauf hat 1 bis {0} Teile, nicht {1}.',
  'There are chords for {0}, which the form does not have.':
    'Es gibt Akkorde für {0}, was der Ablauf nicht enthält.',
  '{0} bars cannot be shared among {1} sections. Give a multiple of {2}.':
    '{0} Takte lassen sich nicht auf {1} Teile verteilen. Möglich ist ein Vielfaches von {2}.',
  'Section {0} has no chords. Write them as {1}: C G Am F.':
    'Teil {0} hat keine Akkorde. Sie stehen so: {1}: C G Am F.',
  'There are chords for {0} twice. Leave one out.': 'Akkorde für {0} stehen doppelt da.',
  'all sections': 'alle Teile',
  'Style {0} has no point. Give one for each letter of the form.':
    'Stil {0} hat keinen Punkt. Jeder Buchstabe des Ablaufs braucht einen.',

  // bars that cannot be a style
  'a change of time signature cuts it short': 'ein Wechsel der Taktart verkürzt ihn',
  'no note begins in it': 'darin beginnt keine Note',
  'it has fewer than {0} instruments': 'er hat weniger als {0} Instrumente',
  'it has more than {0} instruments': 'er hat mehr als {0} Instrumente',
  'an instrument has more than {0} events': 'ein Instrument hat mehr als {0} Ereignisse',
  'it has fewer than {0} events': 'er hat weniger als {0} Ereignisse',
  'a note (not of drums) is outside the pitches {0} to {1}':
    'eine Note (nicht des Schlagzeugs) liegt nicht zwischen den Tonhöhen {0} und {1}',
  'its meter is not {0}': 'seine Taktart ist nicht {0}',

  // MIDI files
  'This file is too large for a MIDI file.': 'Für eine MIDI-Datei ist diese Datei zu groß.',
  'This is not a MIDI file: it is empty.': 'Das ist keine MIDI-Datei: Sie ist leer.',
  'This is not a MIDI file: it does not begin with MThd.':
    'Das ist keine MIDI-Datei: Sie beginnt nicht mit MThd.',
  'The MIDI file ends within its header.': 'Die MIDI-Datei endet im Dateikopf.',
  'The MIDI file\'s header is damaged.': 'Der Kopf der MIDI-Datei ist beschädigt.',
  'The MIDI file is of format 2, a set of patterns; save it as format 0 or 1.':
    'Die MIDI-Datei hat das Format 2, eine Sammlung von Mustern; nötig ist Format 0 oder 1.',
  'The MIDI file counts time in SMPTE frames, which have no bars; save it with beats.':
    'Die MIDI-Datei zählt die Zeit in SMPTE-Bildern, die keine Takte haben; nötig sind Schläge.',
  'The RIFF file holds no MIDI data.': 'Die RIFF-Datei enthält keine MIDI-Daten.',
  'The MIDI file has no tracks.': 'Die MIDI-Datei hat keine Spuren.',
  'The MIDI file has too many tracks.': 'Die MIDI-Datei hat zu viele Spuren.',
  'The MIDI file is damaged at byte {0}, in track {1}.':
    'Die MIDI-Datei ist beschädigt: bei Byte {0}, in Spur {1}.',
  'The MIDI file has over a million events; no song has as many.':
    'Die MIDI-Datei hat über eine Million Ereignisse; so viele hat kein Stück.',
  'The MIDI file has too many tempos, texts and the like for a song.':
    'Für ein Stück hat die MIDI-Datei zu viele Tempi, Texte und dergleichen.',
  'The MIDI file resets its channels too often for a song.':
    'Für ein Stück setzt die MIDI-Datei ihre Kanäle zu oft zurück.',
  'The MIDI file lasts over 10,000 bars, so a time in it must be damaged.':
    'Die MIDI-Datei dauert über 10.000 Takte, also muss eine Zeit darin beschädigt sein.',
  'A time in the MIDI file is damaged.': 'Eine Zeit in der MIDI-Datei ist beschädigt.',

  // the model, the network, the browser
  '{0} could not be fetched: the network or the server is away':
    '{0} war nicht zu bekommen: Netz oder Server antworten nicht',
  '{0} is missing on the server ({1})': '{0} fehlt auf dem Server ({1})',
  '{0} is missing on the server, or is kept from running':
    '{0} fehlt auf dem Server oder darf nicht ausgeführt werden',
  '{0} broke off: the network or the server is away':
    '{0} brach ab: Netz oder Server antworten nicht',
  '{0} is not JSON: the address is not that of a checkpoint\'s folder':
    '{0} ist kein JSON: Unter dieser Adresse liegt kein Modell',
  'WebAssembly cannot run here ({0}). If the page has a Content-Security-Policy, add \'wasm-unsafe-eval\' to its script-src.':
    'WebAssembly läuft hier nicht ({0}). Hat die Seite eine Content-Security-Policy, fehlt \'wasm-unsafe-eval\' in ihrer script-src.',
  'no model is loaded': 'es ist kein Modell geladen',
  'the model has no {0}': 'dem Modell fehlt {0}',
  'the weights are cut short': 'die Gewichte sind abgeschnitten',
  'the weights are stored as {0}': 'die Gewichte sind als {0} gespeichert',
  'the weights have {0} tokens and config.json has {1}: they are of different checkpoints':
    'die Gewichte haben {0} Token und config.json {1}: Sie gehören zu verschiedenen Modellen',
  'a layer has {0} units, and the engine computes multiples of 4':
    'eine Schicht hat {0} Einheiten, gerechnet wird aber mit Vielfachen von 4',
  'no such token: {0}': 'dieses Token gibt es nicht: {0}',
  'This browser has no workers; {0}.': 'Dieser Browser hat keine Worker; {0}.',
  'There is no WebAssembly, or a setting turns it off; allow it, or {0}.':
    'Es gibt kein WebAssembly, oder es ist abgeschaltet; entweder einschalten, oder {0}.',
  'This browser or its processor has no vector instructions (WebAssembly SIMD), which the model is computed with; {0}, or another machine.':
    'Dieser Browser oder sein Prozessor hat keine Vektorbefehle (WebAssembly SIMD), mit denen das Modell rechnet; {0}, oder auf einem anderen Rechner.',
  'use a newer browser, such as Chrome 111, Firefox 113 or Safari 16.4':
    'nötig ist ein neuerer Browser, etwa Chrome 111, Firefox 113 oder Safari 16.4',
};

const SLOT = /\{(\d)\}/g;

/** The pattern of each sentence, and the slot of each of the pattern's groups. */
const PATTERNS = Object.entries(SENTENCES).map(([english, german]) => ({
  pattern: new RegExp(`^${english.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(SLOT, '(.*?)')}$`),
  slots: Array.from(english.matchAll(SLOT), ([, slot]) => Number(slot)),
  german,
}));

/** Translates a sentence of the engine into German; returns unknown ones unchanged. @param {string} sentence @returns {string} */
export function germanOf(sentence) {
  for (const {pattern, slots, german} of PATTERNS) {
    const found = pattern.exec(sentence);
    if (found) return german.replace(SLOT, (_, slot) => germanOf(found[1 + slots.indexOf(Number(slot))]));
  }
  return sentence;
}
