/** Unique names of parts, from the instruments that sound. */

import {instrumentName} from './general_midi.js';

/** @import {Mix} from './midi_writer.js' */
/** @import {Part} from './song.js' */

/**
 * Returns the name of a part by its own program.
 * @param {Pick<Part, 'program' | 'number'>} part
 * @param {(program: number) => string} nameOf
 */
export function partName({program, number}, nameOf = instrumentName) {
  return number ? `${nameOf(program)} ${number + 1}` : nameOf(program);
}

/**
 * Returns for each part its own name, or the name of the program that replaces its own.
 * @param {Part[]} parts
 * @param {Mix} mix
 * @param {(program: number) => string} nameOf
 */
export function soundingNames(parts, mix, nameOf = instrumentName) {
  const sounds = parts.map((part) => (part.isDrum ? part.program : mix(part).program));
  const isOwn = parts.map(({program}, i) => sounds[i] === program);
  const own = parts.map((part) => partName(part, nameOf));
  const taken = new Set(own.filter((_, i) => isOwn[i]));
  return own.map((name, i) => {
    if (isOwn[i]) return name;
    const base = nameOf(sounds[i]);
    let free = base;
    for (let number = 2; taken.has(free); number++) free = `${base} ${number}`;
    taken.add(free);
    return free;
  });
}
