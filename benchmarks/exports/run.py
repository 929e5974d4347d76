"""Exports of a model in their target programs: agreement, sizes, times.

Needs Node and the packages of `tests/js`; compares with the network in this process. Near ties are
measures where the two most likely tokens differ by less than rounding errors somewhere.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import pathlib
import tempfile
import time
from collections.abc import Iterator

import numpy as np
from js_clients import Clients
from node_packages import find_chromium, install
from numpy_reference import NumpyReference

from benchmarks import ROOT
from benchmarks.results import Figure, figure
from benchmarks.timing import interleaved
from gm_vae.backends import network_of
from gm_vae.checkpoints.checkpoint import Checkpoint
from gm_vae.checkpoints.folder import export_checkpoint
from gm_vae.checkpoints.load import read_model
from gm_vae.checkpoints.magentajs import export_magentajs, from_external, read_magentajs
from gm_vae.export.saved_model import export_saved_model
from gm_vae.export.tfjs import export_tfjs
from gm_vae.generate.gmvae import GMVAE
from gm_vae.generate.loading import load
from gm_vae.music.chords import chord_id
from gm_vae.music.measure import Measure
from gm_vae.music.note_sequences import to_note_sequence
from gm_vae.quiet import import_tensorflow_quietly

CHORDS = ("C", "F#m")
STEPS = 24
SEEDS = range(2, 7)
PROGRAMS = ("node", find_chromium())  # whose versions matter
PARTS = ("copies", "round_trips", "served", "graphs", "browsers")
QUANTIZATIONS = ("none", "float16", "uint16", "uint8")
PATIENCE_SECONDS = 3600  # longer than in tests


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", default="small", help="a run, a folder or a name")
    parser.add_argument("--measures", type=int, default=8, help="under each chord, in magenta.js")
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--places", default="node,chromium")


def figures(args: argparse.Namespace) -> Iterator[Figure]:
    import_tensorflow_quietly()
    checkpoint, model = read_model(args.model), load(args.model)
    places, parts = args.places.split(","), args.parts.split(",")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if "copies" in parts:
            yield from copies(args.model, checkpoint, folder)
        if "round_trips" in parts:
            yield from round_trips(args.model, checkpoint, folder)
        if "served" in parts:
            yield from served(args.model, checkpoint, model, folder)
        if not {"graphs", "browsers"} & {*parts}:
            return
        for package in ("magenta", "tfjs"):
            install(ROOT / "tests/js" / package)
        with contextlib.closing(Clients(PATIENCE_SECONDS)) as clients:
            if "graphs" in parts:
                yield from graphs(args.model, checkpoint, model, folder, clients, places)
            if "browsers" in parts:
                count = args.measures
                yield from browsers(args.model, checkpoint, folder, clients, places, count)


def megabytes(folder: pathlib.Path) -> float:
    """The size of a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def copies(name: str, checkpoint: Checkpoint, folder: pathlib.Path) -> Iterator[Figure]:
    """Our checkpoint on disk."""
    for quantization in QUANTIZATIONS:
        target = folder / f"ours-{quantization}"
        export_checkpoint(checkpoint, target, quantization)
        of = {"model": name, "weights": quantization}
        yield figure(of, "our checkpoint", megabytes(target), "MB", "less")
        target = folder / f"js-{quantization}"
        export_magentajs(checkpoint, target, quantization)
        yield figure(of, "magenta.js", megabytes(target), "MB", "less")


def round_trips(name: str, checkpoint: Checkpoint, folder: pathlib.Path) -> Iterator[Figure]:
    """Checkpoint to magenta.js (float32) to checkpoint to magenta.js."""
    export_magentajs(checkpoint, folder / "there", "none")
    again = read_model(folder / "there")
    export_magentajs(again, folder / "and-back", "none")
    shards = json.loads((folder / "there/weights_manifest.json").read_text())[0]["paths"]
    files = [*shards, "config.json", "weights_manifest.json"]
    same = sum(
        (folder / "there" / file).read_bytes() == (folder / "and-back" / file).read_bytes()
        for file in files
    )
    equal = sum(
        np.array_equal(again.weights[name], value) for name, value in checkpoint.weights.items()
    )
    of = {"model": name, "round trip": "through magenta.js"}
    yield figure(of, "files", len(files))
    yield figure(of, "files with the same bytes", same, "", "more")
    yield figure(of, "variables (two of sigma are not sent)", len(checkpoint.weights))
    yield figure(of, "variables that come back", equal, "", "more")


