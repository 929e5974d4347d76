"""Our exports in the unmodified browser client (@magenta/music), in Node and in Chromium.

First the goldens through our scripts, so that a fault of the scripts is not taken for one of the
exports; then our exports against a network written independently in NumPy; then against ours.
"""

import json

import numpy as np
import pytest
from closeness import NETWORK, assert_close
from numpy_reference import NumpyReference

from gm_vae.checkpoints.magentajs import export_magentajs, from_external, read_magentajs
from gm_vae.export import web_page
from gm_vae.model.published import NetworkSizes
from gm_vae.music.chords import chord_id
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.midi_file import parse_midi
from gm_vae.music.vocabulary import vocabulary

# bass, piano and drums, as the client quantises them
NOTES = [
    # instrument, program, drums, pitch, velocity, start, end
    (0, 33, False, 36, 90, 0, 48),
    (0, 33, False, 43, 90, 48, 96),
    (1, 4, False, 60, 40, 0, 24),
    (1, 4, False, 64, 40, 0, 24),
    (1, 4, False, 69, 100, 32, 71),
    (2, 0, True, 36, 110, 0, 12),
    (2, 0, True, 42, 64, 24, 30),
]
NOTE_SEQUENCE = {
    "quantizationInfo": {"stepsPerQuarter": 24},
    "totalQuantizedSteps": 96,
    "notes": [
        {
            "instrument": instrument,
            "program": program,
            "isDrum": is_drum,
            "pitch": pitch,
            "velocity": velocity,
            "quantizedStartStep": start,
            "quantizedEndStep": end,
        }
        for instrument, program, is_drum, pitch, velocity, start, end in NOTES
    ],
}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("chords_float32", marks=pytest.mark.clients),
        "chords_uint8",
        pytest.param("plain_float32", marks=pytest.mark.clients),
    ],
)
def test_the_scripts_reproduce_the_goldens(clients, golden, name):
    folder = golden / "magentajs"
    checkpoint = folder / f"ckpt_{name}"
    expected = json.loads((folder / f"golden_{name}.json").read_text())
    z = json.loads((folder / "z.json").read_text())
    if name == "chords_uint8":  # tells of dequantisation only: not every chord again
        expected["decode"], expected["encode"] = expected["decode"][:2], expected["encode"][:2]
    chords = [case["chord"] for case in expected["decode"] if case.get("chord")]
    decoded = clients.decode("node", checkpoint, z, chords)
    assert len(decoded) == len(expected["decode"])
    for actual, case in zip(decoded, expected["decode"]):
        assert actual["tokens"] == case["tokens"]
        assert actual["noteSequences"] == case["noteSequences"]
    encoded = clients.encode("node", checkpoint, expected["encode"])
    assert len(encoded) == len(expected["encode"])
    for actual, case in zip(encoded, expected["encode"]):
        assert actual["tokens"] == case["tokens"]
        assert_close(actual["mu"], case["mu"], NETWORK)


def clients_only(*values):
    """A case for `make test-clients`, which takes the client seconds."""
    return pytest.param(*values, marks=pytest.mark.clients)


def random_weights(sizes, seed=0):
    """Weights large enough that tokens change with z, chord and history."""
    rng = np.random.default_rng(seed)
    return {
        name: rng.normal(scale=2.5 / np.sqrt(shape[0]) if len(shape) > 1 else 0.5, size=shape)
        .astype(np.float32)
        for name, shape in sizes.shapes().items()
    }  # fmt: skip


def event_chords(symbol, events):
    """Chord ids [E] of a track: no chord with the program token, then the one chord."""
    return np.array([0] + [chord_id(symbol)] * (events - 1))


def clear_points(reference, width, chords, fmt, count=2):
    """z [B, Z] and its tokens under each chord, without near ties that rounding could change."""
    z = np.random.default_rng(5).normal(size=(2 * count + 2, width)).astype(np.float32)
    tracks, events = fmt.max_tracks, fmt.max_track_length
    tokens, clear = [], np.full(len(z), True)
    for symbol in chords or (None,):
        ids = None if symbol is None else event_chords(symbol, events)
        greedy, margins = reference.decode_greedy(z, ids, tracks, events)
        tokens.append(greedy)
        clear &= margins.min((1, 2)) > 1e-4
    assert clear.sum() >= count
    best = np.flatnonzero(clear)[:count]
    return z[best], [rows[best] for rows in tokens]


