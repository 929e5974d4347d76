"""Models over HTTP from servers that misbehave: one sentence each, within limits, no files left."""

import pathlib
import re
import subprocess
import sys
import tempfile
import threading

import numpy as np
import pytest
from bad_server import CHUNKED, OK, WAYS, drip, for_shards, raw, serving, whole
from patience import PATIENCE_SECONDS

from gm_vae import web
from gm_vae.checkpoints import fetching
from gm_vae.checkpoints.folder import write_checkpoint
from gm_vae.checkpoints.load import read_model
from gm_vae.errors import UserError
from gm_vae.model.config import ModelConfig
from gm_vae.model.published import NetworkSizes
from gm_vae.storage import open_file

FUZZ = pathlib.Path(__file__).resolve().parents[1] / "fuzz/fuzz_http.py"
CONFIG = ModelConfig(3, (4,), 2)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A folder of models to serve."""
    root = tmp_path_factory.mktemp("served")
    rng = np.random.default_rng(0)
    weights = {
        name: rng.normal(size=shape) for name, shape in NetworkSizes.of(CONFIG).shapes().items()
    }
    write_checkpoint(root / "model", CONFIG, weights, {"steps": 3})
    return root


@pytest.fixture(autouse=True)
def scratch(tmp_path, monkeypatch):
    """A temporary folder, which must be empty afterwards."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield tmp_path
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def hurried(monkeypatch):
    """Short time limits for servers."""
    monkeypatch.setattr(fetching, "_PATIENCE_SECONDS", 0.4)
    monkeypatch.setattr(fetching, "_LEAST_BYTES_A_SECOND", 1e9)


def refusal(served, answer):
    with serving(served, answer) as (address, asked):
        with pytest.raises(UserError) as caught:
            read_model(f"{address}/model")
        assert "127.0.0.1" in str(caught.value)
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 500
        return str(caught.value), asked


def test_a_good_server_and_its_redirects(served):
    def moved(path, content, to):
        if path.startswith("/model/"):
            head = f"HTTP/1.1 302 Found\r\nLocation: {elsewhere}/moved{path}\r\n\r\n"
            return to.sendall(head.encode())
        whole(path.removeprefix("/moved"), content, to)

    (served / "moved").mkdir(exist_ok=True)
    if not (served / "moved/model").exists():
        (served / "moved/model").symlink_to(served / "model")
    with serving(served, whole) as (elsewhere, asked), serving(served, moved) as (address, _):
        checkpoint = read_model(f"{address}/model")
    assert checkpoint.config == CONFIG
    assert any("shard" in path for path in asked)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\r\n",
        b"garbage\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 99999999999999999999 OK\r\n\r\n",
        b"HTTP/2.0\r\n",
        b"HTTP/1.1 200 " + b"x" * 70_000,
        OK + b"A" * 70_000,
        OK + b"a: b\r\n" * 200 + b"\r\n",
        OK,
        OK + b"Content-Length: 100\r\n\r\n[",
        OK + b"Content-Length: -5\r\n\r\n[",
        OK + b"Content-Length: 1e9\r\n\r\n[",
        OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n[]",
        CHUNKED,
        CHUNKED + b"5\r\n[",
        CHUNKED + b"zz\r\n[",
        CHUNKED + b"-5\r\n[]]]]]]]]]]]",
        CHUNKED + b"1\r\n[\r\n" + b"1" * 70_000,
        CHUNKED + b"f" * 60_000 + b"\r\n[",
        CHUNKED + b"1\r\n[\r\n0\r\n" + b"t" * 70_000,
        OK + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\0",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 206 Partial\r\nContent-Length: 1\r\n\r\n[",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 401 \x1b[2Jlog in\r\nWWW-Authenticate: x\r\n\r\n",
        b"HTTP/1.1 503 " + b"busy " * 1000 + b"\r\n\r\n",
        b"HTTP/1.1 302 Found\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: \r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: ftp://127.0.0.1/x\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: data:,x\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://[::1\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:99999999/\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://\xff\xfe/\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: /model/weights_manifest.json\r\n\r\n",
    ],
)
def test_answers_that_are_not_http(served, head):
    sentence, asked = refusal(served, raw(head))
    assert "\x1b" not in sentence
    assert len(asked) <= 6


