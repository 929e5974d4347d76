"""Graph models for TensorFlow.js, for pages without magenta.js: encode, init, a step of decoding.

    encode(tokens [B, T, E], lengths [B, T], chords [B, C]) -> mu, sigma [B, Z]
    init(z [B, Z]) -> gates [N, 4H], h0, c0, h1, c1, ... [N, H] with N = B * T tracks
    decode_step(gates, previous [N], chord [N], h0, c0, ...) -> logits [N, V], next_h0, next_c0, ...

Integers are int32, numbers float32; chords are ids, evenly spaced over the measure in `encode`. A
model without chords does not have `chord`. `previous` is -1 before a track's first token. Each is a
folder with a model.json for `tf.loadGraphModel`; together they contain each weight once.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf
from keras import ops

from gm_vae.backends import network_of
from gm_vae.backends.tensorflow.kernels import StaticKernels
from gm_vae.checkpoints.checkpoint import Checkpoint
from gm_vae.checkpoints.model_card import write_about
from gm_vae.checkpoints.tensors import SHARD_BYTES, write_json
from gm_vae.export.graph_model import write_graph_model
from gm_vae.export.vocabulary_file import VOCABULARY, vocabulary_values
from gm_vae.files import output_folder
from gm_vae.model.encoder import Encoder
from gm_vae.model.kernels import State
from gm_vae.model.lstm import LSTMCell, split_initial_state, step_stack
from gm_vae.model.vae import HierarchicalVAE
from gm_vae.music.event_chords import event_chords


def export_tfjs(
    checkpoint: Checkpoint,
    output: str | os.PathLike[str],
    quantization: str = "none",
    shard_bytes: int = SHARD_BYTES,
    force: bool = False,
) -> None:
    """Write `output`/encode, /init and /decode_step, completely or not at all.

    Raises:
        UsageError: `output` is taken, or the quantization is unknown.
        UserError: the path cannot be written, or a weight is too large for float16.
    """
    with output_folder(output, force) as temporary:
        for name, function in concrete_functions(
            network_of(checkpoint.config, checkpoint.weights)
        ).items():
            write_graph_model(temporary / name, function, quantization, shard_bytes)
        write_json(temporary / VOCABULARY, vocabulary_values(checkpoint.config.fmt))
        write_about(temporary, checkpoint, "tfjs", quantization)


def concrete_functions(
    network: HierarchicalVAE,
) -> dict[str, tf.types.experimental.ConcreteFunction]:
    """The three functions by name, with the weights as constants."""
    fmt, units = network.config.fmt, network.config.decoder_units
    measure = [None, fmt.max_tracks, fmt.max_track_length]

    def ids(shape: list, name: str) -> tf.TensorSpec:
        return tf.TensorSpec(shape, tf.int32, name)

    def numbers(width: int, name: str) -> tf.TensorSpec:
        return tf.TensorSpec([None, width], tf.float32, name)

    measures = [ids(measure, "tokens"), ids(measure[:2], "lengths"), ids([None, None], "chords")]
    inputs = [numbers(4 * units[0], "gates"), ids([None], "previous"), ids([None], "chord")]
    states = [numbers(size, f"{kind}{layer}") for layer, size in enumerate(units) for kind in "hc"]
    if not network.config.chords:
        measures, inputs = measures[:2], inputs[:2]
    return {
        "encode": _trace(network, _encode, measures),
        "init": _trace(network, _init, [numbers(network.config.latent_size, "z")]),
        "decode_step": _trace(network, _decode_step, [*inputs, *states]),
    }


def _trace(
    network: HierarchicalVAE,
    function: Callable[..., dict[str, Any]],
    signature: list[tf.TensorSpec],
) -> tf.types.experimental.ConcreteFunction:
    """`function` of the network and these tensors, with the weights as constants."""
    values = [(variable, variable.numpy()) for variable in network.variables]

    def traced(*tensors: Any) -> dict[str, Any]:
        constants = [(variable, tf.constant(value)) for variable, value in values]
        with keras.StatelessScope(state_mapping=constants):
            return function(network, **dict(zip((spec.name for spec in signature), tensors)))

    return tf.function(traced, signature, autograph=False).get_concrete_function()


_KERNELS = StaticKernels()

# TensorFlow.js does not support the tensor lists that the network's own loops use. So the one loop
# here carries only states, and the steps over tracks are unrolled.


def _encode(
    network: HierarchicalVAE, tokens: Any, lengths: Any, chords: Any = None
) -> dict[str, Any]:
    encoder, fmt = network.encoder, network.config.fmt
    if chords is not None:
        chords = event_chords(tokens, lengths, chords, fmt, ops)
    embeddings = _read_tracks(encoder, tokens, lengths, chords)
    tracks = tf.reshape(embeddings, [-1, fmt.max_tracks, embeddings.shape[-1]])  # [B, T, 2H]
    order = list(range(fmt.max_tracks))
    measure = tf.concat(
        [
            _read_measure(encoder.measure_forward, tracks, order),
            _read_measure(encoder.measure_backward, tracks, order[::-1]),
        ],
        -1,
    )
    return {"mu": encoder.mu(measure), "sigma": tf.math.softplus(encoder.sigma(measure))}


def _read_tracks(encoder: Encoder, tokens: Any, lengths: Any, chords: Any) -> Any:
    """[N, 2H]: the final states of both directions over each track, in a loop over steps."""
    width = tokens.shape[-1]
    lengths = tf.reshape(lengths, [-1])  # [B, T] -> [N]
    begin = width * tf.range(tf.shape(lengths)[0])
    flat = [(tf.reshape(tokens, [-1]), 0)]  # ids, and the first kernel row that they select from
    if chords is not None:
        flat.append((tf.reshape(chords, [-1]), encoder.vocabulary_size))
    cells = encoder.track_forward, encoder.track_backward
    kernels = [
        (cell.kernel[: cell.input_size], cell.bias + 0.0, cell.state_kernel(_KERNELS))
        for cell in cells
    ]

    def step(t: Any, *states: State) -> tuple[Any, ...]:
        going = tf.expand_dims(tf.cast(t < lengths, tf.float32), 1)
        positions = tf.minimum(t, lengths - 1), tf.maximum(lengths - 1 - t, 0)
        new_states = []
        for (inputs, bias, kernel), position, state in zip(kernels, positions, states):
            rows = [
                tf.gather(inputs, first + tf.gather(ids, begin + position)) for ids, first in flat
            ]
            new = _KERNELS.lstm_step(tf.add_n([*rows]) + bias, kernel, state)
            # finished rows keep their state; `where` would be much slower in a browser
            new_states.append(tuple(going * x + (1 - going) * y for x, y in zip(new, state)))
        return t + 1, *new_states

    zeros = tf.zeros([tf.shape(lengths)[0], cells[0].units])
    longest = tf.reduce_max(lengths)
    start = 0, (zeros, zeros), (zeros, zeros)
    _, forward, backward = tf.while_loop(lambda t, *_: t < longest, step, start)
    return tf.concat([forward[0], backward[0]], -1)


def _read_measure(cell: LSTMCell, tracks: Any, order: list[int]) -> Any:
    """Final h [B, H] after reading the tracks [B, T, 2H] in this order."""
    zeros = tf.zeros([tf.shape(tracks)[0], cell.units])
    state = (zeros, zeros)
    for track in order:
        gates = cell.input_gates(tracks[:, track], _KERNELS)
        state = cell.step(gates, state, _KERNELS)
    return state[0]


def _init(network: HierarchicalVAE, z: Any) -> dict[str, Any]:
    conductor, decoder = network.conductor, network.track_decoder
    states = split_initial_state(conductor.initial_state(z), network.config.decoder_units)
    gates = tf.zeros([tf.shape(z)[0], 1]) + conductor.cells[0].bias
    embeddings = []
    for _ in range(network.config.fmt.max_tracks):
        embedding, states = step_stack(conductor.cells, gates, states, _KERNELS)
        embeddings.append(embedding)
    # [B, D] each -> [N, D]
    embeddings = tf.reshape(tf.stack(embeddings, 1), [-1, decoder.embedding_size])
    gates, states = decoder.start(embeddings, _KERNELS)
    return {"gates": gates, **_named(states, "")}


def _decode_step(
    network: HierarchicalVAE, gates: Any, previous: Any, chord: Any = None, **states: Any
) -> dict[str, Any]:
    decoder = network.track_decoder
    pairs = [(states[f"h{layer}"], states[f"c{layer}"]) for layer in range(len(states) // 2)]
    table = decoder.input_table(_KERNELS)
    gates = decoder.gates(gates, table, previous, chord, _KERNELS)
    logits, pairs = decoder.step(gates, pairs, _KERNELS)
    return {"logits": logits, **_named(pairs, "next_")}


def _named(states: list[State], prefix: str) -> dict[str, Any]:
    return {
        f"{prefix}{kind}{layer}": value
        for layer, state in enumerate(states)
        for kind, value in zip("hc", state)
    }
