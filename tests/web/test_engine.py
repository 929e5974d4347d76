"""The page's engine computes the same as the package: tokens by argmax and by seed, and points.

A token may differ only where its choice was a near tie.
"""

import base64
import json
import pathlib
import runpy

import numpy as np
import pytest
from closeness import NETWORK, assert_close
from near_ties import assert_same_choices
from numpy.testing import assert_array_equal
from telling_models import telling_model

import gm_vae
from gm_vae import arranger
from gm_vae.generate.loading import load
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.measures import measures_from_midi

WRITER = pathlib.Path(__file__).resolve().parent / "engine_vectors.py"
SIZES = {"encoder_units": 24, "decoder_units": (20, 20), "latent_size": 12}
WALTZ = MeasureFormat(
    beats_per_bar=3, steps_per_quarter=12, max_tracks=4, max_instruments=4, max_track_length=32,
    velocity_bins=4, min_pitch=36, max_pitch=90,
)  # fmt: skip


def random_requests(model, count, seed=3):
    """z [B, Z] and chord ids [B, C]."""
    rng = np.random.default_rng(seed)
    z = rng.standard_normal((count, model.config.latent_size), np.float32)
    return z, rng.integers(0, 49, (count, model.format.chords_per_measure))


def assert_same_tokens(model, folder, node, count):
    z, ids = random_requests(model, count)
    settings = [
        (0, 0, 1, 1.0), (0.6, 0.6, 77, 0.0), (0.6, 0.4, 77, 1.0), (1.3, 1.3, 2**32 - 5, 1.0)
    ]  # fmt: skip
    request = {
        "decode": [
            {
                "z": z.tolist(),
                "chords": ids.tolist(),
                "seed": seed,
                "decoding": {
                    "temperature": temperature,
                    "drumTemperature": drums,
                    "repeatPenalty": penalty,
                },
            }
            for temperature, drums, seed, penalty in settings
        ]
    }
    answers = node("engine.mjs", request, folder)["decoded"]
    for answer, (temperature, drums, seed, penalty) in zip(answers, settings, strict=True):
        arguments = z, ids, temperature, seed, np.arange(count)
        control = {"repeat_penalty": penalty, "drum_temperature": drums}
        expected, _ = model.numpy.decode(*arguments, **control)
        actual = np.zeros_like(expected)
        rows = actual.reshape(-1, expected.shape[-1])  # [B, T, E] -> [B * T, E]
        for row, tokens in zip(rows, answer["tokens"], strict=True):
            row[: len(tokens)] = tokens
        weights = model.numpy.published_weights()
        assert_same_choices(actual, expected, model.config, weights, *arguments, **control)
        assert len(np.unique(expected)) > 30  # the model generates a lot


@pytest.mark.parametrize(
    "sizes",
    [
        SIZES,
        {**SIZES, "chords": False},
        {**SIZES, "decoder_units": (16, 16, 16), "start_units": 4},
        {**SIZES, "fmt": WALTZ},
    ],
    ids=["two layers", "no chords", "three layers", "waltz"],
)
def test_tokens_are_those_of_the_package(node, tmp_path, sizes):
    model = telling_model(sizes)
    model.save(tmp_path / "model")
    assert_same_tokens(model, tmp_path / "model", node, count=12)


def test_tokens_of_a_trained_model(node, golden, tmp_path):
    model = load(golden / "trained_small")
    model.save(tmp_path / "model")
    assert_same_tokens(model, tmp_path / "model", node, count=24)


def test_tracks_with_given_beginnings_equal_those_of_the_package(node, tmp_path):
    """Each track with its own beginning, random numbers and temperature."""
    model = telling_model(SIZES)
    model.save(tmp_path / "model")
    z, ids = random_requests(model, 6)
    draws, labels = np.arange(6), ids
    first, lengths = model.numpy.decode(z, labels, 1.0, 3, draws)
    rng = np.random.default_rng(8)
    begun = rng.integers(0, lengths + 1)  # nothing, some, or the whole track
    streams = rng.integers(0, 50, lengths.shape)
    temperature = rng.choice(np.float32([0.5, 0.8, 1.2]), lengths.shape)
    expected, _ = model.numpy.decode(
        z, labels, temperature, 4, draws, drum_temperature=temperature, repeat_penalty=1.0,
        begin_tokens=first, begin_lengths=begun, streams=streams,
    )  # fmt: skip
    for track in np.ndindex(*begun.shape):
        assert_array_equal(expected[track][: begun[track]], first[track][: begun[track]])
        if begun[track] == lengths[track]:
            assert_array_equal(expected[track], first[track])
    rows = [
        {
            "stream": int(streams[track]),
            "temperature": float(temperature[track]),
            "beginning": first[track][: begun[track]].tolist(),
        }
        for track in np.ndindex(*begun.shape)
    ]
    decoding = {"temperature": 3, "repeatPenalty": 1}
    request = {
        "decode": [
            {"z": z.tolist(), "chords": ids.tolist(), "seed": 4, "decoding": decoding, "rows": rows}
        ]
    }
    (answer,) = node("engine.mjs", request, tmp_path / "model")["decoded"]
    actual = np.zeros_like(expected)
    for row, tokens in zip(actual.reshape(-1, expected.shape[-1]), answer["tokens"], strict=True):
        row[: len(tokens)] = tokens
    margins = np.array(answer["margins"], float)  # NaN where nothing was chosen
    near = margins.reshape(begun.shape) < 1e-4  # rounding may decide
    assert near.mean() < 0.1
    assert_array_equal(actual[~near], expected[~near])


