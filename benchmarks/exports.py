"""Exports of a model in the programs that they are for: agreement, sizes, times.

    python benchmarks/exports.py MODEL [--measures=8] [--parts=...] [--places=node]

Needs Node and what `tests/js` installs; compares with the network in this process.
"""

import argparse
import contextlib
import json
import os
import pathlib
import sys
import tempfile
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
TESTS = pathlib.Path(__file__).resolve().parents[1] / "tests"
sys.path[:0] = [str(TESTS / "js"), str(TESTS / "support")]

import conftest
import numpy as np
import tensorflow as tf
from conftest import Clients

from gm_vae.checkpoints.folder import export_checkpoint
from gm_vae.checkpoints.load import read_model
from gm_vae.checkpoints.magentajs import export_magentajs, from_external, read_magentajs
from gm_vae.export.saved_model import export_saved_model
from gm_vae.export.tfjs import export_tfjs
from gm_vae.generate.loading import load
from gm_vae.music.chords import chord_id
from gm_vae.music.note_sequences import to_note_sequence

CHORDS = ("C", "F#m")
STEPS = 24


def row(*cells) -> None:
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def megabytes(folder: pathlib.Path) -> str:
    return f"{sum(path.stat().st_size for path in folder.rglob('*') if path.is_file()) / 1e6:.1f}"


@contextlib.contextmanager
def timed(found: list):
    start = time.perf_counter()
    yield
    found.append(1000 * (time.perf_counter() - start))


def near_ties(model, z, symbol, tokens) -> np.ndarray:
    """bool [B]: measures whose argmax somewhere had a margin under 1e-4, by float64 NumPy."""
    from numpy_reference import NumpyReference

    events = tokens.shape[-1]
    ids = np.array([0] + [chord_id(symbol)] * (events - 1)) if model.config.chords else None
    reference = NumpyReference(model.network.published_weights())
    _, margins = reference.decode_greedy(z, ids, tokens.shape[1], events)
    return margins.min((1, 2)) < 1e-4


def browsers(checkpoint, folder, clients, places, count) -> None:
    print("\nmagenta.js: argmax tokens of measures, mu of encoded ones\n")
    row("place", "weights", "MB", "measures", "all tokens equal", "near ties", "tokens equal",
        "worst mu", "ms a measure")  # fmt: skip
    row(*["---"] * 9)
    for quantization in ("none", "float16", "uint16", "uint8"):
        place = folder / f"js-{quantization}"
        export_magentajs(checkpoint, place, quantization)
        weights, info = read_magentajs(place)  # what the client has after quantising
        from gm_vae.backends import network_of
        from gm_vae.generate.gmvae import GMVAE

        found = from_external(weights, info.fmt, "js")
        model = GMVAE(network_of(found.config, found.weights))
        z = model.sample_points(count, seed=0)
        measures = model.decode(z, CHORDS[0], seed=0)
        for where in places:
            found, spent = [], []
            with timed(spent):
                found = clients.decode(where, place, z.tolist(), CHORDS)
            same, ties, whole = [], 0, 0
            for case in found:
                tokens = model.decode_tokens(z, case["chord"])
                equal = np.asarray(case["tokens"]) == tokens
                same.append(equal.mean())
                whole += int(equal.all((1, 2)).sum())
                ties += int(near_ties(model, z, case["chord"], tokens).sum())
            requests = [
                {"noteSequence": quantised(measure), "chord": CHORDS[0]} for measure in measures[:4]
            ]
            encoded = clients.encode(where, place, requests)
            mu = model.encode(
                [
                    type(measures[0]).from_tracks(
                        [track for track in each["tokens"] if len(track) > 1],
                        [chord_id(CHORDS[0])] * 2,
                    )
                    for each in encoded
                ]
            )[0]
            worst = np.abs(mu - [each["mu"] for each in encoded]).max()
            total = len(CHORDS) * count
            share = f"{100 * np.mean(same):.2f} %"
            row(where, quantization, megabytes(place), total, whole, ties, share,
                f"{worst:.1e}", f"{spent[0] / total:.0f}")  # fmt: skip


def quantised(measure) -> dict:
    """A measure as the client quantises it."""
    from google.protobuf import json_format
    from note_seq import sequences_lib

    sequence = sequences_lib.quantize_note_sequence(to_note_sequence([measure]), 24)
    value = json_format.MessageToDict(sequence)
    value["totalQuantizedSteps"] = int(value.get("totalQuantizedSteps", 96))
    for note in value.get("notes", []):
        for name in ("quantizedStartStep", "quantizedEndStep"):
            note[name] = int(note.get(name, 0))
    return {name: value[name] for name in ("notes", "quantizationInfo", "totalQuantizedSteps")}


