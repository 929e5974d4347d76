"""Our checkpoint folder: its content, refused folders, and that other files are not touched."""

import hashlib
import json
import os

import numpy as np
import pytest

from gm_vae.checkpoints.folder import read_checkpoint, write_checkpoint, write_checkpoint_files
from gm_vae.checkpoints.tensors import StoredTensors
from gm_vae.errors import UserError
from gm_vae.model.config import ModelConfig
from gm_vae.model.published import NetworkSizes

CONFIG = ModelConfig(3, (2, 4), 2)


@pytest.fixture
def folder(tmp_path):
    sizes = NetworkSizes(3, (2, 4), 2, 490, chords=True, has_sigma=True)
    rng = np.random.default_rng(0)
    weights = {name: rng.normal(size=shape) for name, shape in sizes.shapes().items()}
    write_checkpoint(tmp_path / "model", CONFIG, weights, {"steps": 3, "loss": 0.1})
    return tmp_path / "model"


def change(folder, honest=False, **fields):
    """Change fields of gm_vae.json; `honest` makes the checksum fit, as an attacker would."""
    path = folder / "gm_vae.json"
    values = json.loads(path.read_text()) | fields
    if honest:
        digest = hashlib.sha256(
            json.dumps({k: v for k, v in values.items() if k != "sha256"}, sort_keys=True).encode()
        )
        manifest = json.loads((folder / "weights_manifest.json").read_text())
        for name in ("config.json", "weights_manifest.json", *manifest[0]["paths"]):
            digest.update((folder / name).read_bytes())
        values["sha256"] = digest.hexdigest()
    path.write_text(json.dumps(values))


def message(folder):
    with pytest.raises(UserError) as caught:
        read_checkpoint(folder)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_written_values_are_read_back(folder):
    checkpoint = read_checkpoint(folder)
    assert (checkpoint.config, checkpoint.training) == (CONFIG, {"steps": 3, "loss": 0.1})
    assert checkpoint.attributes is None
    change(folder, honest=True, training={"steps": 4})
    assert read_checkpoint(folder).training == {"steps": 4}


def test_attribute_vectors_travel_along(folder, tmp_path):
    (folder / "attributes.json").write_text('{"density": [1.0, -2.5]}')  # learnt later
    checkpoint = read_checkpoint(folder)
    assert checkpoint.attributes == {"density": [1.0, -2.5]}
    (tmp_path / "copy").mkdir()
    write_checkpoint_files(tmp_path / "copy", checkpoint, "float16")
    assert read_checkpoint(tmp_path / "copy").attributes == checkpoint.attributes
    (folder / "attributes.json").write_text("[]")
    assert "attributes.json is damaged" in message(folder)


def test_folders_from_before_there_was_a_checksum_are_read(folder):
    values = json.loads((folder / "gm_vae.json").read_text())
    del values["sha256"]
    (folder / "gm_vae.json").write_text(json.dumps({**values, "checkpoint_version": 1}))
    assert read_checkpoint(folder).training["steps"] == 3


@pytest.mark.parametrize("name", ["config.json", "weights_manifest.json", "group1-shard1of1"])
def test_one_flipped_bit_is_found(folder, name):
    data = bytearray((folder / name).read_bytes())
    at = len(data) // 2 if name.startswith("group") else data.index(b"490") if b"490" in data else 9
    data[at] ^= 1
    (folder / name).write_bytes(data)
    message(folder)


def test_weights_that_change_while_they_are_read_are_found(folder, monkeypatch):
    read = StoredTensors.read

    def late(stored, *arguments):
        shard = folder / "group1-shard1of1"
        shard.write_bytes(b"\0\0\0\0" + shard.read_bytes()[4:])
        return read(stored, *arguments)

    monkeypatch.setattr(StoredTensors, "read", late)
    assert "checksum" in message(folder)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"training": {"steps": 30}}, "checksum"),
        ({"sha256": None}, "checksum"),
        ({"checkpoint_version": 3}, "version 3 and this gm-vae reads 1 to 2; upgrade"),
        ({"checkpoint_version": True}, "upgrade"),
        ({"checkpoint_version": "1"}, "upgrade"),
        ({"checkpoint_version": -1}, "upgrade"),
        ({"model": None}, "model configuration is incomplete"),
        ({"model": []}, "model configuration is incomplete"),
        ({"model": {}}, "model configuration is incomplete"),
        ({"model": {"a": 1}}, "unknown fields a"),
        ({"training": 3}, "training is not an object"),
        ({"model": CONFIG.to_dict() | {"encoder_units": 4}}, "not of the model"),
        ({"model": CONFIG.to_dict() | {"encoder_units": 10**30}}, "not of the model"),
        ({"model": CONFIG.to_dict() | {"encoder_units": "4"}}, "whole number"),
        ({"model": CONFIG.to_dict() | {"decoder_units": [2] * 10000}}, "not of the model"),
        ({"model": CONFIG.to_dict() | {"decoder_units": 2}}, "model configuration is incomplete"),
        ({"model": CONFIG.to_dict() | {"chords": "yes"}}, "model configuration is incomplete"),
        ({"model": CONFIG.to_dict() | {"chords": False}}, "not of the model"),
        ({"model": CONFIG.to_dict() | {"preset": {}}}, "model configuration is incomplete"),
        ({"model": CONFIG.to_dict() | {"fmt": {"max_tracks": 10**9}}}, "max_tracks"),
    ],
)
def test_hostile_fields_are_one_sentence(folder, fields, sentence):
    change(folder, honest="sha256" not in fields and "steps" not in str(fields), **fields)
    refusal = message(folder)
    assert sentence in refusal
    assert str(folder) in refusal
    assert len(refusal) < 400


@pytest.mark.parametrize("name", ["gm_vae.json", "config.json", "weights_manifest.json"])
def test_files_that_are_missing_pipes_or_links_elsewhere(folder, tmp_path, name):
    (folder / name).rename(tmp_path / "away")
    message(folder)
    (folder / name).symlink_to(tmp_path / "away")
    assert "link to a file outside" in message(folder)
    (folder / name).unlink()
    os.mkfifo(folder / name)  # opening it would never return
    message(folder)
    (folder / name).unlink()
    with open(folder / name, "wb") as file:  # reading it would, too
        file.truncate(1 << 40)
    assert "1099511627776 bytes" in message(folder)


@pytest.mark.parametrize("text", ["", "[]", "3", "{", "[" * 100_000, '{"model": {}}', "\0", "nul"])
def test_invalid_descriptions(folder, text):
    (folder / "gm_vae.json").write_text(text)
    assert "damaged" in message(folder)
