"""Sizes from shapes, for every published size, and variables of other models."""

import json

import numpy as np
import pytest

from gm_vae.errors import UserError
from gm_vae.model.published import NetworkSizes, sizes_from_shapes

SMALL = NetworkSizes(5, (4, 3), 2, 490, chords=True, has_sigma=True)


def shaped(shapes):
    return {name.removesuffix(":0"): tuple(shape) for name, shape in shapes.items()}


@pytest.mark.parametrize(
    ("name", "expected", "parameters"),
    [
        ("chords_med", NetworkSizes(1024, (512,) * 3, 512, 490, True, True), 56_140_266),
        ("plain_med", NetworkSizes(1024, (512,) * 3, 512, 490, False, True), 55_638_506),
    ],
)
def test_sizes_of_the_published_models(golden, name, expected, parameters):
    shapes = json.loads((golden / "model/variables_fullsize.json").read_text())[name]
    sizes = sizes_from_shapes(shaped(shapes))
    assert sizes == expected
    assert sizes.shapes() == {name.removesuffix(":0"): tuple(s) for name, s in shapes.items()}
    assert sum(int(np.prod(shape)) for shape in sizes.shapes().values()) == parameters


def test_every_published_size_is_recognised(golden):
    everything = json.loads((golden / "model/variables_fullsize.json").read_text())
    assert len(everything) == 6
    for name, shapes in everything.items():
        sizes = sizes_from_shapes(shaped(shapes))
        assert (sizes.chords, sizes.has_sigma) == ("chords" in name, True), name


def test_sizes_of_the_browser_checkpoints(golden):
    everything = json.loads((golden / "magentajs/shapes.json").read_text())
    assert len(everything) == 6
    for name, case in everything.items():
        sizes = sizes_from_shapes(shaped(case["shapes"]))
        expected = case["enc"], tuple(case["dec"]), case["z"], 490, "chords" in name, False
        assert sizes == NetworkSizes(*expected)
        assert sum(int(np.prod(shape)) for shape in sizes.shapes().values()) == case["params"]


@pytest.mark.parametrize(
    "sizes",
    [
        SMALL,
        NetworkSizes(3, (7,), 1, 300, chords=False, has_sigma=True),
        NetworkSizes(3, (2, 9, 4), 6, 491, chords=True, has_sigma=False),
    ],
)
def test_sizes_follow_from_shapes(sizes):
    assert sizes_from_shapes(shaped(sizes.shapes())) == sizes


@pytest.mark.parametrize("name", sorted(SMALL.shapes()))
def test_each_missing_or_misshapen_variable_is_named(name):
    weights = shaped(SMALL.shapes())
    shape = weights.pop(name)
    with pytest.raises(UserError) as missing:
        sizes_from_shapes(weights)
    assert "\n" not in str(missing.value)
    for wrong in ((*shape[:-1], shape[-1] + 4), (*shape, 1), ()):
        with pytest.raises(UserError) as misshapen:
            sizes_from_shapes({**weights, name: wrong})
        assert "\n" not in str(misshapen.value)


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (
            ["encoder/cell_0/bidirectional_rnn/fw/multi_rnn_cell/cell_0/lstm_cell/kernel"],
            "one instrument",
        ),
        (["decoder/multi_rnn_cell/cell_0/lstm_cell/kernel", "encoder/mu/kernel"], "one instrument"),
        (["core_decoder/core_decoder_0/decoder/output_projection/kernel"], "trio"),
        (["core_decoder_2/decoder/output_projection/kernel"], "trio"),
        (["decoder/nade/w_enc"], "nade-drums"),
        (["control_preprocessing/cell_0/bidirectional_rnn/fw/x"], "controls"),
        (["rnn/multi_rnn_cell/cell_0/basic_lstm_cell/kernel"], "MusicRNN"),
        (["dense/kernel"], "multitrack"),
        ([], "multitrack"),
    ],
)
def test_other_models_are_refused_by_kind(names, kind):
    with pytest.raises(UserError, match=kind):
        sizes_from_shapes(shaped(dict.fromkeys(names, (4, 4))))


@pytest.mark.parametrize(("tokens", "kind"), [(90, "melody"), (512, "cat-drums"), (27, "groovae")])
@pytest.mark.parametrize("decoder", ["decoder", "core_decoder/decoder"])
def test_models_of_one_instrument_are_recognised_by_their_tokens(tokens, kind, decoder):
    shapes = {
        "encoder/cell_0/bidirectional_rnn/fw/multi_rnn_cell/cell_0/lstm_cell/kernel": (100, 40),
        f"{decoder}/output_projection/bias": (tokens,),
    }
    with pytest.raises(UserError, match=kind):
        sizes_from_shapes(shapes)


def test_a_trio_beside_our_names_and_unknown_variables_are_refused():
    ours = SMALL.shapes()
    for extra in ("core_decoder/core_decoder_1/decoder/x", "encoder/extra/kernel"):
        with pytest.raises(UserError, match=r"trio|encoder/extra/kernel"):
            sizes_from_shapes(shaped({**ours, extra: (1, 1)}))


def test_other_controls_than_triads_are_refused():
    shapes = SMALL.shapes()
    for name in shapes:
        if "hierarchical_level_0/cell_0/bidirectional" in name and name.endswith("kernel"):
            shapes[name] = (shapes[name][0] - 49 + 37, shapes[name][1])
    with pytest.raises(UserError, match="37 numbers"):
        sizes_from_shapes(shaped(shapes))