@pytest.mark.parametrize(
    "answer",
    [
        drip(OK + b"Content-Length: 1000000\r\n\r\n", b" "),
        drip(CHUNKED, b"1\r\n \r\n"),
        drip(OK, b"x"),
        drip(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"),
        drip(b"", b"x"),
        for_shards(drip(OK + b"\r\n", b"\0")),
    ],
)
def test_servers_that_never_end(served, answer, hurried):
    assert "too slowly" in refusal(served, answer)[0]


def test_a_silent_server(served, monkeypatch):
    monkeypatch.setattr(web, "_PATIENCE_SECONDS", 0.1)
    assert "it sent nothing for 0.1 seconds" in refusal(served, drip(b"", b""))[0]


def test_data_after_the_time_limit_is_discarded(served, hurried, scratch):
    late = threading.Event()

    def answer(path, content, to):
        if content is not None:
            late.wait(PATIENCE_SECONDS)
        whole(path, content, to)

    with serving(served, answer) as (address, asked):
        with pytest.raises(UserError, match="too slowly"):
            read_model(f"{address}/model")
        late.set()
        for thread in threading.enumerate():
            if thread.name == f"fetching {address}/model":
                thread.join(PATIENCE_SECONDS)
    assert asked == ["/model/weights_manifest.json"]
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (raw(OK + b"\r\n", b" " * 65536), "more than the allowed 16,777,216 bytes"),
        (for_shards(raw(OK + b"\r\n", b"\0" * 65536)), r"more than the allowed \d+"),
        (for_shards(raw(OK + b"Content-Length: 9\r\n\r\n\0")), "ended 8 bytes early"),
    ],
)
def test_no_more_is_kept_than_was_described(served, answer, words):
    assert re.search(words, refusal(served, answer)[0])


@pytest.mark.parametrize("name", ["gm_vae.json", "config.json", "attributes.json"])
def test_weights_are_not_fetched_before_the_description_is_right(served, name):
    def answer(path, content, to):
        if path.endswith(name):
            content = b"[1]"
        elif name == "config.json" and path.endswith("gm_vae.json"):
            content = None  # it describes folders of browsers, which have no gm_vae.json
        whole(path, content, to)

    sentence, asked = refusal(served, answer)
    assert name in sentence
    assert not any("shard" in path for path in asked)


def test_weights_of_another_network_are_refused_by_the_address(served, tmp_path_factory):
    folder = tmp_path_factory.mktemp("browser")
    (folder / "model").mkdir()
    for name in ("config.json", "weights_manifest.json"):
        (folder / "model" / name).write_bytes((served / "model" / name).read_bytes())
    manifest = folder / "model/weights_manifest.json"
    manifest.write_text(manifest.read_text().replace("encoder/mu/bias", "encoder/nu/bias"))
    sentence, asked = refusal(folder, whole)
    assert "lacks 'encoder/mu/bias'" in sentence
    assert not any("shard" in path for path in asked)


def test_truncation_anywhere_is_an_os_error(served):
    with (
        serving(served, raw(OK + b"Content-Length: 10\r\n\r\n12345")) as (address, _),
        open_file(f"{address}/x") as stream,
        pytest.raises(OSError, match="ended 5 bytes early"),
    ):
        stream.read()


def test_a_full_disk_names_the_path(served, monkeypatch, scratch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    with serving(served, whole) as (address, _):
        monkeypatch.setattr(fetching, "open", full, raising=False)
        with pytest.raises(UserError, match=r"No space left .*TMPDIR") as caught:
            read_model(f"{address}/model")
    assert str(scratch) in str(caught.value)


def test_each_way_to_misbehave_is_survived():
    """A model for each way to misbehave, in a process with limits of time, memory and disk."""
    done = subprocess.run(
        [sys.executable, FUZZ, f"--mutants={len(WAYS)}", "--seed=1"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 failed" in done.stdout
