"""Weights on disk: exact round trips, bounded quantisation, the goldens, and hostile folders."""

import json
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gm_vae.checkpoints.tensors import MANIFEST, read_tensors, write_tensors
from gm_vae.errors import UsageError, UserError


@pytest.fixture
def tensors():
    rng = np.random.default_rng(3)
    return {
        "b/kernel": rng.normal(size=(7, 12)).astype(np.float32),
        "a/bias": rng.normal(scale=1e-3, size=12).astype(np.float32),
        "constant": np.full((3, 4), 0.375, np.float32),
        "scalar": np.array(-2.5, np.float32),
    }


def manifest_of(folder):
    return json.loads((folder / MANIFEST).read_text())


def stored_bytes(folder):
    (group,) = manifest_of(folder)
    return b"".join((folder / path).read_bytes() for path in group["paths"])


@pytest.mark.parametrize("shard_bytes", [1, 4, 50, 1 << 20])
def test_float32_is_exact_in_shards_of_any_size(tmp_path, tensors, shard_bytes):
    write_tensors(tmp_path, tensors, shard_bytes=shard_bytes)
    loaded = read_tensors(tmp_path)
    assert set(loaded) == set(tensors)
    for name, array in tensors.items():
        assert loaded[name].dtype == np.float32
        np.testing.assert_array_equal(loaded[name], array)
    sizes = [(tmp_path / path).stat().st_size for path in manifest_of(tmp_path)[0]["paths"]]
    assert set(sizes[:-1]) <= {shard_bytes}
    assert 0 < sizes[-1] <= shard_bytes


def test_the_layout_is_readable_by_browsers(tmp_path):
    array = np.array([[1.0, -2.0, 3.0], [4.0, 5.0, 6.0]], np.float32)
    write_tensors(tmp_path, {"z": np.float32([9]), "a": array.T}, shard_bytes=16)
    assert manifest_of(tmp_path) == [
        {
            "paths": ["group1-shard1of2", "group1-shard2of2"],
            "weights": [
                {"name": "a", "shape": [3, 2], "dtype": "float32"},
                {"name": "z", "shape": [1], "dtype": "float32"},
            ],
        }
    ]
    expected = np.array([1, 4, -2, 5, 3, 6, 9], "<f4").tobytes()  # by name, C order
    assert stored_bytes(tmp_path) == expected
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "group1-shard1of2",
        "group1-shard2of2",
        MANIFEST,
    ]


def test_the_same_tensors_give_the_same_bytes(tmp_path, tensors):
    write_tensors(tmp_path / "one", tensors, "uint8", shard_bytes=64)
    write_tensors(tmp_path / "two", dict(reversed(tensors.items())), "uint8", shard_bytes=64)
    files = {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()}
    assert files == {path.name: path.read_bytes() for path in (tmp_path / "two").iterdir()}


@pytest.mark.parametrize(("quantization", "levels"), [("uint8", 255), ("uint16", 65535)])
@settings(max_examples=40)
@given(
    array=hnp.arrays(
        np.float32,
        hnp.array_shapes(max_dims=3, max_side=9),
        elements=st.floats(-1e6, 1e6, width=32, allow_subnormal=False),
    )
)
def test_affine_error_is_half_a_level(tmp_path_factory, quantization, levels, array):
    folder = tmp_path_factory.mktemp("affine")
    write_tensors(folder, {"x": array}, quantization)
    loaded = read_tensors(folder)["x"]
    level = (float(array.max()) - float(array.min())) / levels
    rounding = np.spacing(np.abs(array).max()).astype(np.float64)  # of float32 itself
    assert np.abs(loaded.astype(np.float64) - array).max() <= level / 2 + rounding
    assert len(stored_bytes(folder)) == array.size * levels.bit_length() // 8


def test_float16_rounds_to_the_nearest(tmp_path, tensors):
    write_tensors(tmp_path, tensors, "float16")
    for name, array in read_tensors(tmp_path).items():
        np.testing.assert_array_equal(array, tensors[name].astype(np.float16).astype(np.float32))


def test_constant_tensor_is_kept_exactly_as_the_client_expects(tmp_path):
    write_tensors(tmp_path, {"x": np.full(5, 0.1, np.float32)}, "uint8")
    (entry,) = manifest_of(tmp_path)[0]["weights"]
    assert entry["quantization"] == {"dtype": "uint8", "scale": 1.0, "min": float(np.float32(0.1))}
    assert stored_bytes(tmp_path) == bytes(5)
    np.testing.assert_array_equal(read_tensors(tmp_path)["x"], np.full(5, 0.1, np.float32))


