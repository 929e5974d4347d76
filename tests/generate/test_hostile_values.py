"""Absurd flags, JSON and numbers: one sentence each, no traceback."""

import errno
import json
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

import gm_vae
from gm_vae.backends.numpy.network import NumpyVAE
from gm_vae.checkpoints.folder import write_checkpoint
from gm_vae.cli import main
from gm_vae.errors import UsageError, UserError
from gm_vae.generate import playing
from gm_vae.generate.attributes import Attributes
from gm_vae.generate.gmvae import GMVAE
from gm_vae.generate.instruments import Instruments
from gm_vae.model.config import ModelConfig
from gm_vae.model.published import NetworkSizes
from gm_vae.music.measure import Measure

FUZZ = pathlib.Path(__file__).parent.parent / "fuzz" / "fuzz_commands.py"
CONFIG = ModelConfig(3, (4,), 2)
DIGITS = "9" * 5000
TRACKS = [[360, 352, 60, 351, 188, 489], [365, 352, 40, 351, 168, 489]]


def weights():
    rng = np.random.default_rng(0)
    shapes = NetworkSizes.of(CONFIG).shapes()
    return {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    write_checkpoint(folder / "model", CONFIG, weights(), {"steps": 3})
    return folder


@pytest.fixture(scope="module")
def model(folder):
    return gm_vae.load(folder / "model")


@pytest.fixture
def refused(folder, tmp_path, capsys):
    """Function from a verb and its flags to the error message."""

    def run(verb, *flags, code=(1, 2)):
        status = main([verb, *flags])
        sentence = capsys.readouterr().err
        assert status in code, sentence
        assert sentence.startswith(f"gm-vae {verb}: ")
        assert sentence.count("\n") == 1
        assert len(sentence) < 900
        return sentence

    return run


@pytest.mark.parametrize(
    ("verb", "flags"),
    [
        ("sample", ("--count=1000000000000",)),
        ("sample", (f"--count={DIGITS}",)),
        ("sample", (f"--count={10**400}",)),
        ("sample", (f"--instruments={DIGITS}",)),
        ("sample", ("--require=" + "x" * 100_000,)),
        ("sample", ("--temperature=nan",)),
        ("sample", ("--temperature=1e300",)),
        ("sample", ("--more=density=nan",)),
        ("sample", ("--more=density=1e999",)),
        ("sample", ("--more=" + "x" * 100_000,)),
        ("sample", ("--qpm=nan",)),
        ("sample", ("--output=~nobody-of-this-name/a.json",)),
        ("sample", ("--output=" + "a" * 300 + ".json",)),
        ("sample", ("--output=/dev/full/a.json",)),
        ("sample", ("--model=~nobody-of-this-name/model",)),
        ("sample", ("--model=" + "a" * 300,)),
        ("sample", ("--flagfile=/bin/ls",)),
        ("sample", ("--flagfile=/nowhere",)),
        ("sample", ("--flagfile=/dev/zero",)),
        ("generate", ("--chords=" + "C " * 200_001,)),
        ("generate", ("--chords=" + "C " * 10_001,)),
        ("generate", ("--chords=" + "C|" * 60_000 + "C",)),
        ("generate", ("--chords=C", "--midi=~nobody-of-this-name/a.mid")),
        ("generate", ("--chords=C", "--midi=/dev/zero")),
        ("generate", ("--chords=C", f"--measure={DIGITS}", "--midi=x.mid")),
        ("interpolate", ("--chords=C", "--measures=1000000000000")),
        ("interpolate", ("--chords=C", "--measures=-3")),
        ("interpolate", ("--chords=C", f"--grid={DIGITS}x2")),
        ("interpolate", ("--chords=C", "--grid=99999999x99999999")),
        ("interpolate", ("--chords=C", "--grid=²x2")),
        ("vary", ("--count=1000000000000",)),
        ("vary", ("--similarity=nan",)),
        ("encode", ("--midi=~nobody-of-this-name/a.mid",)),
        ("arrange", ("--songs=1000000000000",)),
        ("arrange", (f"--seed={10**400}",)),
        ("evaluate", ("--data=x", "--draws=1000000000000")),
        ("evaluate", ("--data=x", "--samples=1000000000000")),
        ("evaluate", ("--data=x", "--temperature=-1")),
        ("evaluate", ("--data=x", "--batch_size=1000000000000")),
        ("evaluate", ("--data=x", "--seed=-1")),
        ("export", ("--format=magentajs", "--shard_bytes=0")),
        ("export", ("--format=checkpoint", "--evaluation=~nobody-of-this-name/x")),
        ("export", ("--format=checkpoint", "--evaluation=/dev/zero")),
        ("import", ("--checkpoint=~nobody-of-this-name/x",)),
        ("web", (f"--port={DIGITS}",)),
        ("web", ("--port=99999999999",)),
        ("preprocess", ("--input=x", '--beam_args="')),
        ("preprocess", ("--input=.", "--workers=1000000000000")),
        ("preprocess", ("--input=.", f"--steps_per_quarter={10**400}")),
        ("preprocess", ("--input=.", f"--max_track_length={DIGITS}")),
    ],
)
def test_flags_are_bounded(refused, folder, tmp_path, verb, flags):
    common = [] if verb in ("arrange", "preprocess", "import") else [f"--model={folder}/model"]
    output = f"{tmp_path}/out" + (".json" if verb not in ("export", "import") else "")
    common += [] if verb == "web" else [f"--output={output}"]
    refused(verb, *common, *flags)


def test_explain_of_missing_and_endless_files(refused):
    assert "home folder that does not exist" in refused("explain", "~nobody-of-this-name/a.mid")
    refused("explain", "/dev/zero")


def test_a_name_as_long_as_can_be_is_written(folder, tmp_path, capsys):
    path = tmp_path / ("a" * 250 + ".json")
    assert main(["sample", f"--model={folder}/model", "--count=1", f"--output={path}"]) == 0
    assert path.exists()


def test_negative_seeds_are_seeds(folder, tmp_path):
    for verb in ("sample", "vary"):
        path = tmp_path / f"{verb}.json"
        flags = [f"--model={folder}/model", "--count=1", "--seed=-1", f"--output={path}"]
        assert main([verb, *flags]) == 0


def point(**change):
    return {"measure": 1, "mu": [0.5, -0.5], **change}


FORMAT = {"beats_per_bar": 4}
JSONS = {
    "deep": "[" * 3000 + "]" * 3000,
    "deeper": '{"points": ' + "[" * 900 + "]" * 900 + "}",
    "cut": '{"points": [',
    "latin": b'{"t\xe9": 1}',
    "digits": '{"points": [' + "9" * 5000 + "]}",
    "no points": {"points": []},
    "points": {"points": {}},
    "numbers": {"points": [1]},
    "measure": {"points": [point(measure="x")]},
    "true": {"points": [point(measure=True)]},
    "huge": {"points": [point(mu=[2**2000, 0])]},
    "infinite": {"points": [point(mu=[1e999, 0])]},
    "far": {"points": [point(mu=[1e30, 0])]},
    "nan": {"points": [point(mu=[float("nan"), 0])]},
    "scalar": {"points": [point(mu=0.5)]},
    "lengths": {"points": [point(), point(measure=2, mu=[1])]},
    "nested": {"points": [point(mu=[[0], [0]])]},
    "texts": {"points": [point(mu=["0", "0"])]},
    "missing": {"points": [{"measure": 1}]},
    "empty": {"format": FORMAT, "measures": []},
    "tokens": {"format": FORMAT, "measures": [{"chords": ["C"], "tracks": [["x"]]}]},
    "tracks": {"format": FORMAT, "measures": [{"chords": ["C"], "tracks": [3]}]},
    "no bar": {"format": FORMAT, "measures": [3]},
    "chords": {"format": FORMAT, "measures": [{"chords": "C", "tracks": []}]},
    "chord": {"format": FORMAT, "measures": [{"chords": [["C"]], "tracks": []}]},
    "format": {"format": {"max_tracks": 1e9}, "measures": []},
    "format list": {"format": [], "measures": []},
    "format huge": {"format": {"max_tracks": 10**4000}, "measures": []},
    "bomb": {
        "format": {"max_tracks": 255, "max_track_length": 1024},
        "measures": [{"chords": ["C"], "tracks": []}] * 2000,
    },
}  # fmt: skip


@pytest.mark.parametrize("name", JSONS)
@pytest.mark.parametrize("flags", [(), ("--measure=1",), ("--measure=x",)])
def test_a_hostile_json_file_is_one_sentence(refused, folder, model, tmp_path, name, flags):
    content = JSONS[name]
    if isinstance(content, dict):
        content = json.dumps({"fingerprint": model.fingerprint, **content})
    path = tmp_path / "a.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    common = (f"--model={folder}/model", f"--midi={path}", f"--output={tmp_path}/out.json", *flags)
    refused("generate", "--chords=C", *common)
    refused("vary", *common)
    refused("interpolate", "--chords=C", *common)


ATTRIBUTES = {
    "fingerprint": "x", "measures": 9,
    "attributes": {"density": {"vector": [1.0, 2.0], "mean": 1.0, "deviation": 1.0}},
}  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"attributes": [1]},
        {"attributes": {"density": 1}},
        {"attributes": {"density": {"vector": [2**2000, 0], "mean": 0, "deviation": 0}}},
        {"attributes": {"density": {"vector": [1], "mean": 0, "deviation": 0}}},
        {"attributes": {"density": {"vector": [0, float("inf")], "mean": 0, "deviation": 0}}},
        {"attributes": {"density": {"vector": [0, 0], "mean": "0", "deviation": 0}}},
        {"attributes": {"density": {"vector": [0, 0]}}},
        {"measures": "many"},
        {"fingerprint": 3},
    ],
)
def test_hostile_attribute_vectors_are_one_sentence(model, change):
    values = {**ATTRIBUTES, "fingerprint": model.fingerprint, **change}
    loaded = GMVAE(model.numpy, {}, values)
    with pytest.raises(UserError, match="is damaged or of another model"):
        Attributes.of(loaded, "mine")


