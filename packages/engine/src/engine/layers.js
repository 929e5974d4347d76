/** Names of layers in checkpoints (`gm_vae.model.published`). */

/** @import {TensorFolder} from './tensors.js' */

/**
 * A dense layer, or the two products of an LSTM cell.
 * @typedef {{kernel: Float32Array, bias: Float32Array}} Layer
 */

export const MU = 'encoder/mu';
export const CONDUCTOR_STATE = 'decoder/hierarchical_level_0/initial_state';
export const DECODER_STATE = 'core_decoder/decoder/z_to_initial_state';
export const OUTPUT = 'core_decoder/decoder/output_projection';

/** @param {number} layer */
export const conductorCell = (layer) => `decoder/hierarchical_level_0/cell_${layer}/lstm_cell`;

/** @param {number} layer */
export const decoderCell = (layer) =>
  `core_decoder/decoder/multi_rnn_cell/cell_${layer}/lstm_cell`;

/** @param {number} level 0 or 1 @param {string} direction fw or bw */
export const encoderCell = (level, direction) =>
  `encoder/hierarchical_level_${level}/cell_0/bidirectional_rnn/${direction}` +
  '/multi_rnn_cell/cell_0/lstm_cell';

/** @param {TensorFolder} tensors @param {string[]} names @returns {Promise<Layer[]>} */
export async function loadLayers(tensors, names) {
  const arrays = await tensors.load(names.flatMap((name) => [`${name}/kernel`, `${name}/bias`]));
  return names.map((_, i) => ({kernel: arrays[2 * i], bias: arrays[2 * i + 1]}));
}
