// A service worker that makes music: GET music.mid?chords=C|Am gives a MIDI file of its own.

import {MusicVAE} from '../../dist/index.js';
import {chordLine} from '../../dist/chords.js';
import {sequenceProtoToMidi} from '../../dist/midi.js';

const model = new MusicVAE(new URL(location.href).searchParams.get('model') ?? 'model');

async function music(chords) {
  try {
    const chordProgressions = chordLine(chords);
    const bars = await model.sample(chordProgressions.length, 0.5, {chordProgressions});
    return new Response(sequenceProtoToMidi(bars), {headers: {'Content-Type': 'audio/midi'}});
  } catch ({message}) {
    return new Response(message, {status: 400});
  }
}

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', (event) => {
  const {pathname, searchParams} = new URL(event.request.url);
  if (pathname.endsWith('/music.mid')) event.respondWith(music(searchParams.get('chords') ?? 'C'));
});
