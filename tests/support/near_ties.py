"""Tokens of two computations compared: equal, but for choices that rounding decides.

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
from gm_vae.model.grammar import Grammar
from gm_vae.model.sampling import uniforms
from gm_vae.music.chords import NO_CHORD
from gm_vae.music.vocabulary import vocabulary


def assert_same_choices(
    found: np.ndarray,
    expected: np.ndarray,
    config: ModelConfig,
    weights: Mapping[str, np.ndarray],
    z: np.ndarray,
    chords: np.ndarray,
    temperature: float,
    seed: int,
    draws: np.ndarray,
    first_inputs: np.ndarray | None = None,
) -> None:
    """Fails if tokens [B, T, E] differ, unless each track's first difference is at a near tie.

    Both sides are what `NumpyVAE.decode` gives for the other arguments. What a near tie is follows
    from `NumpyReference` in float64. At most one track in fifty may differ, and one in any case.
    """
    found, expected = np.asarray(found), np.asarray(expected)
    assert found.shape == expected.shape
    differs = found != expected  # [B, T, E]
    measures, tracks = np.nonzero(differs.any(-1))
    if not len(measures):
        return
    assert len(measures) <= max(1, differs[..., 0].size // 50), f"{len(measures)} tracks differ"
    chosen = np.unique(measures)
    fed = None if first_inputs is None else np.asarray(first_inputs)[chosen]
    distance = choice_distances(
        expected[chosen], config, weights, z[chosen], np.asarray(chords)[chosen], temperature, seed,
        np.asarray(draws)[chosen], fed,
    )  # fmt: skip
    for measure, track in zip(measures, tracks):
        place = differs[measure, track].argmax()
        here = distance[np.searchsorted(chosen, measure), track, place]
        assert here <= 1, (
            f"token {place} of track {track} of measure {measure} is "
            f"{found[measure, track, place]} for {expected[measure, track, place]}, and {here:.1f} "
            "times the error of rounding lie between them"
        )


def choice_distances(
    tokens: np.ndarray,
    config: ModelConfig,
    weights: Mapping[str, np.ndarray],
    z: np.ndarray,
    chords: np.ndarray,
    temperature: float,
    seed: int,
    draws: np.ndarray,
    first_inputs: np.ndarray | None = None,
) -> np.ndarray:
    """float64 [B, T, E]: how far each choice was from another token, as a share of rounding errors.

    Logits that each move by d change the share of the tokens up to any one by at most
    d / (2 temperature), and a lead by 2 d. Sums of V float32 shares may be off by V `UNIT`.
    """
    fmt, vocab, grammar = config.fmt, vocabulary(config.fmt), Grammar(config.fmt)
    batch, tracks, steps = tokens.shape
    rows = tokens.reshape(-1, steps)  # [N, E]
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
    logits = NumpyReference(weights).logits(
        z, tokens, np.full((batch, tracks), steps), heard, first_inputs
    )  # [B, T, E, V]
    error = (NETWORK + 4 * PERTURB_ULPS) * UNIT * np.abs(logits).max()
    logits = logits.reshape(-1, steps, vocab.size)
    distances = np.empty(rows.shape)
    track = np.arange(len(rows)) % tracks
    for t, state in enumerate(states):
        here = grammar.constrain(logits[:, t], state, steps - t)
        if temperature == 0:
            best = np.sort(here, 1)
            distances[:, t] = (best[:, -1] - best[:, -2]) / (2 * error)
            continue
        ends = np.exp((here - here.max(1, keepdims=True)) / temperature).cumsum(1)
        ends /= ends[:, -1:]
        uniform = np.asarray(uniforms(seed, np.repeat(draws, tracks), track, t), np.float64)
        nearest = np.abs(ends[:, :-1] - uniform[:, None]).min(1)
        distances[:, t] = nearest / (error / (2 * temperature) + vocab.size * UNIT)
    return distances.reshape(tokens.shape)