@pytest.mark.parametrize("quantization", ["float16", "uint8"])
def test_a_site_has_the_weights_that_the_package_reads(node, page, tmp_path, quantization):
    from gm_vae.checkpoints.load import read_model
    from gm_vae.export.web_page import export_web

    telling_model(SIZES).save(tmp_path / "model")
    export_web(read_model(tmp_path / "model"), tmp_path / "site", quantization)
    assert (tmp_path / "site" / "index.html").exists()
    quantised = load(tmp_path / "site" / "model")
    assert_same_tokens(quantised, tmp_path / "site" / "model", node, 6)


@pytest.mark.parametrize("chords", [True, False])
def test_points_are_those_of_the_package(node, tmp_path, chords):
    model = telling_model({**SIZES, "chords": chords})
    model.save(tmp_path / "model")
    song = next(iter(arranger.songs(1, seed=2)))
    measures = measures_from_midi(song.midi)[0][:12]
    request = {
        "encode": [
            {
                "tracks": [m.tokens[t, : m.lengths[t]].tolist() for t in range(8)],
                "chords": m.chord_ids.tolist(),
            }
            for m in measures
        ]
    }
    points = np.array(node("engine.mjs", request, tmp_path / "model")["encoded"])
    mu, _ = model.encode(measures)
    assert np.abs(mu).max() > 0.1
    assert_close(points, mu, NETWORK)


# form, chords, bars, whether each letter has a point of its own, and how it is played
SONGS = [
    ("A A B A", "A: C G Am F; B: F G Em Am", 32, False, {}),
    ("A B", "Dm7|G7 Cmaj7 C|C|F|G Am", None, True, {"temperature": 0.9, "vary": 1.0}),
    ("Verse Verse>Chorus Chorus", "C G Am F; Chorus: F G", 24, True, {"temperature": 0.5}),
    ("A A>B B B>A", "Em C G D", None, True, {"ending": False, "fills": False}),
    ("A B C A", "C F G C", None, False, {"contrast": 0.9, "temperature": 1.0}),
    ("A A", "C", 2, False, {"contrast": 0.0, "vary": 0.0}),
    ("A B", "C Am", None, False, {"temperature": 0}),
]


def test_songs_of_the_bundled_model_are_those_of_the_package(node):
    """Sections, bands on the way, bars that come back, grooves, fills and the ending."""
    writer = runpy.run_path(str(WRITER))
    model = load("small")
    expected = []
    for seed in (1, 8):
        ends = model.sample_points(2, seed)
        for form, chords, bars, own, more in SONGS:
            how = {"temperature": 0.6, "seed": seed, **more}
            expected.append(writer["song"](model, ends, form, chords, bars, own, how))
    folder = pathlib.Path(gm_vae.__file__).parent / "models" / "small"
    answers = node("engine.mjs", {"songs": expected}, folder)["songs"]
    sure = [answer["margin"] > 1e-5 for answer in answers]  # no choice was a near tie
    assert np.mean(sure) > 0.4
    for song, answer, compare in zip(expected, answers, sure, strict=True):
        assert answer["sections"] == song["sections"]
        if compare:
            assert answer["tokens"] == song["tokens"], (song["form"], song["seed"])
    tokens = {token for song in expected for bar in song["tokens"] for row in bar for token in row}
    assert len(tokens) > 150


def test_the_vectors_equal_those_of_the_package(tmp_path):
    """Those that model.test.mjs and song.test.mjs compare with the page's engine."""
    writer = runpy.run_path(str(WRITER))
    vector = json.loads(writer["FILE"].read_text(encoding="utf-8"))
    for name, content in vector["files"].items():
        is_text = name in writer["TEXTS"]
        data = json.dumps(content).encode() if is_text else base64.b64decode(content)
        (tmp_path / name).write_bytes(data)
    model = load(tmp_path)
    z = np.array(vector["decode"]["z"], np.float32)
    chords = np.array(vector["decode"]["chords"])
    for run in vector["decode"]["runs"]:
        how = run["temperature"], run["seed"], run["repeat_penalty"]
        tokens = writer["decode"](model, z, chords, *how)
        assert writer["trimmed"](tokens) == run["tokens"]
    ends = np.array(vector["bands"]["ends"], np.float32)
    assert writer["bands"](model, ends) == vector["bands"]
    assert [writer["song"](model, ends, *each) for each in writer["SONGS"]] == vector["songs"]
    song = next(iter(arranger.songs(1, seed=2)))
    measures = measures_from_midi(song.midi)[0][: len(vector["encode"])]
    mu, _ = model.encode(measures)
    assert_close(np.array([each["mu"] for each in vector["encode"]]), mu, NETWORK)
