"""Decoding: is every track well formed, and how fast is it?

    python benchmarks/decoding.py [--model=run] [--measures=20000]

`tests/support/well_formed.py`, which shares no code with the grammar, counts malformed tracks: at
temperatures from 0.01 to 2, from random weights and from those of a trained model, under the
grammar and, for a tenth as many measures, from the raw network (each track up to its first end).
Then measures a second at several batch sizes, the time of eight chords in a loaded model, and that
of `gm-vae generate` as a process. Where other work runs beside, CPU time says more than wall time.
"""

import argparse
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests/support"))

import numpy as np
from well_formed import assert_well_formed

import gm_vae
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


def random_model(config: ModelConfig, scale: float, seed: int = 0) -> GMVAE:
    """A model with normal weights, of deviation `scale` / sqrt(inputs)."""
    sizes = NetworkSizes.of(config)
    rng = np.random.default_rng(seed)
    weights = {
        name: rng.normal(0, scale / np.sqrt(shape[0]), shape).astype(np.float32)
        for name, shape in sizes.shapes().items()
    }
    return GMVAE(NumpyVAE(config, weights))


def malformed(model: GMVAE, measures: int, temperature: float, constrained: bool) -> str:
    """How many tracks of so many measures break a rule."""
    fmt, broken, tracks = model.format, 0, 0
    with Progress(measures, "measure") as progress:
        for start in range(0, measures, 500):
            count = min(500, measures - start)
            z = model.sample_points(count, start)
            symbols = [TRIADS[index % len(TRIADS)] for index in range(count)]
            tokens = model.decode_tokens(z, symbols, temperature, constrained, seed=start)
            for track in tokens.reshape(-1, fmt.max_track_length):
                broken += not well_formed(track, fmt)
            tracks += tokens.shape[0] * tokens.shape[1]
            progress.update(count)
    return f"{broken:,} of {tracks:,} tracks malformed"


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


def speed(name: str, model: GMVAE, batch: int, repeats: int) -> None:
    """Median time of a call."""
    z = model.sample_points(batch, 0)
    model.decode(z, "C", seed=0)
    walls, cpus = [], []
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        found = model.decode(z, "C", seed=0)
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    tokens = np.mean([measure.lengths.sum() for measure in found])
    wall, cpu = statistics.median(walls), statistics.median(cpus)
    print(
        f"{name}, batch {batch}: {batch / wall:,.0f} measures/s at best {batch / min(walls):,.0f}; "
        f"{1000 * cpu / batch:.1f} ms of CPU a measure of {tokens:.0f} tokens",
        flush=True,
    )


def latency(model: GMVAE, folder: str | None) -> None:
    """Eight chords from a loaded model, and as a process."""
    point = model.sample_points(1, 1)[0]
    walls = []
    for _ in range(9):
        start = time.perf_counter()
        operations.progression(model, point, CHORDS, seed=1)
        walls.append(time.perf_counter() - start)
    print(
        f"eight chords, loaded: {1000 * statistics.median(walls):.0f} ms, "
        f"at best {1000 * min(walls):.0f}"
    )
    with tempfile.TemporaryDirectory() as scratch:
        if folder is None:
            folder = f"{scratch}/model"
            model.save(folder)
        for output in ("song.json", "song.mid"):
            walls = []
            for _ in range(5):
                command = [sys.executable, "-m", "gm_vae", "generate", f"--model={folder}"]
                command += [f"--chords={' '.join(CHORDS)}", "--seed=1", "--force"]
                start = time.perf_counter()
                subprocess.run(
                    [*command, f"--output={scratch}/{output}"], check=True, capture_output=True
                )
                walls.append(time.perf_counter() - start)
            also = " and its picture" if output.endswith(".mid") else ""
            print(
                f"gm-vae generate, {output}{also}: {statistics.median(walls):.1f} s, "
                f"at best {min(walls):.1f}",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", help="a trained one")
    parser.add_argument("--measures", type=int, default=20000)
    parser.add_argument("--repeats", type=int, default=7)
    args = parser.parse_args()
    little = ModelConfig(16, (32, 32), 16)  # of random weights, a few are as wild as many
    models = {
        "random weights": random_model(little, 1),
        "large random weights": random_model(little, 10),
    }
    trained = gm_vae.load(args.model) if args.model else None
    if trained:
        models["trained weights"] = trained
    each = args.measures // len(TEMPERATURES)
    for name, model in models.items() if args.measures else ():
        for temperature in TEMPERATURES:
            here = f"{name}, temperature {temperature}"
            print(f"{here}: {malformed(model, each, temperature, True)}", flush=True)
            raw = malformed(model, each // 10, temperature, False)
            print(f"{here}, raw network: {raw}", flush=True)
    small = trained or random_model(PRESETS["small"], 1)
    for batch in (1, 8, 64, 512):
        speed("small", small, batch, args.repeats)
    speed("med", random_model(PRESETS["med"], 1), 64, max(args.repeats // 2, 1))
    latency(small, args.model)


if __name__ == "__main__":
    main()