def test_groups_bin_names_and_subfolders_of_others(tmp_path):
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "group1-shard1of1.bin").write_bytes(np.array([1.5], "<f2").tobytes())
    (tmp_path / "g2").write_bytes(np.array([0, 1000, 65535], "<u2").tobytes()[:4])
    (tmp_path / "g2b").write_bytes(np.array([65535], "<u2").tobytes())
    affine = {"dtype": "uint16", "scale": 0.5, "min": -3}
    groups = [
        {
            "paths": ["part/group1-shard1of1.bin"],
            "weights": [
                {"name": "h", "shape": [], "dtype": "float32", "quantization": {"dtype": "float16"}}
            ],
        },
        {
            "paths": ["g2", "g2b"],
            "weights": [{"name": "u", "shape": [3], "dtype": "float32", "quantization": affine}],
        },
    ]
    (tmp_path / MANIFEST).write_text(json.dumps(groups))
    loaded = read_tensors(tmp_path)
    assert loaded["h"] == 1.5
    np.testing.assert_array_equal(loaded["u"], np.float32([-3, 497, 32764.5]))


def test_an_old_export_is_replaced(tmp_path, tensors):
    write_tensors(tmp_path, tensors, shard_bytes=8)
    write_tensors(tmp_path, {"x": np.float32([1, 2])})
    np.testing.assert_array_equal(read_tensors(tmp_path)["x"], [1, 2])
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_invalid_weights_are_not_written(tmp_path, bad):
    with pytest.raises(UserError, match="x holds NaN or infinity"):
        write_tensors(tmp_path, {"a": np.ones(3), "x": np.array([1, bad])})
    assert not list(tmp_path.iterdir())


def test_wrong_arguments_of_write(tmp_path):
    x = {"x": np.float32([1e6, 0])}
    with pytest.raises(UsageError, match="int4"):
        write_tensors(tmp_path, x, "int4")
    with pytest.raises(UsageError, match="shard_bytes"):
        write_tensors(tmp_path, x, shard_bytes=0)
    with pytest.raises(UserError, match="too large for float16"):
        write_tensors(tmp_path, x, "float16")
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=r"cannot write weights to .*file"):
        write_tensors(tmp_path / "file", x)


# Hostile folders: the good one, changed in one place, must end in one sentence.

ENTRY = {"name": "x", "shape": [2, 2], "dtype": "float32"}
AFFINE = {"dtype": "uint8", "scale": 1.0, "min": 0.0}


def _folder(path, paths=("s",), shard=b"\0" * 16, manifest=None, **entry):
    path.mkdir(exist_ok=True)
    (path / "s").write_bytes(shard)
    for name in paths:
        if name == "link":
            (path / name).symlink_to("/etc/hostname")
        elif name == "pipe":  # opening it would never return
            os.mkfifo(path / name)
    if manifest is None:
        manifest = json.dumps([{"paths": list(paths), "weights": [{**ENTRY, **entry}]}])
    if manifest:
        (path / MANIFEST).write_text(manifest)
    return path


def test_the_unchanged_folder_is_read(tmp_path):
    np.testing.assert_array_equal(read_tensors(_folder(tmp_path))["x"], np.zeros((2, 2)))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"manifest": ""}, "there is no weights_manifest.json"),
        ({"manifest": "{"}, "not JSON"),
        ({"manifest": "[" * 100_000}, "not JSON"),
        ({"manifest": '[{"a": 1' + "0" * 5000 + "}]"}, "not JSON"),
        ({"manifest": "{}"}, "not a list of groups"),
        ({"manifest": "[1]"}, "not a list of groups"),
        ({"manifest": '[{"paths": ["s"]}]'}, "no paths or no weights"),
        ({"manifest": '[{"paths": "s", "weights": []}]'}, "no paths or no weights"),
        ({"manifest": '[{"paths": ["s"], "weights": [7]}]'}, "has no name"),
        ({"manifest": json.dumps([{"paths": ["s"], "weights": [ENTRY] * 2}])}, "describes 32"),
        (
            {
                "manifest": json.dumps([{"paths": ["s"], "weights": [ENTRY] * 2}]),
                "shard": b"\0" * 32,
            },
            "'x' appears in it twice",
        ),
        ({"paths": ["t"]}, "'t' .* is missing"),
        ({"paths": ["s\0"]}, "no name"),
        ({"paths": ["\ud800"]}, "no name|is missing"),
        ({"paths": [""]}, "no name"),
        ({"paths": [3]}, "no name"),
        ({"paths": ["."]}, "is not a file"),
        ({"paths": ["link"]}, "link to a file outside"),
        ({"paths": ["pipe"]}, "is not a file"),
        ({"paths": ["../s"]}, "outside its folder"),
        ({"paths": ["a/../../s"]}, "outside its folder"),
        ({"paths": ["..\\s"]}, "outside its folder"),
        ({"paths": ["/etc/hostname"]}, "outside its folder"),
        ({"paths": ["C:\\s"]}, "outside its folder"),
        ({"paths": ["s", "s"]}, "32 bytes, but .* 16"),
        ({"paths": []}, "0 bytes, but .* 16"),
        ({"shard": b"\0" * 15}, "15 bytes, but .* 16"),
        ({"shard": b"\0" * 17}, "17 bytes, but .* 16"),
        ({"shard": np.float32([0, np.nan, 0, 0]).tobytes()}, "NaN"),
        ({"shard": np.float32([0, np.inf, 0, 0]).tobytes()}, "infinity"),
        ({"name": None}, "has no name"),
        ({"shape": [2, -2]}, "no shape"),
        ({"shape": [2, 0]}, "no shape"),
        ({"shape": [2.0, 2]}, "no shape"),
        ({"shape": [True, 4]}, "no shape"),
        ({"shape": "2x2"}, "no shape"),
        ({"shape": [1] * 70 + [4]}, "no shape"),
        ({"shape": [10**18, 10**18]}, "16 bytes, but"),
        ({"manifest": json.dumps([{"note": "x" * (1 << 24)}])}, "it has 16777"),
        ({"dtype": "complex64"}, "complex64"),
        ({"dtype": None}, "dtype 'None'"),
        ({"quantization": 8}, "not an object"),
        ({"quantization": {"dtype": "int4"}}, "int4"),
        ({"quantization": {}}, "dtype 'None'"),
        ({"quantization": {"dtype": ["uint8"]}}, "uint8"),
        ({"quantization": {"dtype": "uint8"}}, "no scale and min"),
        ({"quantization": AFFINE}, "16 bytes, but .* 4"),
        ({"quantization": {**AFFINE, "scale": float("nan")}}, "no scale and min"),
        ({"quantization": {**AFFINE, "min": 10**400}}, "no scale and min"),
        ({"quantization": {**AFFINE, "min": "0"}}, "no scale and min"),
        ({"quantization": {**AFFINE, "min": 1e200}, "shape": [16]}, "infinity"),
    ],
)
def test_hostile_folder_is_one_sentence(tmp_path, change, sentence):
    with pytest.raises(UserError, match=sentence) as caught:
        read_tensors(_folder(tmp_path, **change))
    assert "\n" not in str(caught.value)


