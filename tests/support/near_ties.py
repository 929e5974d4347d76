"""Compares tokens of two computations: equal, except for choices that rounding decides.

A token is the likeliest one, or the one in whose share of the whole a random number falls. Where
two tokens are as good as equal, or the number falls on the border of two shares, a rounding
decides, and all later tokens of that track follow from it. Ten thousand choices have some such.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from closeness import NETWORK, PERTURB_ULPS, UNIT
from numpy_reference import NumpyReference

from gm_vae.model.config import ModelConfig
from gm_vae.model.grammar import Grammar, repeat_penalty_at
from gm_vae.model.sampling import uniforms
from gm_vae.music.chords import NO_CHORD
from gm_vae.music.vocabulary import vocabulary


def assert_same_choices(
    actual: np.ndarray,
    expected: np.ndarray,
    config: ModelConfig,
    weights: Mapping[str, np.ndarray],
    z: np.ndarray,
    chords: np.ndarray,
    temperature: float,
    seed: int,
    draws: np.ndarray,
    first_inputs: np.ndarray | None = None,
    repeat_penalty: float = 0.0,
    drum_temperature: float | None = None,
) -> None:
    """Fails if tokens [B, T, E] differ, unless rounding may give each track's first difference.

    Both sides are what `NumpyVAE.decode` gives for the other arguments. What rounding may give
    follows from `NumpyReference` in float64. One track in fifty may differ, or one in any case.
    """
    actual, expected = np.asarray(actual), np.asarray(expected)
    assert actual.shape == expected.shape
    differs = actual != expected  # [B, T, E]
    measures, tracks = np.nonzero(differs.any(-1))
    if not len(measures):
        return
    assert len(measures) <= max(1, differs[..., 0].size // 50), f"{len(measures)} tracks differ"
    some = np.unique(measures)
    fed = None if first_inputs is None else np.asarray(first_inputs)[some]
    distances = choice_distances(
        actual[some], expected[some], config, weights, z[some], np.asarray(chords)[some],
        temperature, seed, np.asarray(draws)[some], fed, repeat_penalty, drum_temperature,
    )  # fmt: skip
    for measure, track in zip(measures, tracks):
        step = differs[measure, track].argmax()
        distance = distances[np.searchsorted(some, measure), track, step]
        assert distance <= 1, (
            f"token {step} of track {track} of measure {measure} is "
            f"{actual[measure, track, step]} for {expected[measure, track, step]}, which is "
            f"{distance:.1f} times as far away as rounding reaches"
        )


def assert_same_greedy(
    actual: np.ndarray,
    expected: np.ndarray,
    reference: NumpyReference,
    z: np.ndarray,
    chords: np.ndarray | None,
) -> None:
    """As `assert_same_choices` for the published procedure by argmax: track after track, unmasked.

    Both sides [B, T, E] are what `reference` gives by `decode_greedy` for z and chords.
    """
    actual, expected = np.asarray(actual), np.asarray(expected)
    assert actual.shape == expected.shape
    batch, tracks, _ = actual.shape
    differs = (actual != expected).reshape(batch, -1)  # [B, T * E], in the order of decoding
    (measures,) = np.nonzero(differs.any(1))
    if not len(measures):
        return
    heard = None if chords is None else np.broadcast_to(chords, actual.shape)
    full = np.full((batch, tracks), actual.shape[2])
    logits = reference.logits(z, expected, full, heard).reshape(*differs.shape, -1)
    for measure in measures:
        position = differs[measure].argmax()
        scores, token = logits[measure, position], actual.reshape(batch, -1)[measure, position]
        lead = scores.max() - scores[token]
        assert lead <= 2 * _error(logits), f"{token} in measure {measure}: another leads by {lead}"


def choice_distances(
    chosen: np.ndarray,
    tokens: np.ndarray,
    config: ModelConfig,
    weights: Mapping[str, np.ndarray],
    z: np.ndarray,
    chords: np.ndarray,
    temperature: float,
    seed: int,
    draws: np.ndarray,
    first_inputs: np.ndarray | None = None,
    repeat_penalty: float = 0.0,
    drum_temperature: float | None = None,
) -> np.ndarray:
    """float64 [B, T, E]: the margin by which each of `chosen` lost, given the previous `tokens`.

    Up to 1 rounding may reach. Logits that each move by d change a lead by at most 2 d, and the
    share of the tokens up to any one by d / (2 temperature). Sums of V float32 shares may be off by
    V `UNIT`.
    """
    fmt, vocab, grammar = config.fmt, vocabulary(config.fmt), Grammar(config.fmt)
    batch, tracks, steps = tokens.shape
    chosen, rows = chosen.reshape(-1, steps), tokens.reshape(-1, steps)  # [B, T, E] -> [N, E]
    state, states = grammar.start(len(rows)), []
    for t in range(steps):
        states.append(state)
        state = grammar.advance(state, rows[:, t])
    now = np.stack([state.step for state in states], 1).reshape(tokens.shape)
    slots = chords.shape[1]
    slot = np.minimum(now * slots // fmt.steps_per_measure, slots - 1)  # [B, T, E]
    heard = np.take_along_axis(np.broadcast_to(chords[:, None], (batch, tracks, slots)), slot, 2)
    heard[:, :, 0] = NO_CHORD  # with the program
    if first_inputs is None:
        first_inputs = np.full((batch, tracks), -1)
    full = np.full((batch, tracks), steps)
    logits = NumpyReference(weights).logits(z, tokens, full, heard, first_inputs)
    error = _error(logits)
    logits = logits.reshape(-1, steps, vocab.size)  # [B, T, E, V] -> [N, E, V]
    distances = np.empty(rows.shape)
    penalty = float(repeat_penalty_at(repeat_penalty, temperature))
    if penalty:
        error *= 3  # a note-on and two sums of them
    track = np.arange(len(rows)) % tracks
    for t, state in enumerate(states):
        constrained = grammar.constrain(logits[:, t], state, steps - t)
        if penalty:
            constrained = grammar.vary(constrained, state, penalty)
        token = chosen[:, t, None]
        mine = np.take_along_axis(constrained, token, 1)[:, 0]
        best = constrained.max(1)
        drums = temperature if drum_temperature is None else drum_temperature
        heat = np.where(state.is_drum, drums, temperature)
        greedy = (best - mine) / (2 * error)
        heat_or_one = np.where(heat > 0, heat, 1.0)
        shares = np.exp((constrained - best[:, None]) / heat_or_one[:, None])
        shares /= shares.sum(1, keepdims=True)
        end = np.take_along_axis(shares.cumsum(1), token, 1)[:, 0]
        start = end - np.take_along_axis(shares, token, 1)[:, 0]
        uniform = np.asarray(uniforms(seed, np.repeat(draws, tracks), track, t), np.float64)
        outside = np.maximum(start - uniform, uniform - end).clip(0)
        outside[np.isinf(mine)] = np.inf  # it cannot come
        drawn = outside / (error / (2 * heat_or_one) + vocab.size * UNIT)
        distances[:, t] = np.where(heat > 0, drawn, greedy)
    return distances.reshape(tokens.shape)


def _error(logits: np.ndarray) -> float:
    """The largest effect of rounding on a logit."""
    return (NETWORK + 4 * PERTURB_ULPS) * UNIT * np.abs(logits).max()