def served(
    name: str, checkpoint: Checkpoint, model: GMVAE, folder: pathlib.Path
) -> Iterator[Figure]:
    """The SavedModel compared with the library, in one process."""
    import tensorflow as tf

    z = model.sample_points(8, seed=0)
    for half in (False, True):
        target = folder / f"served-{half}"
        export_saved_model(checkpoint, target, half=half)
        start = time.perf_counter()
        decode = tf.saved_model.load(str(target)).signatures["decode"]
        loading = time.perf_counter() - start
        library = load(target)

        def theirs(seed: int = 1) -> dict:
            return decode(z=z, chords=[[1, 1]], temperature=0.5, seed=seed)

        def ours(seed: int = 1) -> list[Measure]:
            return library.decode(z, "C", temperature=0.5, seed=seed)

        equal = 0
        for seed in SEEDS:
            arrays = {key: value.numpy() for key, value in theirs(seed).items()}
            expected = [tracks(measure.tokens, measure.lengths) for measure in ours(seed)]
            both = zip(map(tracks, arrays["tokens"], arrays["lengths"]), expected)
            equal += sum(one == other for one, other in both)
        times = interleaved({"SavedModel": theirs, "library": ours}, 10)
        of = {"model": name, "SavedModel of": "float16" if half else "float32"}
        yield figure(of, "size", megabytes(target), "MB", "less")
        yield figure(of, "loading", loading, "s", "less")
        for who, taken in times.items():
            milliseconds = [1e3 * wall for wall in taken.wall]
            yield figure(of, f"decoding 8 measures, {who}", milliseconds, "ms", "less")
        yield figure(of, "measures", len(z) * len(SEEDS))
        yield figure(of, "measures equal to the library's", equal, "", "more")


def tracks(tokens: np.ndarray, lengths: np.ndarray) -> list[list[int]]:
    """The tracks of a measure, in an order that follows from their tokens."""
    return sorted(row[:length].tolist() for row, length in zip(tokens, lengths) if length > 1)


def graphs(
    name: str,
    checkpoint: Checkpoint,
    model: GMVAE,
    folder: pathlib.Path,
    clients: Clients,
    places: list[str],
) -> Iterator[Figure]:
    """Graph models in TensorFlow.js, float32."""
    import tensorflow as tf

    export_tfjs(checkpoint, folder / "tfjs")
    decoder, kernels = model.network.track_decoder, model.network.kernels.inference
    measures = model.decode(model.sample_points(2, seed=0), CHORDS[0], seed=0)
    mu = model.encode(measures)[0]
    for where in places:
        for backend in ("cpu", "wasm") + (("webgl",) if where == "chromium" else ()):
            of = {"model": name, "TensorFlow.js in": where, "backend": backend}
            answer = clients.call(
                where, "tfjs", "encode", folder / "tfjs", backend=backend,
                tokens=[each.tokens.tolist() for each in measures],
                lengths=[each.lengths.tolist() for each in measures],
                chords=[each.chord_ids.tolist() for each in measures],
            )  # fmt: skip
            worst_mu = float(np.abs(np.asarray(answer["mu"]) - mu).max())
            yield figure(of, "worst mu", worst_mu, "", "less", digits=2)
            for batch in (8, 64):
                steps = STEPS if backend == "wasm" else 3
                z = model.sample_points(batch, seed=0)
                answer = clients.call(
                    where, "tfjs", "decode", folder / "tfjs", backend=backend, z=z.tolist(),
                    chord=1, steps=steps, wantLogits=batch == 8,
                )  # fmt: skip
                embeddings = model.network.conductor.embed(z, kernels)
                embeddings = tf.reshape(embeddings, [-1, decoder.embedding_size])
                gates, states = decoder.start(embeddings, kernels)
                previous, equal, worst = tf.fill([len(embeddings)], -1), [], 0.0
                for step in range(steps):
                    chord = tf.fill([len(embeddings)], 1 if step else 0)
                    gates = decoder.gates(
                        gates, decoder.input_table(kernels), previous, chord, kernels
                    )
                    logits, states = decoder.step(gates, states, kernels)
                    previous = tf.argmax(logits, -1, tf.int32)
                    equal.append((np.asarray(answer["tokens"][step]) == previous.numpy()).mean())
                    if batch == 8:
                        worst = max(worst, float(np.abs(logits - answer["logits"][step]).max()))
                if batch == 8:
                    yield figure(of, "worst logit", worst, "", "less", digits=2)
                share = float(100 * np.mean(equal))
                yield figure(of, f"tokens equal, {batch} measures", share, "%", "more")
                milliseconds = answer["milliseconds"][1:]
                yield figure(of, f"step, {batch} measures", milliseconds, "ms", "less")


