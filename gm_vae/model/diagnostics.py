"""Diagnostics: active units of z, and the cost of each token type.

There are two definitions of an active unit of z, and free bits make them differ: KL below the floor
is free, so a unit may keep a KL that does not depend on the measure. By the variance of mu (Burda
et al. 2016) a unit is active if its mean depends on the measure; this is the default here.
Whether the decoder uses z is a different question, which `Evaluation.latent_bits` answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from keras import ops

from gm_vae.model.vae import Scores
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.vocabulary import EventType, vocabulary

ACTIVE_VARIANCE = 0.01  # of mu over measures, in prior variances
ACTIVE_NATS = 0.01  # mean KL of a unit

# in their order within a track, with names short enough for a line
SHORT_NAMES = {
    EventType.PROGRAM: "prog",
    EventType.NOTE_ON: "on",
    EventType.NOTE_OFF: "off",
    EventType.TIME_SHIFT: "shift",
    EventType.VELOCITY: "vel",
    EventType.END: "end",
}


def type_name(kind: EventType) -> str:
    """The key of a token type in figures: "note_on"."""
    return kind.name.lower()


def diagnostic_sums(scores: Scores, fmt: MeasureFormat) -> tuple[Any, Any]:
    """Sums over a batch, which add up over replicas and batches.

    Returns:
        tokens: float32 [3, K], nats, hits (the most likely token was the true one) and number of
            tokens of each `EventType`.
        latents: float32 [3, Z], mu and its square over the measures, and their number.
    """
    logits = scores.logits
    kinds = ops.take(vocabulary(fmt).kinds.astype(np.int32), logits.targets, axis=0)
    chosen = ops.take_along_axis(logits.logits, logits.targets[:, None], axis=-1)[:, 0]
    hits = ops.cast(chosen >= ops.max(logits.logits, -1), "float32") * logits.weights
    columns = ops.stack([logits.weights * scores.token_nats, hits, logits.weights])  # [3, P]
    of_kind = ops.one_hot(kinds, len(EventType), dtype="float32")  # [P, K]
    mu = ops.cast(scores.mu, "float32")
    latents = [ops.sum(values, 0) for values in (mu, ops.square(mu), ops.ones_like(mu))]
    return ops.matmul(columns, of_kind), ops.stack(latents)


def diagnostic_figures(tokens: Any, latents: Any) -> dict[str, Any]:
    """Scalars of a batch from its `diagnostic_sums`.

    Returns:
        "accuracy" of tokens, "active_units" by the variance of mu over the batch, and
        "nats_note_on" and so on, reconstruction loss per token of each type (0 where there is
        none).
    """
    nats, hits, count = (tokens[row] for row in range(3))
    by_type = ops.divide_no_nan(nats, count)
    mean, square, _ = (latents[row] / latents[2] for row in range(3))
    active = ops.cast(square - mean * mean > ACTIVE_VARIANCE, "float32")
    return {
        "accuracy": ops.sum(hits) / ops.sum(count),
        "active_units": ops.sum(active),
        **{f"nats_{type_name(kind)}": by_type[kind] for kind in SHORT_NAMES},
    }


def diagnostic_line(figures: Mapping[str, Any]) -> str:
    """`diagnostic_figures` as a short text for the progress line."""
    nats = " ".join(
        f"{short} {figures[f'nats_{type_name(kind)}']:.1f}" for kind, short in SHORT_NAMES.items()
    )
    return (
        f"accuracy {figures['accuracy']:.3f}, {figures['active_units']:.0f} active units, "
        f"nats {nats}"
    )
