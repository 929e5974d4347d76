/**
 * Messages between the page and the engine's worker (`Requests`).
 *
 * @import {Bar} from '../music/measures.js'
 * @import {FormatFields} from '../music/format.js'
 * @import {Flaws} from '../music/midi_bytes.js'
 * @import {Decoding, Row} from './decoder.js'
 * @import {Progress} from './fetching.js'
 * @import {Prior} from './prior.js'
 */

/**
 * The arguments and the result of each action.
 * @typedef {object} Actions
 * @property {(asked: {url: string}) =>
 *   Promise<{format: FormatFields, latentSize: number, fingerprint: string,
 *     prior: Prior | null}>} load
 *   loads the model folder at a URL
 * @property {(asked: {rows: Row[], decoding: Decoding}) => Promise<Uint16Array[]>} decode
 *   tokens of each row
 * @property {(asked: {points: Float32Array[]}) => Promise<Float32Array[]>} programs
 *   `programLogits` of points
 * @property {(asked: {bytes: Uint8Array}) =>
 *   Promise<{bars: Bar[], qpm: number, texts: string[], flaws: Flaws}>} read the bars of a MIDI file
 * @property {(asked: {tracks: number[][], chords: number[]}) => Promise<Float32Array>} encode
 *   the point of a measure
 *
 * @typedef {{[A in keyof Actions]: {id: number, action: A} & Parameters<Actions[A]>[0]}[keyof Actions]}
 *   Request
 *
 * @typedef {{id?: number, progress: Progress}} Report of a request if it has an id
 * @typedef {{id: number, result?: unknown, error?: {name: string, message: string}}} Answer
 */

export {};
