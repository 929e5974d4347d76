"""How well a model explains measures it was not trained on."""

from __future__ import annotations

import dataclasses
import math
import pathlib
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from gm_vae.data import dataset as dataset_lib
from gm_vae.data.reader import measure_batches
from gm_vae.model.latent import unit_kl
from gm_vae.model.vae import HierarchicalVAE
from gm_vae.music.vocabulary import EventType, vocabulary
from gm_vae.progress import Progress

_ACTIVE_NATS = 0.01  # a latent unit is active if its mean KL is above this


@dataclasses.dataclass(frozen=True)
class Evaluation:
    """Figures of a model on measures; bits and nats are means over measures unless said otherwise.

    Attributes:
        measures: how many were scored.
        bits_per_measure: bound on -log2 p(measure): reconstruction + KL, with one draw of z.
        reconstruction_bits, kl_bits: its two parts.
        nats_per_token: reconstruction a token.
        accuracy: share of tokens that are the likeliest under teacher forcing.
        accuracy_by_type: the same for each `EventType` by its name in lower case.
        active_units: latent units with a mean KL above 0.01 nats.
    """

    measures: int
    bits_per_measure: float
    reconstruction_bits: float
    kl_bits: float
    nats_per_token: float
    accuracy: float
    accuracy_by_type: dict[str, float]
    active_units: int

    def to_dict(self) -> dict[str, Any]:
        """The figures as JSON values."""
        return dataclasses.asdict(self)

    def table(self) -> str:
        """The figures for people."""
        lines = [
            f"measures            {self.measures:,}",
            f"bits a measure      {self.bits_per_measure:.1f}"
            f"  (reconstruction {self.reconstruction_bits:.1f} + KL {self.kl_bits:.1f})",
            f"nats a token        {self.nats_per_token:.3f}",
            f"active units        {self.active_units}",
            f"token accuracy      {self.accuracy:.3f}",
        ]
        lines += [f"  {name:<18}{value:.3f}" for name, value in self.accuracy_by_type.items()]
        return "\n".join(lines)


def evaluate(
    network: HierarchicalVAE,
    dataset_dir: str | pathlib.Path,
    split: str,
    *,
    batch_size: int = 256,
    limit: int | None = None,
    seed: int = 0,
    score: Callable[..., Any] | None = None,
    show_progress: bool = False,
) -> Evaluation:
    """Score the measures of a split.

    Args:
        network: the model.
        dataset_dir: folder of a finished dataset.
        split: "train", "validation" or "test".
        limit: at most so many measures, the first ones of the files; all if None.
        seed: of the draws of z.
        score: `make_score(network)`, if it shall be compiled once for many calls.

    Raises:
        UserError: no such dataset, it has another format than the model, or the split is empty.
    """
    fmt = network.config.fmt
    data = dataset_lib.load(dataset_dir)
    data.fmt.require_equal(fmt, f"the dataset {dataset_dir}", "the model")
    score = score or make_score(network)
    batches = measure_batches(dataset_dir, split, batch_size)
    if limit is not None:
        batches = batches.unbatch().take(limit).batch(batch_size)
    kinds = vocabulary(fmt).kinds
    count = reconstruction = kl = 0.0
    unit_kl = np.zeros(network.config.latent_size)
    right, seen = np.zeros(len(EventType)), np.zeros(len(EventType))
    with Progress(limit or 0, "measure", shown=show_progress) as progress:
        for index, batch in enumerate(batches):
            noise = tf.random.stateless_normal(
                [tf.shape(batch["lengths"])[0], network.config.latent_size], [seed, index]
            )
            part = score(noise=noise, **batch)
            size = len(batch["lengths"])
            count += size
            reconstruction += float(part["reconstruction"])
            kl += float(part["kl"])
            unit_kl += part["unit_kl"].numpy()
            kind = kinds[part["targets"].numpy()]
            weights = part["weights"].numpy()
            right += np.bincount(kind, weights * part["right"].numpy(), len(EventType))
            seen += np.bincount(kind, weights, len(EventType))
            progress.update(size)
    by_type = {kind.name.lower(): right[kind] / seen[kind] for kind in EventType if seen[kind] > 0}
    return Evaluation(
        measures=int(count),
        bits_per_measure=(reconstruction + kl) / count / math.log(2),
        reconstruction_bits=reconstruction / count / math.log(2),
        kl_bits=kl / count / math.log(2),
        nats_per_token=reconstruction / seen.sum(),
        accuracy=right.sum() / seen.sum(),
        accuracy_by_type={name: float(value) for name, value in by_type.items()},
        active_units=int((unit_kl / count > _ACTIVE_NATS).sum()),
    )


def make_score(network: HierarchicalVAE) -> Callable[..., Any]:
    """A compiled function that scores a batch, for `evaluate`."""
    fmt = network.config.fmt
    ids = tf.TensorSpec([None, fmt.max_tracks, fmt.max_track_length], tf.int32)
    lengths = tf.TensorSpec([None, fmt.max_tracks], tf.int32)
    noise = tf.TensorSpec([None, network.config.latent_size], tf.float32)

    @tf.function(autograph=False, input_signature=[ids, lengths, ids, noise])
    def score(
        tokens: tf.Tensor, lengths: tf.Tensor, chords: tf.Tensor, noise: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        scores = network.score(tokens, lengths, chords, noise)
        predicted = tf.argmax(scores.logits.logits, -1, tf.int32)
        return {
            "reconstruction": tf.reduce_sum(scores.reconstruction),
            "kl": tf.reduce_sum(scores.kl),
            "unit_kl": tf.reduce_sum(unit_kl(scores.mu, scores.sigma), 0),
            "targets": scores.logits.targets,
            "weights": scores.logits.weights,
            "right": tf.cast(predicted == scores.logits.targets, tf.float32),
        }

    return score