def test_attributes_are_loaded_with_a_model_from_anywhere(model):
    loaded = GMVAE(model.numpy, {}, {**ATTRIBUTES, "fingerprint": model.fingerprint})
    known = Attributes.of(loaded, "http://example.org/model")
    assert known.move([0, 0], {"density": 2}).tolist() == [2, 4]
    with pytest.raises(UserError, match=r"http://example\.org/model has no attributes\.json; copy"):
        Attributes.of(model, "http://example.org/model")
    with pytest.raises(UsageError, match="not a folder of this machine"):
        known.save("http://example.org/model")
    with pytest.raises(UsageError, match=r"moved z\[0\] is inf"):
        known.move([0, 0], {"density": 1e300})


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30, 1e300])
def test_points_that_cannot_be_computed_with_are_named(model, value):
    z = np.zeros((3, 2))
    z[2, 1] = value
    for use in (model.decode, model.decode_tokens):
        with pytest.raises(UsageError, match=r"z\[2, 1\] is "):
            use(z)


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e300])
def test_nan_weights_are_named(value):
    bad = weights()
    bad["encoder/mu/bias"] = np.array([0, value])
    with pytest.raises(UserError, match="encoder/mu/bias holds NaN or infinity"):
        NumpyVAE(CONFIG, bad)