def graphs(checkpoint, model, folder, clients, places) -> None:
    print("\nTensorFlow.js graph models, float32\n")
    row("place", "backend", "measures at once", "tokens equal", "worst logit", "worst mu",
        "ms a step, median")  # fmt: skip
    row(*["---"] * 7)
    export_tfjs(checkpoint, folder / "tfjs")
    decoder, kernels = model.network.track_decoder, model.network.kernels.inference
    measures = model.decode(model.sample_points(2, seed=0), CHORDS[0], seed=0)
    mu = model.encode(measures)[0]
    for where in places:
        for backend in ("cpu", "wasm") + (("webgl",) if where == "chromium" else ()):
            found = clients.call(
                where, "tfjs", "encode", folder / "tfjs", backend=backend,
                tokens=[each.tokens.tolist() for each in measures],
                lengths=[each.lengths.tolist() for each in measures],
                chords=[each.chord_ids.tolist() for each in measures],
            )  # fmt: skip
            worst_mu = np.abs(np.asarray(found["mu"]) - mu).max()
            for batch in (8, 64):
                steps = STEPS if backend == "wasm" else 3
                z = model.sample_points(batch, seed=0)
                found = clients.call(
                    where, "tfjs", "decode", folder / "tfjs", backend=backend, z=z.tolist(),
                    chord=1, steps=steps, wantLogits=batch == 8,
                )  # fmt: skip
                embeddings = model.network.conductor.embed(z, kernels)
                embeddings = tf.reshape(embeddings, [-1, decoder.embedding_size])
                gates, states = decoder.start(embeddings, kernels)
                previous, equal, worst = tf.fill([len(embeddings)], -1), [], 0.0
                for step in range(steps):
                    chord = tf.fill([len(embeddings)], 1 if step else 0)
                    here = decoder.gates(
                        gates, decoder.input_table(kernels), previous, chord, kernels
                    )
                    logits, states = decoder.step(here, states, kernels)
                    previous = tf.argmax(logits, -1, tf.int32)
                    equal.append((np.asarray(found["tokens"][step]) == previous.numpy()).mean())
                    if batch == 8:
                        worst = max(worst, np.abs(logits - found["logits"][step]).max())
                row(where, backend, batch, f"{100 * np.mean(equal):.2f} %",
                    f"{worst:.1e}" if batch == 8 else "", f"{worst_mu:.1e}" if batch == 8 else "",
                    f"{np.median(found['milliseconds'][1:]):.1f}")  # fmt: skip


def served(checkpoint, model, folder) -> None:
    print("\nSavedModel against the library, in one process\n")
    row("weights", "MB", "load, s", "decode 8, median ms", "library, ms", "tokens equal")
    row(*["---"] * 6)
    z = model.sample_points(8, seed=0)
    for half in (False, True):
        place = folder / f"served-{half}"
        export_saved_model(checkpoint, place, half=half)
        loading, theirs, ours = [], [], []
        with timed(loading):
            loaded = tf.saved_model.load(str(place))
        decode = loaded.signatures["decode"]
        library = load(place)
        for seed in range(12):
            with timed(theirs):
                tokens = decode(z=z, chords=[[1, 1]], temperature=0.5, seed=seed)["tokens"].numpy()
            with timed(ours):
                expected = library.decode_tokens(z, "C", 0.5, constrained=True, seed=seed)
        row("float16" if half else "float32", megabytes(place), f"{loading[0] / 1000:.1f}",
            f"{np.median(theirs[2:]):.0f}", f"{np.median(ours[2:]):.0f}",
            f"{100 * (tokens == expected).mean():.2f} %")  # fmt: skip


def copies(checkpoint, folder) -> None:
    print("\nour checkpoint on disk: MB\n")
    for quantization in ("none", "float16", "uint16", "uint8"):
        place = folder / f"ours-{quantization}"
        export_checkpoint(checkpoint, place, quantization)
        row(quantization, megabytes(place))


def round_trips(checkpoint, folder) -> None:
    print("\nround trip ours -> magenta.js (float32) -> ours -> magenta.js\n")
    export_magentajs(checkpoint, folder / "there", "none")
    again = read_model(folder / "there")
    export_magentajs(again, folder / "and-back", "none")
    names = json.loads((folder / "there/weights_manifest.json").read_text())[0]["paths"]
    same = all(
        (folder / "there" / name).read_bytes() == (folder / "and-back" / name).read_bytes()
        for name in [*names, "config.json", "weights_manifest.json"]
    )
    equal = sum(
        np.array_equal(again.weights[name], value) for name, value in checkpoint.weights.items()
    )
    row(
        "bytes the same",
        same,
        f"{equal} of {len(checkpoint.weights)} variables (sigma is not sent)",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("--measures", type=int, default=8)
    parser.add_argument("--parts", default="copies,round_trips,served,graphs,browsers")
    parser.add_argument("--places", default="node,chromium")
    options = parser.parse_args()
    checkpoint = read_model(options.model)
    model = load(options.model)
    places = options.places.split(",")
    conftest.SECONDS = 3600  # tests are less patient
    clients = Clients()
    calls = {
        "copies": lambda folder: copies(checkpoint, folder),
        "round_trips": lambda folder: round_trips(checkpoint, folder),
        "served": lambda folder: served(checkpoint, model, folder),
        "graphs": lambda folder: graphs(checkpoint, model, folder, clients, places),
        "browsers": lambda folder: browsers(checkpoint, folder, clients, places, options.measures),
    }
    with tempfile.TemporaryDirectory() as name:
        for part in options.parts.split(","):
            calls[part](pathlib.Path(name))
    clients.close()


if __name__ == "__main__":
    main()
