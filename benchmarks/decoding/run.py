"""Share of decoded tracks that are well formed, and decoding times.

`tests/support/well_formed.py`, which shares no code with the grammar, counts malformed tracks: at
several temperatures, from random weights and from a model, under the grammar and, for a tenth as
many measures, from the raw network (each track up to its first end). Times are for calls of a
loaded model, also in the published order, which the original and magenta.js follow, and for `gm-vae
generate` as a process.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import subprocess
import sys
import tempfile
from collections.abc import Iterator

import numpy as np
from well_formed import assert_well_formed

import gm_vae
from benchmarks.results import Figure, figure
from benchmarks.timing import Times, interleaved
from gm_vae.backends.numpy.network import NumpyVAE
from gm_vae.generate import operations
from gm_vae.generate.gmvae import GMVAE
from gm_vae.model.config import PRESETS, ModelConfig
from gm_vae.model.published import NetworkSizes
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.vocabulary import vocabulary
from gm_vae.progress import Progress

TEMPERATURES = (0.01, 0.1, 0.5, 1.0, 2.0)
CHORDS = "C G Bb F Ab Eb D G".split()  # noqa: SIM905
TRIADS = ("C", "F#m", "Bb+", "Edim", "N.C.", "C|G", "Am|F|Dm|G")
PUBLISHED_REPEATS = 3  # they are slow
TOGETHER, IN_SEQUENCE = "all tracks together", "published order"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", default="small", help="a trained one")
    parser.add_argument("--measures", type=int, default=20000, help="looked at for their form")
    parser.add_argument("--repeats", type=int, default=7, help="of each call that is timed")


def figures(args: argparse.Namespace) -> Iterator[Figure]:
    model = gm_vae.load(args.model)
    if args.measures:
        yield from form(args.model, model, args.measures)
    yield from speed({args.model: model, "med, random": random_model(PRESETS["med"], 1)}, args)
    yield from latency(args.model, model, args.repeats)


def form(name: str, model: GMVAE, measures: int) -> Iterator[Figure]:
    """Shares of malformed tracks."""
    little = ModelConfig(16, (32, 32), 16)  # for random weights, a few measures suffice
    models = {
        "random": random_model(little, 1),
        "random, ten times larger": random_model(little, 10),
        name: model,
    }
    each = measures // len(TEMPERATURES)
    for (weights, network), grammar in itertools.product(models.items(), (True, False)):
        of = {"weights": weights, "decoding": "with the grammar" if grammar else "without"}
        count = each if grammar else each // 10
        yield figure(of, "tracks at each temperature", count * network.format.max_tracks)
        for temperature in TEMPERATURES:
            share = malformed_percent(network, count, temperature, grammar)
            yield figure(of, f"malformed at {temperature:g}", share, "%", "less")


def malformed_percent(model: GMVAE, measures: int, temperature: float, grammar: bool) -> float:
    """Share of the tracks of a number of measures that break a rule."""
    fmt, broken, tracks = model.format, 0, 0
    with Progress(measures, "measure") as progress:
        for start in range(0, measures, 500):
            count = min(500, measures - start)
            z = model.sample_points(count, start)
            symbols = [TRIADS[index % len(TRIADS)] for index in range(count)]
            tokens = model.decode_tokens(z, symbols, temperature, grammar, seed=start)
            for track in tokens.reshape(-1, fmt.max_track_length):
                broken += not well_formed(track, fmt)
            tracks += tokens.shape[0] * tokens.shape[1]
            progress.update(count)
    return 100 * broken / max(tracks, 1)


def well_formed(track: np.ndarray, fmt: MeasureFormat) -> bool:
    """Whether the tokens up to the first end, which must be there, obey the rules."""
    ends = np.flatnonzero(track == vocabulary(fmt).end)
    if not len(ends):
        return False
    try:
        assert_well_formed(track[: ends[0] + 1].tolist(), fmt)
    except (AssertionError, KeyError, ValueError):  # KeyError: a note-off without its note-on
        return False
    return True


def speed(models: dict[str, GMVAE], args: argparse.Namespace) -> Iterator[Figure]:
    """Calls with batches of several sizes: all sizes for the first model, one for the second."""
    (name, model), (other_name, other) = models.items()
    cases = [(name, model, batch) for batch in (1, 8, 64, 512)] + [(other_name, other, 64)]
    work = {
        (case, batch): functools.partial(
            network.decode, network.sample_points(batch, 0), "C", seed=0
        )
        for case, network, batch in cases
    }
    times = interleaved(work, args.repeats)
    for (case, batch), call in work.items():
        tokens = np.mean([measure.lengths.sum() for measure in call()])
        of = {"model": case, "batch": batch, "decoding": TOGETHER}
        yield from _speed(of, batch, times[case, batch])
        yield figure(of, "tokens per measure", float(tokens))
    z = model.sample_points(8, 0)
    times = interleaved({"": lambda: model.decode_tokens(z, "C", seed=0)}, PUBLISHED_REPEATS)
    yield from _speed({"model": name, "batch": 8, "decoding": IN_SEQUENCE}, 8, times[""])


def _speed(of: dict[str, object], batch: int, times: Times) -> Iterator[Figure]:
    yield figure(of, "speed", [batch / wall for wall in times.wall], "measures/s", "more")
    yield figure(of, "CPU per measure", [1e3 * cpu / batch for cpu in times.cpu], "ms", "less")


def latency(name: str, model: GMVAE, repeats: int) -> Iterator[Figure]:
    """Eight chords of one point, in a loaded model and by the command."""
    point = model.sample_points(1, 1)[0]
    with tempfile.TemporaryDirectory() as scratch:

        def command(output: str) -> None:
            words = ["generate", f"--model={name}", f"--chords={' '.join(CHORDS)}", "--seed=1"]
            words += ["--force", f"--output={scratch}/{output}"]
            subprocess.run(
                [sys.executable, "-m", "gm_vae", *words], check=True, capture_output=True
            )

        work = {
            "a loaded model": lambda: operations.progression(model, point, CHORDS, seed=1),
            "gm-vae generate to .json": lambda: command("song.json"),
            "gm-vae generate to .mid and a picture": lambda: command("song.mid"),
        }
        for case, times in interleaved(work, repeats).items():
            of = {"eight chords of one point": case}
            yield figure(of, "wall", times.wall, "s", "less")
            yield figure(of, "CPU", times.cpu, "s", "less")


def random_model(config: ModelConfig, scale: float, seed: int = 0) -> GMVAE:
    """A model with normal weights, of deviation `scale` / sqrt(inputs)."""
    sizes = NetworkSizes.of(config)
    rng = np.random.default_rng(seed)
    weights = {
        name: rng.normal(0, scale / np.sqrt(shape[0]), shape).astype(np.float32)
        for name, shape in sizes.shapes().items()
    }
    return GMVAE(NumpyVAE(config, weights))
