/**
 * What `WorkerMusicVAE` asks of worker.js, which answers as engine/messages.js says.
 *
 * @import {Spec} from './spec.js'
 * @import {FormatFields} from '../music/format.js'
 */

/**
 * `watch`: whether progress is to be reported; the method's arguments are those of `MusicVAE`, without
 * what cannot be sent.
 * @typedef {{id: number, method: string, args: unknown[], watch: boolean}} Request
 * @typedef {{abort: number}} Abort
 * @typedef {{zDims: number, spec: Spec, format: FormatFields}} Loaded
 */

export {};