def browsers(
    name: str,
    checkpoint: Checkpoint,
    folder: pathlib.Path,
    clients: Clients,
    places: list[str],
    count: int,
) -> Iterator[Figure]:
    """Unmodified magenta.js: argmax tokens of measures, mu of encoded ones."""
    for quantization in QUANTIZATIONS:
        target = folder / f"client-{quantization}"
        export_magentajs(checkpoint, target, quantization)
        weights, info = read_magentajs(target)  # the client's notes after quantising
        external = from_external(weights, info.fmt, "js")
        model = GMVAE(network_of(external.config, external.weights))
        z = model.sample_points(count, seed=0)
        measures = model.decode(z, CHORDS[0], seed=0)
        for where in places:
            of = {"model": name, "magenta.js in": where, "weights": quantization}
            start = time.perf_counter()
            cases = clients.decode(where, target, z.tolist(), CHORDS)
            seconds = time.perf_counter() - start
            ties = whole = 0
            for case in cases:
                tokens = model.decode_tokens(z, case["chord"])
                whole += int((np.asarray(case["tokens"]) == tokens).all((1, 2)).sum())
                ties += int(near_ties(model, z, case["chord"], tokens).sum())
            requests = [
                {"noteSequence": quantised(measure), "chord": CHORDS[0]} for measure in measures[:4]
            ]
            encoded = clients.encode(where, target, requests)
            heard = [
                Measure.from_tracks(
                    [track for track in each["tokens"] if len(track) > 1],
                    [chord_id(CHORDS[0])] * 2,
                )
                for each in encoded
            ]
            worst = np.abs(model.encode(heard)[0] - [each["mu"] for each in encoded]).max()
            total = len(CHORDS) * count
            yield figure(of, "measures", total)
            yield figure(of, "measures with equal tokens", whole, "", "more")
            yield figure(of, "near ties", ties)
            yield figure(of, "worst mu", float(worst), "", "less", digits=2)
            yield figure(of, "time per measure", 1e3 * seconds / total, "ms", "less")


def near_ties(model: GMVAE, z: np.ndarray, symbol: str, tokens: np.ndarray) -> np.ndarray:
    """bool [B]: measures with an argmax margin under 1e-4 anywhere, by float64 NumPy."""
    events = tokens.shape[-1]
    ids = np.array([0] + [chord_id(symbol)] * (events - 1)) if model.config.chords else None
    reference = NumpyReference(model.network.published_weights())
    _, margins = reference.decode_greedy(z, ids, tokens.shape[1], events)
    return margins.min((1, 2)) < 1e-4


def quantised(measure: Measure) -> dict:
    """A measure, quantised as in the client."""
    from google.protobuf import json_format
    from note_seq import sequences_lib

    sequence = sequences_lib.quantize_note_sequence(to_note_sequence([measure]), 24)
    value = json_format.MessageToDict(sequence)
    value["totalQuantizedSteps"] = int(value.get("totalQuantizedSteps", 96))
    for note in value.get("notes", []):
        for name in ("quantizedStartStep", "quantizedEndStep"):
            note[name] = int(note.get(name, 0))
    return {name: value[name] for name in ("notes", "quantizationInfo", "totalQuantizedSteps")}
