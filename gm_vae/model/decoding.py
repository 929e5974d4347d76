"""z -> tokens inside a graph: all tracks of all measures side by side (`numpy_vae` outside)."""

from __future__ import annotations

from typing import Any

from keras import ops

from gm_vae.model.decoder import NO_TOKEN
from gm_vae.model.grammar import Grammar, repeat_penalty_at
from gm_vae.model.sampling import sample_token, uniforms
from gm_vae.model.vae import HierarchicalVAE
from gm_vae.music.chords import NO_CHORD
from gm_vae.music.event_chords import chord_slot


def decode_side_by_side(
    model: HierarchicalVAE,
    z: Any,
    chords: Any,
    temperature: Any,
    seed: Any,
    draws: Any,
    first_inputs: Any = None,
    repeat_penalty: Any = 0.0,
    drum_temperature: Any = None,
) -> tuple[Any, Any]:
    """Well-formed tokens for each z, whatever the weights and the temperature.

    Every track starts from zeros, so tracks do not depend on each other; decoding stops when all
    have ended. `Grammar` constrains the logits.

    Args:
        z: [B, Z].
        chords: int [B, C], evenly spaced chord ids; each event is conditioned on the chord at its
            time.
        temperature: scalar >= 0; 0 is greedy.
        seed: int scalar.
        draws: int32 [B], the random stream of the seed that each measure uses (usually 0, 1, ...).
        first_inputs: int [B, T], the input before each track's first token; zeros if None.
        repeat_penalty: how much less a track repeats its last onset (`repeat_penalty_at`); a
            Python 0 leaves the penalty out of the graph.
        drum_temperature: scalar, of drum tracks; `temperature` if None.

    Returns:
        tokens int32 [B, T, E] (zero after each end) and lengths int32 [B, T].
    """
    fmt = model.config.fmt
    decoder, grammar, kernels = model.track_decoder, Grammar(fmt, ops), model.kernels.inference
    tracks_each, steps = fmt.max_tracks, fmt.max_track_length
    embeddings = model.conductor.embed(z, kernels)
    embeddings = ops.reshape(embeddings, (-1, decoder.embedding_size))  # [B, T, D] -> [N, D]
    rows = ops.shape(embeddings)[0]
    index = ops.arange(rows, dtype="int32")
    draw, track = ops.repeat(draws, tracks_each), index % tracks_each
    row_chords = ops.repeat(ops.cast(chords, "int32"), tracks_each, axis=0)  # [B, C] -> [N, C]
    constant, states = decoder.start(embeddings, kernels)
    table = decoder.input_table(kernels)
    position = ops.arange(steps, dtype="int32")
    plain = isinstance(repeat_penalty, (int, float)) and not repeat_penalty
    penalty = None if plain else repeat_penalty_at(repeat_penalty, temperature, ops)
    if first_inputs is None:
        first_inputs = ops.full((rows,), NO_TOKEN, "int32")
    first_inputs = ops.reshape(ops.cast(first_inputs, "int32"), (-1,))  # [B, T] -> [N]

    def body(t: Any, previous: Any, tokens: Any, lengths: Any, state: Any, lstm: Any) -> Any:
        chord = _chord_now(row_chords, state.step, t, fmt.steps_per_measure)
        gates = decoder.gates(constant, table, previous, chord, kernels)
        logits, lstm = decoder.step(gates, lstm, kernels)
        uniform = uniforms(seed, draw, track, t, ops)
        logits = grammar.constrain(ops.cast(logits, "float32"), state, steps - t)
        if penalty is not None:
            logits = grammar.vary(logits, state, penalty)
        heat = temperature
        if drum_temperature is not None:
            heat = ops.where(state.is_drum, drum_temperature, temperature)
        token = sample_token(logits, heat, uniform, ops)
        going = ops.logical_not(state.done)
        tokens = ops.where((position == t) & going[:, None], token[:, None], tokens)
        lengths = lengths + ops.cast(going, "int32")
        return t + 1, token, tokens, lengths, grammar.advance(state, token), lstm

    start = (
        ops.zeros((), "int32"),
        first_inputs,
        ops.zeros((rows, steps), "int32"),
        ops.zeros((rows,), "int32"),
        grammar.start(rows),
        states,
    )
    _, _, tokens, lengths, _, _ = ops.while_loop(
        lambda t, previous, tokens, lengths, state, lstm: ops.logical_not(ops.all(state.done)),
        body,
        start,
        maximum_iterations=steps,
    )
    return ops.reshape(tokens, (-1, tracks_each, steps)), ops.reshape(lengths, (-1, tracks_each))


def _chord_now(chords: Any, step: Any, t: Any, steps_per_measure: int) -> Any:
    """int32 [N]: the chord at time `step` [N] of [N, C] labels; none for the program (t = 0)."""
    slot = chord_slot(step, ops.shape(chords)[-1], steps_per_measure, ops)
    labels = ops.take_along_axis(chords, slot[:, None], axis=1)[:, 0]
    return ops.where(t > 0, labels, NO_CHORD)