def test_weights_that_overflow_give_no_points():
    huge = {name: np.full(value.shape, 3e38) for name, value in weights().items()}
    with np.errstate(all="ignore"), pytest.raises(UserError, match="too large to compute with"):
        GMVAE(NumpyVAE(CONFIG, huge)).encode([Measure.from_tracks(TRACKS)])


def test_no_measures_are_none(model):
    z = np.zeros((0, 2), np.float32)
    assert model.decode(z) == []
    assert model.decode(z, instruments=Instruments.named(require="drums")) == []
    assert model.decode_tokens(z).shape == (0, 8, 64)
    assert [x.shape for x in model.encode([])] == [(0, 2), (0, 2)]
    logits = model.numpy.program_logits(z)
    assert Instruments.named(require="drums").masks(logits).shape == (0, 8, 130)


@pytest.mark.parametrize(
    "change",
    [
        {"tokens": np.full((8, 64), 490, np.uint16)},
        {"tokens": np.zeros((8, 63), np.uint16)},
        {"lengths": np.full(8, 65, np.uint8)},
        {"lengths": np.zeros(8, np.uint8)},
        {"chord_ids": np.array([49, 0], np.uint8)},
        {"chord_ids": np.array([], np.uint8)},
    ],
)
def test_measures_that_are_none_are_not_encoded(model, change):
    good = Measure.from_tracks(TRACKS)
    bad = Measure(**{**vars(good), **change})
    with pytest.raises(UsageError, match="measure 1 holds"):
        model.encode([good, bad])


def test_a_nul_in_a_path_is_a_sentence(model, tmp_path):
    for use in (
        lambda path: gm_vae.load(path),
        lambda path: gm_vae.write_midi([Measure.from_tracks(TRACKS)], path),
        lambda path: gm_vae.read_tokens(path),
        lambda path: model.save(path),
    ):
        with pytest.raises(UserError, match="NUL character"):
            use(f"{tmp_path}/a\0b")


def test_a_full_disk_is_a_sentence_in_any_verb(folder, tmp_path, monkeypatch, capsys):
    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/some/file")

    monkeypatch.setattr(playing.Playing, "of", full)  # where nothing expects it
    flags = [f"--model={folder}/model", f"--output={tmp_path}/a.json"]
    assert main(["sample", *flags]) == 1
    assert capsys.readouterr().err == (
        "gm-vae sample: /some/file cannot be used (No space left on device); check the path.\n"
    )


@pytest.mark.slow
def test_odd_command_lines_are_done_or_refused_in_a_sentence():
    done = subprocess.run(
        [sys.executable, FUZZ, "--mutants=300", "--seed=1"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 failed" in done.stdout
