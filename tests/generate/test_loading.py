"""Models from anywhere: folders of every kind, addresses, bundled names."""

import functools
import http.server
import json
import threading

import numpy as np
import pytest

import gm_vae
from gm_vae.checkpoints import load as reading
from gm_vae.checkpoints.checkpoint import Checkpoint
from gm_vae.checkpoints.folder import export_checkpoint, write_checkpoint
from gm_vae.checkpoints.load import read_model
from gm_vae.checkpoints.magentajs import export_magentajs
from gm_vae.errors import UsageError, UserError
from gm_vae.model.config import ModelConfig
from gm_vae.model.published import NetworkSizes


@pytest.fixture(scope="module")
def checkpoint():
    sizes = NetworkSizes(5, (4, 4), 3, 490, chords=True, has_sigma=True)
    rng = np.random.default_rng(0)
    weights = {
        name: rng.normal(size=shape).astype(np.float32) for name, shape in sizes.shapes().items()
    }
    attributes = {"density": [0.5, -1.0, 2.0]}
    return Checkpoint(ModelConfig(5, (4, 4), 3), weights, {"steps": 9}, attributes)


@pytest.fixture(scope="module")
def folders(checkpoint, tmp_path_factory):
    root = tmp_path_factory.mktemp("models")
    export_checkpoint(checkpoint, root / "ours")
    export_checkpoint(checkpoint, root / "run/checkpoint")
    export_magentajs(checkpoint, root / "browser", "none", shard_bytes=3000)
    return root


@pytest.fixture(scope="module")
def address(folders):
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folders)
    handler.log_message = lambda *_: None
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def assert_same(loaded, checkpoint, sigma=True):
    assert (loaded.config.latent_size, loaded.attributes) == (3, checkpoint.attributes)
    for name, value in checkpoint.weights.items():
        if sigma or "sigma" not in name:
            np.testing.assert_array_equal(loaded.weights[name], value)


@pytest.mark.parametrize("name", ["ours", "run", "browser"])
def test_folders_and_addresses(checkpoint, folders, address, name):
    for path in (folders / name, f"{address}/{name}"):
        if name == "run" and path != folders / name:
            path += "/checkpoint"
        loaded = read_model(path)
        assert_same(loaded, checkpoint, sigma=name != "browser")
        if name == "browser":
            assert loaded.training == {
                "imported_from": "browser" if path == folders / name else path,
                "sigma_known": False,
            }
        else:
            assert loaded.training == checkpoint.training


def test_a_loaded_model_encodes_and_decodes(folders, address):
    local, remote = gm_vae.load(folders / "ours"), gm_vae.load(f"{address}/ours")
    z = local.sample_points(2, seed=0)
    measures = local.decode(z, "C", seed=0)
    assert measures == remote.decode(z, "C", seed=0)
    np.testing.assert_array_equal(local.encode(measures)[0], remote.encode(measures)[0])


def test_bundled_models_go_by_name(checkpoint, folders, tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "BUNDLED", tmp_path / "models")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="no model at small; train one"):
        read_model("small")
    export_checkpoint(checkpoint, tmp_path / "models/small", "float16")
    half = read_model("small")
    for name, value in checkpoint.weights.items():
        np.testing.assert_array_equal(half.weights[name], value.astype(np.float16))
    with pytest.raises(UserError, match=r"no model at tiny; name a bundled model \(small\)"):
        read_model("tiny")
    with pytest.raises(UsageError, match=r"no model at smal \(did you mean small\?\)"):
        read_model("smal")
    other = ModelConfig(5, (4, 4), 3, preset="mine")
    write_checkpoint(tmp_path / "small", other, checkpoint.weights)  # what is here comes first
    assert read_model("small").config.preset == "mine"


def test_addresses_that_hold_nothing_or_lead_elsewhere(folders, address, tmp_path):
    with pytest.raises(UserError, match=r"there is no http://.*/nowhere/weights_manifest.json"):
        read_model(f"{address}/nowhere")
    with pytest.raises(UserError, match=r"cannot read http://127\.0\.0\.1:1/"):
        read_model("http://127.0.0.1:1/x")
    with pytest.raises(UserError, match="there is no file system for nonsense://"):
        read_model("nonsense://x")
    evil = folders / "evil"
    evil.mkdir(exist_ok=True)
    manifest = [{"paths": ["../ours/group1-shard1of1"], "weights": []}]
    (evil / "weights_manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(UserError, match="outside its folder"):
        read_model(f"{address}/evil")


def test_other_folders_are_recognised(tmp_path):
    def message(path):
        with pytest.raises(UserError) as caught:
            gm_vae.load(path)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    assert "no checkpoint" in message(tmp_path / "absent")
    (tmp_path / "client").mkdir()
    (tmp_path / "client/weights_manifest.json").write_text("[]")
    assert "no config.json" in message(tmp_path / "client")
    (tmp_path / "data").mkdir()
    (tmp_path / "data/dataset.json").touch()
    assert "a dataset" in message(tmp_path / "data")
    (tmp_path / "saved_model.pb").touch()
    assert "name a SavedModel that gm-vae exported" in message(tmp_path)