def test_a_missing_folder(tmp_path):
    with pytest.raises(UserError, match=r"there is no weights_manifest\.json in .*nowhere"):
        read_tensors(tmp_path / "nowhere")


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["paths", "weights", "name", "shape", "dtype", "quantization"]), inner
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150)
@given(
    manifest=JSON_VALUES
    | st.builds(
        lambda key, value: [{"paths": ["s"], "weights": [{**ENTRY, key: value}]}],
        st.sampled_from(["name", "shape", "dtype", "quantization"]),
        JSON_VALUES,
    )
)
def test_any_manifest_is_read_or_refused(tmp_path_factory, manifest):
    folder = _folder(tmp_path_factory.mktemp("hostile"), manifest=json.dumps(manifest))
    try:
        tensors = read_tensors(folder)
    except UserError:
        return
    assert all(np.isfinite(array).all() for array in tensors.values())


@pytest.mark.parametrize("name", ["ckpt_chords_float32", "ckpt_plain_float32"])
def test_golden_float32_checkpoint_has_the_bytes_that_stand_in_its_shards(golden, tmp_path, name):
    folder = golden / "magentajs" / name
    weights = read_tensors(folder)
    order = [weight["name"] for weight in manifest_of(folder)[0]["weights"]]
    joined = b"".join(np.asarray(weights[name], "<f4").tobytes() for name in order)
    assert joined == stored_bytes(folder)
    write_tensors(tmp_path, weights, shard_bytes=300_000)
    again = b"".join(np.asarray(weights[name], "<f4").tobytes() for name in sorted(weights))
    assert stored_bytes(tmp_path) == again


def test_golden_uint8_is_within_half_a_scale_of_float32(golden):
    folder = golden / "magentajs"
    exact = read_tensors(folder / "ckpt_chords_float32")
    rounded = read_tensors(folder / "ckpt_chords_uint8")
    entries = manifest_of(folder / "ckpt_chords_uint8")[0]["weights"]
    assert set(rounded) == set(exact) == {entry["name"] for entry in entries}
    for entry in entries:
        scale, name = entry["quantization"]["scale"], entry["name"]
        error = np.abs(rounded[name].astype(np.float64) - exact[name])
        rounding = np.spacing(np.abs(exact[name]).max())  # of float32 itself
        assert error.max() <= scale / 2 + rounding, name


def test_trained_checkpoint_in_float16(golden):
    weights = read_tensors(golden / "trained_small")
    shards = (golden / "trained_small").glob("group1-shard*")
    assert 2 * sum(array.size for array in weights.values()) == sum(
        path.stat().st_size for path in shards
    )
    assert weights["encoder/sigma/kernel"].shape == (512, 128)
    assert 0.01 < weights["core_decoder/decoder/output_projection/kernel"].std() < 1
