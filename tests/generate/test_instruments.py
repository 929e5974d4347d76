"""Words for instruments; required instruments play, forbidden ones do not."""

import re

import numpy as np
import pytest

from gm_vae import cli
from gm_vae.backends.numpy.network import NumpyVAE
from gm_vae.errors import UsageError
from gm_vae.generate.gmvae import GMVAE
from gm_vae.generate.instrument_list import instrument_list
from gm_vae.generate.instruments import GROUPS, Instruments, programs_named
from gm_vae.model.config import ModelConfig
from gm_vae.model.published import NetworkSizes
from gm_vae.music.general_midi import FAMILIES, INSTRUMENTS


@pytest.fixture(scope="module")
def model():
    """Weights so large that the requested instruments are unlikely in most tracks."""
    sizes = NetworkSizes(12, (16, 16), 6, 490, True, has_sigma=True)
    rng = np.random.default_rng(0)
    weights = {
        name: rng.normal(0, 1, shape).astype(np.float32) for name, shape in sizes.shapes().items()
    }
    return GMVAE(NumpyVAE(ModelConfig(12, (16, 16), 6), weights))


@pytest.mark.parametrize(
    ("words", "programs"),
    [
        ("1", {0}), ("128", {127}), (" 34 ", {33}), ("Finger Bass", {33}), ("finger-bass", {33}),
        ("drums", {128}), ("Drums", {128}), ("BASS", set(range(32, 40))), ("violin", {40}),
        ("sax", {64, 65, 66, 67}), ("trumpets", {56}), ("sitar", {104}),
        ("electric piano", {4, 5}), ("pianos", set(range(8))), ("Bass + Lead", {87}),
        ("strings", {*range(40, 47), *range(48, 52)}), ("organ", set(range(16, 24))),
    ],
)  # fmt: skip
def test_names_and_numbers(words, programs):
    assert programs_named(words) == programs


def test_every_instrument_and_family_has_its_name():
    for index, name in enumerate(INSTRUMENTS):
        assert programs_named(name) == {index}
    for index, name in enumerate(FAMILIES):
        if name != "Strings":  # one of our groups
            assert programs_named(name) == set(range(8 * index, 8 * index + 8))


@pytest.mark.parametrize("words", ["", "0", "129", "banjoo", "++"])
def test_unknown_instruments_are_reported_in_one_sentence(words):
    with pytest.raises(UsageError, match="General MIDI") as caught:
        programs_named(words)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("temperature", [0.0, 0.5, 5.0])
def test_required_instruments_play_and_forbidden_ones_do_not(model, temperature):
    z = model.sample_points(40, seed=0)
    free = model.decode(z, "C", temperature, seed=1)
    banned = frozenset(program for measure in free for program in measure.programs[::2])
    asked = Instruments(require=({128}, {33, 34}, {60}), forbid=banned - {33, 60, 128})
    measures = model.decode(z, "C", temperature, seed=1, instruments=asked)
    for measure in measures:
        played = set(measure.programs)
        assert not played & asked.forbid
        assert all(played & (programs - asked.forbid) for programs in asked.require)
    assert sum(60 in measure.programs for measure in free) < len(free)


def test_only_these_play_each_in_one_track(model):
    z = model.sample_points(40, seed=0)
    asked = Instruments.named(only="drums, 34, 34, violin")
    for measure in model.decode(z, "C", 2.0, seed=1, instruments=asked):
        assert measure.programs == (33, 33, 40, 128)


def test_tracks_without_requirements_do_not_change(model):
    z = model.sample_points(20, seed=0)
    free = model.decode_tokens(z, "C", 1.0, constrained=True, seed=1)
    logits = model.numpy.program_logits(z)
    masks = Instruments(require=({128},)).masks(logits)
    forced = ~masks.all(-1)
    assert (forced.sum(1) == 1).all()
    measures = model.decode(z, "C", 1.0, seed=1, instruments=masks)
    for tokens, track, measure in zip(free, forced.argmax(1), measures):
        kept = sorted(tuple(row) for index, row in enumerate(tokens.tolist()) if index != track)
        made = [tuple(row) for row in measure.tokens.tolist()]
        assert all(made.count(row) >= kept.count(row) for row in kept)


def test_the_most_likely_track_plays_a_required_instrument():
    logits = np.zeros((2, 8, 130))
    logits[0, 5, 33] = logits[1, 2, 33] = 3
    logits[0, 5, 128] = 2  # it would play drums too, but the bass wins
    logits[0, 1, 128] = 1
    masks = Instruments(require=({128}, {33})).masks(logits)
    assert np.flatnonzero(masks[0, 5]).tolist() == [33]
    assert np.flatnonzero(masks[0, 1]).tolist() == [128]
    assert np.flatnonzero(masks[1, 2]).tolist() == [33]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (Instruments(require=({33},), forbid=frozenset({33})), "finger bass is both required"),
        (Instruments(require=tuple({program} for program in range(9))), "9 instruments are asked"),
        (Instruments(only=({33},), require=({128},)), "drums is required but not one of"),
    ],
)
def test_wishes_that_cannot_be_met_are_refused(model, asked, message):
    with pytest.raises(UsageError, match=message):
        model.decode(model.sample_points(1, seed=0), instruments=asked)


def test_the_list_has_every_name_and_each_is_accepted():
    rows = re.findall(r"^ {1,3}(\d+)  (.+)$", instrument_list(), re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 129))
    for number, name in rows:
        assert programs_named(name) == programs_named(number) == {int(number) - 1}
    groups = re.findall(r"^ {6}(\w+) +(.+)$", instrument_list(), re.MULTILINE)
    assert {name for name, _ in groups} == set(GROUPS)
    for name, numbers in groups:
        ranges = [span.split("-") for span in numbers.split(", ") if name != "drums"]
        listed = {i - 1 for first, last in ranges for i in range(int(first), int(last) + 1)}
        assert listed == programs_named(name) - {128}


def test_the_verb_lists_the_instruments_of_words(capsys):
    assert cli.main(["instruments", "tenor sax", "drums"]) == 0
    assert " ".join(capsys.readouterr().out.split()) == "tenor sax 67 tenor sax drums drums"
    assert cli.main(["instruments", "drumz"]) == 2
    assert "did you mean drums?" in capsys.readouterr().err
