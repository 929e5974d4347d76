"""What serves the page, and the site that it writes; the page itself is tested in tests/web."""

import http.client
import threading

import pytest
from patience import PATIENCE_SECONDS

from gm_vae.cli import main
from gm_vae.errors import UsageError, UserError
from gm_vae.export import web_page
from gm_vae.generate.gmvae import GMVAE
from gm_vae.model.config import ModelConfig
from gm_vae.model.reading import read_model
from gm_vae.model.vae import HierarchicalVAE

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
    (folder / "index.html").write_text('<meta name="soundfont" content=""><p>hello')
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
def get(page, model, font):
    """get(path) -> (status, type, body) of a server of the page."""
    server = web_page.PageServer(model, port=0, soundfont=font)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def ask(path, method="GET"):
        connection = http.client.HTTPConnection(*server.server_address, timeout=PATIENCE_SECONDS)
        connection.request(method, path)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, answer.headers["Content-Type"], body

    yield ask
    server.shutdown()
    server.server_close()


def test_the_server_hands_out_page_model_and_soundfont(get):
    assert get("/")[::2] == (200, b'<meta name="soundfont" content="a%20font.sf2"><p>hello')
    assert get("/page.js?v=1") == (200, "text/javascript", b"1")
    assert get("/a%20font.sf2")[::2] == (200, FONT)
    assert b"MusicVAE" in get("/model/config.json")[2]
    status, _, manifest = get("/model/weights_manifest.json")
    assert status == 200
    assert b"encoder/mu/kernel" in manifest
    assert len(get("/model/group1-shard1of1")[2]) > 1000
    assert get("/", "HEAD")[::2] == (200, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/nothing.js", "/../secret.txt", "/%2e%2e/secret.txt", "//secret.txt", "/.sources",
        "/model/gm_vae.json", "/model/../page.js", "/model/", "/etc/passwd", "/page.js/",
    ],
)  # fmt: skip
def test_there_is_no_way_out_of_its_folders(get, path):
    assert get(path)[0] == 404


def test_a_site_is_written_whole(page, model, font, tmp_path, capsys):
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
    assert "exists already" in capsys.readouterr().err
    assert main([*arguments, "--force"]) == 0


def test_mistakes_are_one_sentence(page, model, tmp_path):
    with pytest.raises(UsageError, match="is no soundfont; give"):
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
