"""gs:// through Google's own client, against an emulator of its store on this machine."""

import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
import zlib

import pytest
from faulty_proxy import FaultyProxy
from flink_cluster import free_ports
from patience import PATIENCE_SECONDS


@pytest.fixture(scope="module")
def store(google_storage, tmp_path_factory):
    """The address of an emulator with a bucket "music"."""
    (port,) = free_ports(1)
    folder = tmp_path_factory.mktemp("store")
    command = [sys.executable, "-m", "gcp_storage_emulator", "start", f"--port={port}"]
    process = subprocess.Popen(
        [*command, "--host=127.0.0.1", "--in-memory", "--default-bucket=music"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(google_storage)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"127.0.0.1:{port}"

    def answers():
        try:
            return _get(address, "")
        except OSError:
            return None

    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while answers() is None and time.monotonic() < deadline:
            threading.Event().wait(0.1)
        yield address
    finally:
        process.kill()
        process.wait()


def _get(address, path):
    url = f"http://{address}/storage/v1/b/music/o{path}"
    with urllib.request.urlopen(url, timeout=PATIENCE_SECONDS) as answer:
        return answer.read()


def _put(address, name, data):
    query = urllib.parse.urlencode({"uploadType": "media", "name": name})
    url = f"http://{address}/upload/storage/v1/b/music/o?{query}"
    urllib.request.urlopen(urllib.request.Request(url, data), timeout=PATIENCE_SECONDS).close()


def _contents(address, prefix):
    listed = json.loads(_get(address, f"?prefix={prefix}"))["items"]
    paths = [item["name"] for item in listed]
    return {
        path.removeprefix(prefix): _get(address, f"/{urllib.parse.quote(path, '')}?alt=media")
        for path in paths
    }


@pytest.fixture(scope="module")
def songs_there(store, songs):
    for path in songs.iterdir():
        _put(store, f"songs/{path.name}", path.read_bytes())
    return "gs://music/songs"


def _gm_vae(google_storage, address, *arguments):
    """A verb as a user runs it; its exit code and output."""
    done = subprocess.run(
        [sys.executable, "-m", "gm_vae", *arguments],
        env={
            **os.environ,
            "PYTHONPATH": str(google_storage),
            "STORAGE_EMULATOR_HOST": f"http://{address}",
            "NO_GCE_CHECK": "true",  # only this machine is asked
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def _same_songs(contents, expected):
    """The input has another name there, which is in dataset.json and the card."""
    return {n: data for n, data in contents.items() if n.endswith(".gz")} == {
        n: data for n, data in expected.items() if n.endswith(".gz")
    }


def test_a_dataset_there_is_that_made_here(store, google_storage, songs_there, songs_made_here):
    flags = (f"--input={songs_there}", "--output=gs://music/data", "--workers=2")
    code, output = _gm_vae(google_storage, store, "preprocess", *flags)
    assert code == 0, output
    contents = _contents(store, "data/")
    assert set(contents) == set(songs_made_here)  # and no chunks
    assert _same_songs(contents, songs_made_here)
    code, output = _gm_vae(google_storage, store, "stats", "gs://music/data")
    assert code == 0, output
    assert "# Measures of songs" in output


def test_training_reads_it(store, google_storage, songs_there, tmp_path):
    flags = (f"--input={songs_there}", "--output=gs://music/train", "--workers=1")
    assert _gm_vae(google_storage, store, "preprocess", *flags)[0] == 0
    sizes = ("--latent_size=8", "--encoder_units=8", "--decoder_units=8", "--batch_size=4")
    run = (f"--output={tmp_path}/run", "--data=gs://music/train", "--steps=2", *sizes)
    code, output = _gm_vae(google_storage, store, "train", *run)
    assert code == 0, output


def test_refused_and_cut_answers_cost_nothing(store, google_storage, songs_there, songs_made_here):
    def fault(method, path, before):
        if method != "GET":
            return ""
        if "alt=media" in path:
            return ("503", "cut", "")[min(before, 2)]
        # the client waits a second and more before each retry: a quarter of the rest is enough
        return "" if before or zlib.crc32(path.encode()) % 4 else "503"

    with FaultyProxy(store, fault) as proxy:
        flags = (f"--input={songs_there}", "--output=gs://music/faulty", "--workers=1")
        code, output = _gm_vae(google_storage, proxy.address, "preprocess", *flags)
        assert code == 0, output
        assert min(proxy.faults["503"], proxy.faults["cut"]) > 3, proxy.faults
    assert _same_songs(_contents(store, "faulty/"), songs_made_here)


@pytest.mark.parametrize("status", ["401", "403"])
def test_without_rights_it_is_one_sentence(store, google_storage, songs_there, tmp_path, status):
    with FaultyProxy(store, lambda method, path, before: status) as proxy:
        flags = (f"--input={songs_there}", f"--output={tmp_path}/data")
        code, output = _gm_vae(google_storage, proxy.address, "preprocess", *flags)
    assert code == 1
    (sentence,) = output.splitlines()
    assert re.search(r"gs://music/songs cannot be read .*GOOGLE_APPLICATION_CREDENTIALS", sentence)
