"""How well a model explains held-out measures, under teacher forcing."""

from __future__ import annotations

import dataclasses
import math
import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from keras import ops

from gm_vae.data import dataset as dataset_lib
from gm_vae.data.arrays import Batch
from gm_vae.data.reader import measure_batches
from gm_vae.model.diagnostics import (
    ACTIVE_NATS,
    ACTIVE_VARIANCE,
    SHORT_NAMES,
    diagnostic_sums,
    type_name,
)
from gm_vae.model.latent import unit_kl
from gm_vae.model.vae import HierarchicalVAE
from gm_vae.music.vocabulary import EventType
from gm_vae.progress import Progress

_BATCH_SIZE = 256


@dataclasses.dataclass(frozen=True)
class Evaluation:
    """Figures of a model on measures; bits and nats are means over measures unless noted otherwise.

    Types of tokens are keyed by the name of their `EventType` in lower case; a type that does not
    occur is left out.

    Attributes:
        measures: how many were scored.
        bits_per_measure: bound on -log2 p(measure), the negative ELBO: reconstruction + KL, with
            one draw of z.
        reconstruction_bits, kl_bits: the two parts of the bound.
        latent_bits: usage of the latent space: how many more bits a reconstruction costs from the
            point of another measure, the next one of the batch.
        nats_per_token: reconstruction loss per token.
        nats_by_type: the same for each type.
        accuracy: share of tokens that are the most likely under teacher forcing.
        accuracy_by_type: the same for each type.
        tokens_by_type: number of tokens.
        active_units: latent units whose mu has a variance over measures above 0.01.
        active_units_by_kl: latent units with a mean KL above 0.01 nats.
        unit_kl: [Z] mean KL of each unit in nats.
        unit_variance: [Z] variance of mu over the measures.
    """

    measures: int
    bits_per_measure: float
    reconstruction_bits: float
    kl_bits: float
    latent_bits: float
    nats_per_token: float
    nats_by_type: dict[str, float]
    accuracy: float
    accuracy_by_type: dict[str, float]
    tokens_by_type: dict[str, int]
    active_units: int
    active_units_by_kl: int
    unit_kl: tuple[float, ...]
    unit_variance: tuple[float, ...]

    def to_dict(self) -> dict[str, Any]:
        """The figures as JSON values, without the figures of single units."""
        values = dataclasses.asdict(self)
        return {name: value for name, value in values.items() if not name.startswith("unit_")}

    def scalars(self) -> dict[str, float]:
        """The figures for TensorBoard, with names such as "accuracy_by_type/note_on"."""
        figures = {}
        for name, value in self.to_dict().items():
            figures.update(
                {f"{name}/{kind}": number for kind, number in value.items()}
                if isinstance(value, dict)
                else {name: value}
            )
        return figures

    def table(self) -> str:
        """The figures as a readable table."""
        lines = [
            f"measures            {self.measures:,}",
            f"bits per measure    {self.bits_per_measure:.1f}"
            f"  (reconstruction {self.reconstruction_bits:.1f} + KL {self.kl_bits:.1f})",
            f"latent usage        {self.latent_bits:.1f} bits lost with the z of another measure",
            f"active units        {self.active_units} of {len(self.unit_kl)} by the variance of mu "
            f"(> {ACTIVE_VARIANCE}), {self.active_units_by_kl} by KL (> {ACTIVE_NATS} nats)",
            f"{'tokens':<20}accuracy   nats   share",
            f"  {'all':<18}{self.accuracy:8.3f}{self.nats_per_token:7.3f}",
        ]
        total = sum(self.tokens_by_type.values())
        lines += [
            f"  {name.replace('_', ' '):<18}{accuracy:8.3f}{self.nats_by_type[name]:7.3f}"
            f"{100 * self.tokens_by_type[name] / total:6.1f} %"
            for name, accuracy in self.accuracy_by_type.items()
        ]
        return "\n".join(lines)