@pytest.mark.parametrize(
    ("quantization", "chords", "fmt"),
    [
        clients_only("none", ("Am", "Bdim", "N.C."), MeasureFormat()),
        clients_only("float16", ("F#m",), MeasureFormat()),
        ("uint16", ("C+",), MeasureFormat()),
        clients_only("uint8", ("Eb",), MeasureFormat()),
        clients_only("none", (), MeasureFormat()),
        # no other client was published for it, but the client takes the format from config.json
        clients_only(
            "none",
            ("G", "Dm"),
            MeasureFormat(
                beats_per_bar=3,
                steps_per_quarter=12,
                max_tracks=4,
                max_instruments=4,
                max_track_length=32,
                velocity_bins=4,
            ),
        ),
        clients_only(
            "none",
            ("Am",),
            MeasureFormat(6, 8, max_tracks=9, max_instruments=9, max_track_length=260),
        ),
    ],
)
def test_our_export_decodes_as_the_numpy_network(clients, tmp_path, quantization, chords, fmt):
    size = vocabulary(fmt).size
    sizes = NetworkSizes(24, (20, 20), 10, size, bool(chords), has_sigma=True)
    export_magentajs(
        from_external(random_weights(sizes), fmt, "test"),
        tmp_path / "out",
        quantization,
        shard_bytes=50_000,
    )
    assert len(list((tmp_path / "out").glob("group*"))) > 1
    reference = NumpyReference(read_magentajs(tmp_path / "out")[0])
    z, expected = clear_points(reference, sizes.latent_size, chords, fmt)
    assert min(len(np.unique(tokens)) for tokens in expected) > 4
    decoded = clients.decode("node", tmp_path / "out", z.tolist(), chords)
    assert len(decoded) == len(expected)
    for measure, tokens in zip(decoded, expected):
        np.testing.assert_array_equal(measure["tokens"], tokens)
        for sequence in measure["noteSequences"]:
            assert int(sequence["totalQuantizedSteps"]) == fmt.steps_per_measure


@pytest.mark.clients
@pytest.mark.parametrize("quantization", ["none", "uint8"])
def test_our_export_decodes_in_chromium(clients, chromium, tmp_path, quantization):
    sizes = NetworkSizes(24, (20, 20), 10, 490, chords=True, has_sigma=True)
    model = from_external(random_weights(sizes), MeasureFormat(), "test")
    export_magentajs(model, tmp_path / "out", quantization)
    reference = NumpyReference(read_magentajs(tmp_path / "out")[0])
    z, (tokens,) = clear_points(reference, 10, ("Am",), MeasureFormat(), count=1)
    (measure,) = clients.decode(chromium, tmp_path / "out", z.tolist(), ("Am",))
    np.testing.assert_array_equal(measure["tokens"], tokens)


def test_the_model_of_a_site_decodes_as_the_numpy_network(clients, tmp_path, monkeypatch):
    """Its shards have different names."""
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "index.html").write_text("")
    monkeypatch.setattr(web_page, "PAGE", tmp_path / "page")
    sizes = NetworkSizes(24, (20, 20), 10, 490, chords=True, has_sigma=True)
    checkpoint = from_external(random_weights(sizes), MeasureFormat(), "test")
    web_page.export_web(checkpoint, tmp_path / "site", "none")
    reference = NumpyReference(checkpoint.weights)
    z, (tokens,) = clear_points(reference, 10, ("Am",), MeasureFormat(), count=1)
    (measure,) = clients.decode("node", tmp_path / "site" / "model", z.tolist(), ("Am",))
    np.testing.assert_array_equal(measure["tokens"], tokens)


@pytest.mark.clients
def test_we_read_midi_that_the_client_samples(clients, where, golden):
    # trained, so that it plays notes; which ones, the client alone decides from its seed. Under
    # another seed there may be notes of velocity 0, which end notes in a MIDI file.
    ((notes, midi),) = clients.sample(where, golden / "trained_small", 1, 0.5, "C")
    score = parse_midi(midi)
    steps = np.rint(score.start_ticks * 24 / score.ticks_per_quarter).astype(int)
    read = zip(score.pitch, steps, score.is_drum, np.where(score.is_drum, 0, score.program))
    sampled = [
        (
            note.get("pitch", 0),
            int(note.get("quantizedStartStep", 0)),
            note.get("isDrum", False),
            0 if note.get("isDrum") else note.get("program", 0),
        )
        for note in notes
    ]
    assert sampled
    assert sorted((int(p), int(s), bool(d), int(g)) for p, s, d, g in read) == sorted(sampled)


