"""The server of the page, and the exported site; the page itself is tested in tests/web."""

import contextlib
import dataclasses
import hashlib
import http.client
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading

import numpy as np
import pytest
from patience import PATIENCE_SECONDS

from gm_vae.checkpoints.load import read_model
from gm_vae.cli import main
from gm_vae.errors import UsageError, UserError
from gm_vae.export import web_page
from gm_vae.generate.gmvae import GMVAE
from gm_vae.model.config import ModelConfig
from gm_vae.model.vae import HierarchicalVAE
from gm_vae.scratch import scratch_folder

FONT = b"RIFF\0\0\0\0sfbk and so on"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "run"
    GMVAE(HierarchicalVAE(ModelConfig(16, (16, 16), 8))).save(folder / "checkpoint")
    return folder


@pytest.fixture
def page(tmp_path, monkeypatch):
    """A stand-in for the built page."""
    folder = tmp_path / "page"
    folder.mkdir()
    (folder / "index.html").write_text(
        '<meta name="soundfont" content=""><meta name="attributes" content=""><p>hello'
    )
    (folder / "page.js").write_text("1")
    (tmp_path / "secret.txt").write_text("secret")
    monkeypatch.setattr(web_page, "PAGE", folder)
    return folder


@pytest.fixture
def font(tmp_path):
    path = tmp_path / "a font.sf2"
    path.write_bytes(FONT)
    return path


@pytest.fixture
def server(page, model, font):
    """A running server of the page."""
    with web_page.PageServer(model, port=0, soundfont=font) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def get(server):
    """get(path) -> (status, type, body) of a server of the page."""

    def ask(path, method="GET", **headers):
        connection = http.client.HTTPConnection(*server.server_address, timeout=PATIENCE_SECONDS)
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, answer.headers["Content-Type"], body

    return ask


def test_the_server_serves_page_model_and_soundfont(get):
    index = b'<meta name="soundfont" content="a%20font.sf2"><meta name="attributes" content="">'
    assert get("/")[::2] == (200, index + b"<p>hello")
    assert get("/page.js?v=1") == (200, "text/javascript", b"1")
    assert get("/a%20font.sf2")[::2] == (200, FONT)
    assert b"MusicVAE" in get("/model/config.json")[2]
    status, _, manifest = get("/model/weights_manifest.json")
    assert status == 200
    assert b"encoder/mu/kernel" in manifest
    (shard,) = json.loads(manifest)[0]["paths"]
    assert len(get(f"/model/{shard}")[2]) > 1000
    assert get("/model/group1-shard1of1")[0] == 404
    assert get("/", "HEAD")[::2] == (200, b"")


def test_cached_files_are_not_sent_again(server, page):
    digest = "page-0A1B2C3D.js"
    (page / digest).write_text("1")

    def ask(path, **headers):
        connection = http.client.HTTPConnection(*server.server_address, timeout=PATIENCE_SECONDS)
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, answer.headers, body

    manifest = json.loads(ask("/model/weights_manifest.json")[2])
    for path in ("/", "/page.js", "/model/config.json", "/a%20font.sf2"):
        status, headers, body = ask(path)
        assert (status, headers["Cache-Control"]) == (200, "no-cache")
        assert body
        status, _, body = ask(path, **{"If-None-Match": headers["ETag"]})
        assert (status, body) == (304, b"")
        assert ask(path, **{"If-None-Match": '"another"'})[0] == 200
    for path in (f"/{digest}", f"/model/{manifest[0]['paths'][0]}"):
        assert ask(path)[1]["Cache-Control"] == "max-age=31536000, immutable"
    (page / "page.js").write_text("2 and more")
    before = ask("/page.js")[1]["ETag"]
    (page / "page.js").write_text("3")
    assert ask("/page.js", **{"If-None-Match": before})[2] == b"3"
    assert "ETag" not in ask("/nothing.js")[1]


def test_a_shard_is_named_by_its_content(page, model, tmp_path):
    checkpoint = read_model(model)
    names = []
    for number, scale in enumerate((1.0, 1.0, 2.0)):
        weights = {name: scale * array for name, array in checkpoint.weights.items()}
        site = tmp_path / f"site{number}"
        web_page.export_web(dataclasses.replace(checkpoint, weights=weights), site, "none")
        (group,) = json.loads((site / "model" / "weights_manifest.json").read_text())
        names.append(group["paths"])
        for name in group["paths"]:
            digest = hashlib.sha256((site / "model" / name).read_bytes()).hexdigest()
            assert name.endswith(f"-{digest[:8]}")
        again = read_model(site / "model").weights  # others read the folder as before
        np.testing.assert_array_equal(
            again["encoder/mu/kernel"], weights["encoder/mu/kernel"].astype(np.float32)
        )
    assert names[0] == names[1] != names[2]


def test_attribute_vectors_are_handed_out(page):
    with web_page.PageServer(port=0) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        connection = http.client.HTTPConnection(*server.server_address, timeout=PATIENCE_SECONDS)
        connection.request("GET", "/model/attributes.json")
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
        assert json.loads(answer.read())
        connection.close()
        server.shutdown()


@pytest.mark.parametrize(
    "path",
    [
        "/nothing.js", "/../secret.txt", "/%2e%2e/secret.txt", "//secret.txt", "/.sources",
        "/model/gm_vae.json", "/model/../page.js", "/model/", "/etc/passwd", "/page.js/",
    ],
)  # fmt: skip
def test_paths_outside_its_folders_are_refused(get, path):
    assert get(path)[0] == 404


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200), ("localhost:8642", 200), ("LOCALHOST", 200), ("[::1]:1", 200),
        ("evil.example.com", 421), ("evil.example.com:8642", 421), ("localhost.evil.com", 421),
        ("127.0.0.1.evil.com", 421), ("localhost@evil.com", 421), ("localhost:8642:1", 421),
        ("", 421), ("0.0.0.0", 421),
    ],
)  # fmt: skip
def test_only_names_of_this_machine_are_answered(get, host, status):
    for path in ("/", "/model/config.json", "/nothing"):
        assert get(path, Host=host)[0] in (status, 404 if status == 200 else status)
    assert (b"hello" in get("/", Host=host)[2]) == (status == 200)