def evaluate(
    network: HierarchicalVAE,
    dataset_dir: str | os.PathLike[str],
    split: str,
    *,
    batch_size: int = _BATCH_SIZE,
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
        limit: the largest number of measures, the first ones of the files; all if None.
        seed: of the draws of z.
        score: `make_score(network)`, to compile it once for many calls.

    Raises:
        UserError: the dataset does not exist, has another format than the model, or its split is
            empty.
    """
    batches, total = split_batches(network, dataset_dir, split, batch_size, limit)
    score = score or make_score(network)
    with Progress(total, "measure", shown=show_progress) as progress:
        figures = _evaluated(network, batches, score, seed, progress, lambda: False)
    assert figures is not None
    return figures


def evaluate_unless(
    stopped: Callable[[], bool],
    network: HierarchicalVAE,
    dataset_dir: str | os.PathLike[str],
    split: str,
    *,
    limit: int | None,
    score: Callable[..., Any],
) -> Evaluation | None:
    """`evaluate`, or None if `stopped`, which is called before each batch, returned True."""
    batches, total = split_batches(network, dataset_dir, split, _BATCH_SIZE, limit)
    with Progress(total, "measure", shown=False) as progress:
        return _evaluated(network, batches, score, 0, progress, stopped)


def _evaluated(
    network: HierarchicalVAE,
    batches: Iterable[Batch],
    score: Callable[..., Any],
    seed: int,
    progress: Progress,
    stopped: Callable[[], bool],
) -> Evaluation | None:
    """The figures over all batches, None if it was stopped."""
    count = reconstruction = elsewhere = kl = 0.0
    units = tokens = latents = np.zeros(())
    for index, batch in enumerate(batches):
        if stopped():
            return None
        size = len(batch["lengths"])
        rng = np.random.default_rng([seed, index])
        noise = rng.standard_normal((size, network.config.latent_size), np.float32)
        results = score(batch["tokens"], batch["lengths"], batch["chords"], noise)
        sums = {
            name: np.asarray(ops.convert_to_numpy(x), np.float64) for name, x in results.items()
        }
        count += size
        reconstruction += float(sums["reconstruction"])
        elsewhere += float(sums["elsewhere"])
        kl += float(sums["unit_kl"].sum())
        units = units + sums["unit_kl"]
        tokens, latents = tokens + sums["tokens"], latents + sums["latents"]
        progress.update(size, "scored")
    nats, hits, seen = tokens
    mean, square, _ = latents / count
    variance, kls = square - mean * mean, units / count
    present = [kind for kind in SHORT_NAMES if seen[kind] > 0]

    def by_type(values: np.ndarray) -> dict[str, float]:
        return {type_name(kind): float(values[kind]) for kind in present}

    per_token = np.divide(nats, seen, where=seen > 0, out=np.zeros(len(EventType)))
    accuracy = np.divide(hits, seen, where=seen > 0, out=np.zeros(len(EventType)))
    bit = count * math.log(2)
    return Evaluation(
        measures=int(count),
        bits_per_measure=float((reconstruction + kl) / bit),
        reconstruction_bits=float(reconstruction / bit),
        kl_bits=float(kl / bit),
        latent_bits=float((elsewhere - reconstruction) / bit),
        nats_per_token=float(reconstruction / seen.sum()),
        nats_by_type=by_type(per_token),
        accuracy=float(hits.sum() / seen.sum()),
        accuracy_by_type=by_type(accuracy),
        tokens_by_type={type_name(kind): int(seen[kind]) for kind in present},
        active_units=int((variance > ACTIVE_VARIANCE).sum()),
        active_units_by_kl=int((kls > ACTIVE_NATS).sum()),
        unit_kl=tuple(kls.tolist()),
        unit_variance=tuple(variance.tolist()),
    )


def split_batches(
    network: HierarchicalVAE,
    dataset_dir: str | os.PathLike[str],
    split: str,
    batch_size: int,
    limit: int | None,
) -> tuple[Iterable[Batch], int]:
    """The first `limit` measures of a split, all if None, in batches; and their number.

    Raises:
        UserError: the dataset does not exist, has another format than the model, or its split is
            empty.
    """
    data = dataset_lib.load(dataset_dir)
    data.fmt.require_equal(network.config.fmt, f"the dataset {dataset_dir}", "the model")
    count = data.split(split).measures
    batches: Iterable[Batch] = measure_batches(dataset_dir, split, batch_size)
    if limit is not None and limit < count:
        batches, count = _first(batches, limit), limit
    return batches, count


def _first(batches: Iterable[Batch], limit: int) -> Iterator[Batch]:
    """The first `limit` measures."""
    for batch in batches:
        batch = {name: values[:limit] for name, values in batch.items()}
        yield batch
        limit -= len(batch["lengths"])
        if limit <= 0:
            return


def make_score(network: HierarchicalVAE) -> Callable[..., dict[str, Any]]:
    """A compiled function that scores a batch, for `evaluate`: sums over its measures.

    Returns:
        A function of tokens, lengths, chords and noise as in `HierarchicalVAE.score` to
        "reconstruction" and "elsewhere" (from the point of the next measure) in nats, "unit_kl"
        [Z], "tokens" and "latents" of `diagnostic_sums`.
    """
    fmt = network.config.fmt

    def score(tokens: Any, lengths: Any, chords: Any, noise: Any) -> dict[str, Any]:
        scores = network.score(tokens, lengths, chords, noise)
        others = ops.roll(scores.mu + scores.sigma * noise, 1, 0)
        token_sums, latent_sums = diagnostic_sums(scores, fmt)
        return {
            "reconstruction": ops.sum(scores.reconstruction),
            "elsewhere": ops.sum(network.reconstruction(others, tokens, lengths, chords)),
            "unit_kl": ops.sum(unit_kl(scores.mu, scores.sigma), 0),
            "tokens": token_sums,
            "latents": latent_sums,
        }

    ids = ([None, fmt.max_tracks, fmt.max_track_length], "int32")
    lengths = ([None, fmt.max_tracks], "int32")
    noise = ([None, network.config.latent_size], "float32")
    return network.kernels.jit(network, score, [ids, lengths, ids, noise])
