/**
 * What `WorkerMusicVAE` asks of worker.js and what that answers: one message in, one out, and reports
 * of progress meanwhile.
 *
 * @import {Spec} from './spec.js'
 * @import {FormatFields} from '../music/format.js'
 * @import {Progress} from '../engine/fetching.js'
 */

/**
 * `watch`: whether progress is to be reported; the method's arguments are those of `MusicVAE`, without
 * what cannot be sent.
 * @typedef {{id: number, method: string, args: unknown[], watch: boolean}} Request
 * @typedef {{abort: number}} Abort
 * @typedef {{id: number, progress: Progress}} Report
 * @typedef {{id: number, result: unknown}} Result
 * @typedef {{id: number, error: {name: string, message: string}}} Failure
 * @typedef {{zDims: number, spec: Spec, format: FormatFields}} Loaded
 */

export {};
