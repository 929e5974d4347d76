/** What parts are called: by what sounds, each name once. */

import {instrumentName} from './general_midi.js';

/** @import {Mix} from './midi_writer.js' */
/** @import {Part} from './song.js' */

/**
 * Of each part its own name, or that of the program that it was swapped to.
 * @param {Part[]} parts
 * @param {Mix} mix
 */
export function soundingNames(parts, mix) {
  const sounds = parts.map((part) => (part.isDrum ? part.program : mix(part).program));
  const isOwn = parts.map(({program}, i) => sounds[i] === program);
  const taken = new Set(parts.filter((_, i) => isOwn[i]).map(({name}) => name));
  return parts.map(({name}, i) => {
    if (isOwn[i]) return name;
    const base = instrumentName(sounds[i]);
    let free = base;
    for (let number = 2; taken.has(free); number++) free = `${base} ${number}`;
    taken.add(free);
    return free;
  });
}