def test_two_hosts_or_none_are_not_answered(server):
    for head in (b"Host: localhost\r\nHost: evil.com\r\n", b""):
        with socket.create_connection(server.server_address, timeout=PATIENCE_SECONDS) as client:
            client.sendall(b"GET / HTTP/1.1\r\n" + head + b"Connection: close\r\n\r\n")
            assert client.makefile("rb").readline().split()[1] == b"421"


def test_half_a_request_is_given_up(server, get, monkeypatch):
    monkeypatch.setattr(web_page, "_SECONDS_TO_ASK", 0.05)
    with socket.create_connection(server.server_address, timeout=PATIENCE_SECONDS) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHo")
        assert client.recv(1) == b""  # the server hangs up
    assert get("/")[0] == 200


def test_connections_are_capped_and_the_oldest_goes_first(server, get, monkeypatch):
    monkeypatch.setattr(web_page, "MOST_CONNECTIONS", 4)
    before = threading.active_count()
    with contextlib.ExitStack() as opened:
        clients = [
            opened.enter_context(
                socket.create_connection(server.server_address, timeout=PATIENCE_SECONDS)
            )
            for _ in range(20)
        ]
        for client in clients[:16]:
            assert client.recv(1) == b""
        assert get("/")[0] == 200
        assert threading.active_count() <= before + 6


def test_connection_resets_are_not_printed(server, get, capfd):
    for request in (b"", b"GET / HT", b"GET /page.js HTTP/1.1\r\nHost: localhost\r\n\r\n" * 50):
        client = socket.create_connection(server.server_address, timeout=PATIENCE_SECONDS)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.sendall(request)
        client.close()  # with a reset
    assert get("/")[0] == 200
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_nothing_temporary_is_left(page, model, tmp_path, number):
    (tmp_path / "tmp").mkdir()
    code = f"""
import os, pathlib, sys, webbrowser
from gm_vae.cli import main
from gm_vae.export import web_page
web_page.PAGE = pathlib.Path({str(page)!r})
webbrowser.open = lambda url: os.kill(os.getpid(), {int(number)})  # when all is there
sys.exit(main(["web", "--model={model}", "--port=0"]))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    if number == signal.SIGKILL:
        assert done.returncode == -number
    else:
        assert done.returncode == 128 + number
        assert done.stderr == f"gm-vae web: ended by {number.name}.\n"
    left = list((tmp_path / "tmp").iterdir())
    assert bool(left) == (number == signal.SIGKILL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
        with scratch_folder() as mine, scratch_folder() as other:
            assert sorted((tmp_path / "tmp").iterdir()) == sorted([mine, other])


def test_a_site_is_written_completely_or_not_at_all(page, model, font, tmp_path, capsys):
    arguments = [
        "export", "--format=web", f"--model={model}", f"--output={tmp_path / 'site'}",
        "--quantize=uint8", f"--soundfont={font}",
    ]  # fmt: skip
    assert main(arguments) == 0
    site = tmp_path / "site"
    assert {path.name for path in site.iterdir()} == {
        "index.html", "page.js", "a font.sf2", "model",
    }  # fmt: skip
    assert "a%20font.sf2" in (site / "index.html").read_text()
    assert (site / "model" / "weights_manifest.json").exists()
    assert main(arguments) == 2
    assert "already exists" in capsys.readouterr().err
    assert main([*arguments, "--force"]) == 0


def test_a_page_older_than_its_sources_is_known(tmp_path, monkeypatch):
    built = tmp_path / "export" / "web" / "dist" / "index.html"
    source = tmp_path / "packages" / "engine" / "src" / "music" / "song.js"
    for path in (built, source):
        path.parent.mkdir(parents=True)
        path.write_text("")
    monkeypatch.setattr(web_page, "PAGE", built.parent)
    os.utime(source, (100, 100))
    os.utime(built, (200, 200))
    assert not web_page.outdated()
    os.utime(source, (300, 300))
    assert web_page.outdated() == "the page is older than its sources; run make web."


def test_mistakes_are_one_sentence(page, model, tmp_path):
    with pytest.raises(UsageError, match="is not a soundfont; give"):
        web_page.PageServer(model, 0, tmp_path / "secret.txt")
    with pytest.raises(UsageError, match="cannot be read"):
        web_page.PageServer(model, 0, tmp_path / "nothing.sf2")
    with pytest.raises(UserError, match="there is no checkpoint at"):
        web_page.PageServer(tmp_path / "nothing", 0)
    with pytest.raises(UserError, match="there is no model at nobody"):
        web_page.PageServer("nobody", 0)
    with (
        web_page.PageServer(model, 0) as first,
        pytest.raises(UsageError, match="cannot be used"),
    ):
        web_page.PageServer(model, first.server_address[1])
    (page / "index.html").unlink()
    with pytest.raises(UserError, match="run make web"):
        web_page.PageServer(model, 0)


def test_layers_that_the_page_cannot_compute_are_refused(page, tmp_path):
    GMVAE(HierarchicalVAE(ModelConfig(18, (16, 16), 8))).save(tmp_path / "odd")
    with pytest.raises(UserError, match="16, 18 units"):
        web_page.export_web(read_model(tmp_path / "odd"), tmp_path / "site")
    assert not (tmp_path / "site").exists()
