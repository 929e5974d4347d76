/** The bundle for script tags: the whole package as a global object `gmvae`. */

export * from './index.js';
export * from './midi.js';
export * from './chords.js';
export {WorkerMusicVAE} from './magenta/worker_client.js';
