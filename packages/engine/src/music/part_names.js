/** What parts are called: by what sounds, each name once. */

import {instrumentName} from './general_midi.js';

/** @import {Mix} from './midi_writer.js' */
/** @import {Part} from './song.js' */

/**
 * What a part is called by its own program.
 * @param {Pick<Part, 'program' | 'number'>} part
 * @param {(program: number) => string} nameOf
 */
export function partName({program, number}, nameOf = instrumentName) {
  return number ? `${nameOf(program)} ${number + 1}` : nameOf(program);
}

/**
 * Of each part its own name, or that of the program that it was swapped to.
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
