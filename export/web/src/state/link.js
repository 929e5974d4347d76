/** Arrangement <-> the text after a link's #. */

import {
  FULL_VOLUME, MOST_CHORDS, TEMPERATURES, TEMPOS, chordsText, newArrangement, parseChords,
} from './arrangement.js';
import {unpackPoint} from './point_text.js';

export function toLink(arrangement) {
  const {chords, blend, a, b, temperature, seed, qpm, loop, parts} = arrangement;
  const values = {
    c: chordsText(chords).replaceAll(' ', '_'),
    a: styleText(a),
    b: styleText(b),
    x: blend.every((share) => share === blend[0]) ? blend[0] : blend.join('.'),
    t: temperature,
    s: seed,
    q: qpm,
    l: loop ? undefined : 0,
    p: partsText(parts) || undefined,
  };
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
    .join('&');
}

/** The arrangement of a link; what is missing or damaged in it is as in a new one. */
export function fromLink(text, latentSize) {
  const fresh = newArrangement();
  const values = new Map(text.replace(/^#/, '').split('&').map((pair) => {
    const [key, value = ''] = pair.split('=');
    return [key, decode(value)];
  }));
  const chords = readChords(values.get('c')) ?? fresh.chords;
  const blends = (values.get('x') ?? '0').split('.').map((share) => whole(share, 0, 100, 0));
  return {
    chords,
    blend: chords.map((_, i) => blends[Math.min(i, blends.length - 1)]),
    a: readStyle(values.get('a'), latentSize) ?? fresh.a,
    b: readStyle(values.get('b'), latentSize) ?? fresh.b,
    temperature: whole(values.get('t'), ...TEMPERATURES, fresh.temperature),
    seed: whole(values.get('s'), 0, 2 ** 32 - 1, fresh.seed),
    qpm: whole(values.get('q'), ...TEMPOS, fresh.qpm),
    loop: values.get('l') !== '0',
    parts: readParts(values.get('p') ?? ''),
  };
}

function decode(value) {
  try {
    return decodeURIComponent(value);
  } catch {
    return '';
  }
}

function whole(text, least, most, otherwise) {
  const number = text ? Math.round(Number(text)) : NaN;
  return Number.isFinite(number) ? Math.max(least, Math.min(most, number)) : otherwise;
}

function readChords(text) {
  try {
    const chords = parseChords((text ?? '').replaceAll('_', ' '));
    return chords.length && chords.length <= MOST_CHORDS ? chords : null;
  } catch {
    return null;
  }
}

/** "s21" for a seed; "21" for one of a link that an earlier page made; else "~point~name". */
export function styleText({seed, isEarly, point, name}) {
  if (point !== undefined) return `~${point}~${name}`;
  return isEarly ? String(seed) : `s${seed}`;
}

export function readStyle(text, latentSize) {
  if (!text) return null;
  if (/^s?\d+$/.test(text)) {
    const seed = whole(text.replace('s', ''), 0, 2 ** 32 - 1, 0);
    return text.startsWith('s') ? {seed} : {seed, isEarly: true};
  }
  const [empty, point, ...name] = text.split('~');
  if (empty || !/^[\w-]+$/.test(point ?? '')) return null;
  try {
    if (unpackPoint(point).length !== latentSize) return null; // of another model
  } catch {
    return null;
  }
  return {point, name: name.join('~').slice(0, 80) || 'A measure'};
}

// "33.0i38v80ms*2": key, then program, volume, mute, solo, roll
function partsText(parts) {
  return Object.entries(parts)
    .map(([key, {program, volume, mute, solo, roll}]) =>
      [
        program !== undefined && `i${program}`,
        volume !== undefined && volume !== FULL_VOLUME && `v${volume}`,
        mute && 'm',
        solo && 's',
        roll && `r${roll}`,
      ].filter(Boolean).join('').replace(/^/, `${key}`))
    .filter((text) => /[a-z]/.test(text))
    .join(',');
}

function readParts(text) {
  const parts = {};
  for (const item of text.split(',')) {
    const match = /^(\d+\.\d+)((?:[ivr]\d+|m|s)+)$/.exec(item);
    if (!match) continue;
    const choice = {};
    for (const [, letter, number] of match[2].matchAll(/([ivrms])(\d*)/g)) {
      if (letter === 'i') choice.program = whole(number, 0, 127, 0);
      if (letter === 'v') choice.volume = whole(number, 0, 127, FULL_VOLUME);
      if (letter === 'r') choice.roll = whole(number, 0, 1e6, 0);
      if (letter === 'm') choice.mute = true;
      if (letter === 's') choice.solo = true;
    }
    parts[match[1]] = choice;
  }
  return parts;
}
