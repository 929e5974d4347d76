/**
 * What the page asks of the engine's worker, and what it answers: one message in, one out, and reports
 * of what is fetched meanwhile.
 *
 * @import {Bar} from '../music/measures.js'
 * @import {FormatFields} from '../music/format.js'
 * @import {Flaws} from '../music/midi_bytes.js'
 * @import {Decoding, Row} from './decoder.js'
 * @import {Progress} from './fetching.js'
 */

/**
 * The arguments and the result of each action.
 * @typedef {object} Actions
 * @property {(asked: {url: string}) =>
 *   Promise<{format: FormatFields, latentSize: number, fingerprint: string}>} load
 *   loads the folder at an address
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
 * @typedef {{progress: Progress}} Report
 * @typedef {{id: number, result?: unknown, error?: {name: string, message: string}}} Answer
 */

export {};
