/**
 * Messages from `WorkerMusicVAE` to worker.js. The answers have the types of engine/messages.js.
 *
 * @import {Spec} from './spec.js'
 * @import {FormatFields} from '../music/format.js'
 */

/**
 * `watch`: whether to report progress. `args`: the arguments of the `MusicVAE` method, without
 * values that cannot be sent, such as functions and signals.
 * @typedef {{id: number, method: string, args: unknown[], watch: boolean}} Request
 * @typedef {{abort: number}} Abort
 * @typedef {{zDims: number, spec: Spec, format: FormatFields}} Loaded
 */

export {};
