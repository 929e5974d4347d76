/** The names under which checkpoints keep the weights (`gm_vae.model.published`). */

export const MU = 'encoder/mu';
export const CONDUCTOR_STATE = 'decoder/hierarchical_level_0/initial_state';
export const DECODER_STATE = 'core_decoder/decoder/z_to_initial_state';
export const OUTPUT = 'core_decoder/decoder/output_projection';

export const conductorCell = (layer) => `decoder/hierarchical_level_0/cell_${layer}/lstm_cell`;

export const decoderCell = (layer) =>
  `core_decoder/decoder/multi_rnn_cell/cell_${layer}/lstm_cell`;

/** @param {0|1} level @param {'fw'|'bw'} direction */
export const encoderCell = (level, direction) =>
  `encoder/hierarchical_level_${level}/cell_0/bidirectional_rnn/${direction}` +
  '/multi_rnn_cell/cell_0/lstm_cell';

/** {kernel, bias} of each named layer. */
export async function loadLayers(tensors, names) {
  const arrays = await tensors.load(names.flatMap((name) => [`${name}/kernel`, `${name}/bias`]));
  return names.map((_, i) => ({kernel: arrays[2 * i], bias: arrays[2 * i + 1]}));
}
