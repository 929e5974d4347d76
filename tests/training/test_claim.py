"""A run folder has one writer at a time, and the lock of a dead one is free."""

import json
import os
import signal
import socket

import pytest

from gm_vae.errors import UsageError, UserError
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.training.run_config import claimed

SETTINGS = {
    "model": {"fmt": MeasureFormat().to_dict()},
    "training": {"schedule": "cosine", "minutes": None, "rate": 0.5},
    "dataset": {"sha256": "x"},
}


def claim(folder, settings=SETTINGS):
    return claimed(folder, settings, MeasureFormat())


def test_a_second_writer_is_refused(tmp_path):
    with claim(tmp_path / "run"):
        (tmp_path / "run/.checkpoint.half").mkdir()  # what the first one is about to write
        with (
            pytest.raises(UsageError, match=f"process {os.getpid()} on {socket.gethostname()}"),
            claim(tmp_path / "run"),
        ):
            pass
        assert (tmp_path / "run/.checkpoint.half").is_dir()
    with claim(tmp_path / "run"):
        assert not (tmp_path / "run/.checkpoint.half").exists()
    assert os.listdir(tmp_path / "run") == ["run.json"]


def test_a_killed_writer_leaves_no_lock(tmp_path):
    child = os.fork()
    if not child:
        with claim(tmp_path / "run"):
            os.kill(os.getpid(), signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
    assert (tmp_path / "run/.writer.json").exists()
    with claim(tmp_path / "run"):
        assert json.loads((tmp_path / "run/.writer.json").read_text())["process"] == os.getpid()


def test_a_writer_that_died_before_its_first_file_leaves_no_mess(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run/.writer.json").write_text("[")
    with claim(tmp_path / "run"):
        pass


@pytest.mark.parametrize(
    "text",
    [
        "", "[", "[" * 100_000, "[]", "{}", '{"model": 3, "training": {}, "dataset": {}}',
        '{"model": {"fmt": []}, "training": {}, "dataset": {}}',
        '{"model": {"fmt": {}}, "training": [], "dataset": {}}',
        '{"model": {"fmt": {}}, "training": {}, "dataset": null}',
        '{"model": {"fmt": {}}, "training": {"rate": ' + "[" * 500 + "]" * 500
        + '}, "dataset": {}}',
        '{"model": {"fmt": {"beat_unit": 1' + "0" * 4000 + '}}, "training": {}, "dataset": {}}',
    ],
)  # fmt: skip
def test_a_hostile_run_json_is_one_sentence(tmp_path, text):
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(UserError) as caught, claim(tmp_path):
        pass
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400
    assert os.listdir(tmp_path) == ["run.json"]


def test_differences_are_shown_in_brief(tmp_path):
    old = {**SETTINGS, "training": {**SETTINGS["training"], "rate": "x" * 10_000}}
    (tmp_path / "run.json").write_text(json.dumps(old))
    refused = pytest.raises(UsageError, match=r"--rate: xxx.*0\.5 here")
    with refused as caught, claim(tmp_path):
        pass
    assert len(str(caught.value)) < 400
