"""Our graph models in TensorFlow.js: the same numbers as ours, on every backend, nothing leaked."""

import functools
import json
import pathlib
import re

import numpy as np
import pytest
import tensorflow as tf
from closeness import NETWORK, UNIT, assert_close

from gm_vae.backends import make_network
from gm_vae.checkpoints.checkpoint import Checkpoint
from gm_vae.export.tfjs import export_tfjs
from gm_vae.generate.gmvae import GMVAE
from gm_vae.model.config import ModelConfig
from gm_vae.music.measure_format import MeasureFormat

STEPS = 12
CHORD = 10  # A major
# What graphics processors make of a number of size 1: they may compute exp to some 20 bits.
GRAPHICS = 2.0**-20


pytestmark = pytest.mark.clients


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """Function from "chords" or "plain" to a model and the folder of its graphs."""

    @functools.cache
    def make(kind):
        fmt = MeasureFormat(max_tracks=3, max_instruments=3)
        config = ModelConfig(9, (8, 12), 5, chords=kind == "chords", fmt=fmt)
        network = make_network(config)
        rng = np.random.default_rng(3)
        for variable in network.variables:
            # large enough that tokens change with z, chord and history
            scale = 2.5 / np.sqrt(variable.shape[0]) if len(variable.shape) > 1 else 0.5
            variable.assign(rng.normal(scale=scale, size=variable.shape))
        folder = tmp_path_factory.mktemp("tfjs") / "out"
        export_tfjs(Checkpoint(config, network.published_weights(), {}), folder)
        return GMVAE(network), folder

    return make


def side_by_side(model, z):
    """(tokens [S, N], logits [S, N, V]) of the network itself, greedily and freely."""
    decoder, kernels = model.network.track_decoder, model.network.kernels.inference
    embeddings = tf.reshape(model.network.conductor.embed(z, kernels), [-1, 12])
    gates, states = decoder.start(embeddings, kernels)
    previous, outputs = tf.fill([len(embeddings)], -1), []
    for step in range(STEPS):
        chord = tf.fill([len(embeddings)], CHORD if step else 0)
        step_gates = decoder.gates(gates, decoder.input_table(kernels), previous, chord, kernels)
        logits, states = decoder.step(step_gates, states, kernels)
        previous = tf.argmax(logits, -1, tf.int32)
        outputs.append((previous.numpy(), logits.numpy()))
    return [np.array(column) for column in zip(*outputs)]


@pytest.fixture(
    params=[
        ("chords", "node", "cpu"),
        ("chords", "node", "wasm"),
        ("chords", "chromium", "cpu"),
        ("chords", "chromium", "wasm"),
        ("chords", "chromium", "webgl"),
        ("plain", "node", "wasm"),
    ],
    ids="-".join,
)
def case(request, clients, exported):
    """(model, largest rounding error, function that calls the client with its export)."""
    kind, where, backend = request.param
    if where == "chromium":
        request.getfixturevalue("chromium")
    model, folder = exported(kind)

    def call(name, **arguments):
        return clients.call(where, "tfjs", name, folder, backend=backend, **arguments)

    return model, GRAPHICS if backend == "webgl" else UNIT, call


def test_steps_of_decoding(case):
    model, unit, call = case
    z = model.sample_points(2, seed=1)
    chord = CHORD if model.config.chords else None
    answer = call("decode", z=z.tolist(), chord=chord, steps=STEPS, wantLogits=True)
    tokens, logits = side_by_side(model, z)
    assert len(np.unique(tokens)) > 4
    best = np.sort(logits, -1)
    leads = best[..., -1] - best[..., -2]
    assert leads.min() > 2 * NETWORK * GRAPHICS * np.abs(logits).max()  # no near tie
    np.testing.assert_array_equal(answer["tokens"], tokens)
    assert_close(answer["logits"], logits, NETWORK, unit=unit)
    assert answer["tensors"] == 0  # none is left behind


def test_points_of_measures(case):
    model, unit, call = case
    measures = model.decode(model.sample_points(3, seed=0), ["C|G", "Am", "N.C."], seed=0)
    chords = [measure.chord_ids.tolist() for measure in measures]
    answer = call(
        "encode",
        tokens=[measure.tokens.tolist() for measure in measures],
        lengths=[measure.lengths.tolist() for measure in measures],
        chords=chords if model.config.chords else None,
    )
    for name, expected in zip(("mu", "sigma"), model.encode(measures)):
        assert_close(answer[name], expected, NETWORK, unit=unit)


@pytest.mark.parametrize("kind", ["chords", "plain"])
def test_graphs_contain_each_weight_once_and_only_supported_operations(clients, exported, kind):
    model, export = exported(kind)
    known = set()
    folder = pathlib.Path(__file__).parent / "tfjs/node_modules/@tensorflow/tfjs-converter"
    for file in (folder / "dist/operations/op_list").glob("*.js"):
        known |= set(re.findall(r"'tfOpName': '(\w+)'", file.read_text()))
    assert len(known) > 200
    numbers = 0
    for name in ("encode", "init", "decode_step"):
        graph = json.loads((export / name / "model.json").read_text())
        nodes = graph["modelTopology"]["node"]
        for function in graph["modelTopology"].get("library", {}).get("function", []):
            nodes = nodes + function["nodeDef"]
        assert {node["op"] for node in nodes} <= known
        for group in graph["weightsManifest"]:
            numbers += sum(
                int(np.prod(entry["shape"]))
                for entry in group["weights"]
                if entry["dtype"] == "float32"
            )
    total = model.network.count_params()
    assert total - 100 < numbers < total * 1.02  # zeros for NO_TOKEN; a constant or two
    vocabulary = json.loads((export / "vocabulary.json").read_text())
    assert vocabulary["max_tracks"] == 3
    assert "tf.loadGraphModel" in (export / "README.md").read_text()