@pytest.mark.clients
def test_golden_weights_through_our_export_decode_as_the_numpy_network(clients, golden, tmp_path):
    with np.load(golden / "model/chords_dec3/weights.npz") as file:
        weights = {name.replace("|", "/"): file[name] for name in file.files}
    export_magentajs(from_external(weights, MeasureFormat(), "test"), tmp_path / "out", "none")
    z, (expected,) = clear_points(NumpyReference(weights), 32, ("Am",), MeasureFormat())
    (measure,) = clients.decode("node", tmp_path / "out", z.tolist(), ("Am",))
    np.testing.assert_array_equal(measure["tokens"], expected)


@pytest.mark.clients
@pytest.mark.parametrize("chord", ["F", None])
def test_our_export_encodes_as_the_numpy_network(clients, where, tmp_path, chord):
    sizes = NetworkSizes(24, (20,), 10, 490, chord is not None, has_sigma=True)
    weights = random_weights(sizes)
    export_magentajs(from_external(weights, MeasureFormat(), "test"), tmp_path / "out", "none")
    requests = [{"noteSequence": NOTE_SEQUENCE, "chord": chord}]
    (answer,) = clients.encode(where, tmp_path / "out", requests)
    tokens = np.full((1, 8, 64), -1)
    for row, track in zip(tokens[0], answer["tokens"], strict=True):
        row[: len(track)] = track
    assert tokens[0, :3, 0].tolist() == [364, 393, 488]  # the programs of NOTES, in track order
    lengths = (tokens >= 0).sum(-1)
    chords = chord and np.broadcast_to(event_chords(chord, 64), tokens.shape)
    mu, _ = NumpyReference(weights).encode(tokens, lengths, chords)
    assert np.abs(mu).max() > 0.1
    assert_close(answer["mu"], mu[0], NETWORK)


@pytest.fixture(scope="module")
def tiny_model():
    """The smallest preset with distinctive weights, as from `gm_vae.load`."""
    pytest.importorskip("tensorflow")
    from gm_vae.generate.gmvae import GMVAE
    from gm_vae.model.config import preset
    from gm_vae.model.vae import HierarchicalVAE

    config = preset("tiny")
    network = HierarchicalVAE(config)
    sizes = NetworkSizes.of(config)
    network.load_published_weights(random_weights(sizes))
    return GMVAE(network)


@pytest.fixture(scope="module")
def tiny_export(tiny_model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny") / "out"
    export_magentajs(
        from_external(tiny_model.network.published_weights(), tiny_model.format, "test"),
        folder,
        "none",
    )
    return folder


@pytest.mark.clients
def test_our_model_and_the_client_decode_the_same_tokens(clients, tiny_model, tiny_export):
    chords = ("Am", "G+")
    reference = NumpyReference(tiny_model.network.published_weights())
    z, _ = clear_points(reference, tiny_model.config.latent_size, chords, tiny_model.format)
    for measure in clients.decode("node", tiny_export, z.tolist(), chords):
        tokens = tiny_model.decode_tokens(z, measure["chord"], temperature=0, constrained=False)
        np.testing.assert_array_equal(measure["tokens"], tokens)
        assert len(np.unique(tokens)) > 8


@pytest.mark.clients
def test_our_model_and_the_client_encode_the_same_mu(clients, tiny_model, tiny_export):
    from gm_vae.music.measure import Measure

    chords = ("C", "Bbm")
    requests = [{"noteSequence": NOTE_SEQUENCE, "chord": chord} for chord in chords]
    encoded = clients.encode("node", tiny_export, requests)
    measures = [
        Measure.from_tracks(
            [track for track in answer["tokens"] if len(track) > 1], [chord_id(chord)] * 2
        )
        for answer, chord in zip(encoded, chords)
    ]
    mu, _ = tiny_model.encode(measures)
    assert np.abs(mu[0] - mu[1]).max() > 0.01  # the chord counts
    assert_close([answer["mu"] for answer in encoded], mu, NETWORK)
