"""The web page: served on this machine (`gm-vae web`), or written as a site for any host.

`make web` builds the page from export/web/ and packages/engine/, and wheels contain it. Everything
is computed in the browser; the server only serves files.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
import html
import http.server
import io
import json
import os
import pathlib
import re
import shutil
import socket
import sys
import threading
import time
import urllib.parse
import webbrowser
from typing import Any, BinaryIO

from gm_vae.checkpoints.checkpoint import ATTRIBUTES, Checkpoint
from gm_vae.checkpoints.load import DEFAULT, read_model
from gm_vae.checkpoints.magentajs import export_magentajs
from gm_vae.checkpoints.tensors import MANIFEST, write_json
from gm_vae.command import Command
from gm_vae.errors import UsageError, UserError
from gm_vae.files import output_folder, user_path
from gm_vae.flags import flag
from gm_vae.generate.arguments import MODEL_HELP, ModelArguments
from gm_vae.scratch import scratch_folder

Request = socket.socket | tuple[bytes, socket.socket]  # errors that socketserver passes on

PAGE = pathlib.Path(__file__).resolve().parent / "web" / "dist"
HOSTS = ("127.0.0.1", "localhost", "[::1]")  # names of this machine, with any port
MOST_CONNECTIONS = 64  # a browser opens six
PORT = 8642  # always the same, since browsers store favourites by address and port

_MODEL_FILES = re.compile(r"(config|weights_manifest|attributes)\.json|group\d+-shard\d+of\d+-\w+")
# names with a hash of the content: from build.mjs, and of shards
_HASHED = re.compile(r"[\w.-]+-([0-9A-Z]{8}\.\w+|[0-9a-f]{8})")
_HOST = re.compile(rf"({'|'.join(map(re.escape, HOSTS))})(:\d{{1,5}})?", re.IGNORECASE)
_SECONDS_TO_ASK = 20.0
_SECONDS_TO_ANSWER = 600.0  # soundfonts may have a gigabyte
_SHARD_BYTES = 1 << 20  # small, so that the page can start without the encoder
_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css",
          ".svg": "image/svg+xml", ".json": "application/json", ".txt": "text/plain",
          ".webmanifest": "application/manifest+json"}  # fmt: skip


def export_web(
    checkpoint: Checkpoint,
    output: str | os.PathLike[str],
    quantization: str = "float16",
    force: bool = False,
    soundfont: str | os.PathLike[str] | None = None,
) -> None:
    """Write a site for any web server: the page, and a model in `model/`.

    Args:
        checkpoint: the model.
        output: the folder, written completely or not at all.
        quantization: storage type of the weights, as in `export_magentajs`; uint8 loads fastest.
        force: replace `output` if it is not empty.
        soundfont: an .sf2, .sf3 or .dls file for the sound of the site; oscillators if None.

    Raises:
        UsageError: `output` is taken, or `soundfont` is not a soundfont.
        UserError: the page is not built, the model's layers are unsuitable, or `output` is not
            writable.
    """
    page, font = page_folder(), _soundfont(soundfont)
    _require_widths(checkpoint)
    with output_folder(output, force) as temporary:
        shutil.copytree(page, temporary, dirs_exist_ok=True)
        _write_model(checkpoint, temporary / "model", quantization)
        if font:
            shutil.copy(font, temporary / font.name)
        (temporary / "index.html").write_bytes(_index(page, temporary / "model", font))


def page_folder() -> pathlib.Path:
    """The built page. Raises UserError if there is none."""
    if not (PAGE / "index.html").is_file():
        raise UserError(
            "the page is not built in this checkout; run make web, which needs Node 20 and npm, or "
            "install a wheel, which holds it."
        )
    return PAGE


def outdated() -> str:
    """A sentence if a source of the page was changed after it was built; "" otherwise, and where
    there are no sources, as in a wheel."""
    built = (page_folder() / "index.html").stat().st_mtime
    web = PAGE.parent
    folders = (web / "src", web.parents[1] / "packages" / "engine" / "src")
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    is_older = any(path.stat().st_mtime > built for path in files)
    return "the page is older than its sources; run make web." if is_older else ""


class PageServer(http.server.ThreadingHTTPServer):
    """Serves the page and a model on this machine only; run `serve_forever`, and close it.

    Only requests to one of `HOSTS` are answered, so that a page of another site cannot read from
    here under its own name (DNS rebinding). A connection has a thread, a time limit for the request
    and one for the answer; beyond `MOST_CONNECTIONS` the one that has waited longest is closed.

    Args:
        model: any model that `gm_vae.load` reads.
        port: 0 chooses a free one.
        soundfont: an .sf2, .sf3 or .dls file for sound; oscillators if None.

    Raises:
        UsageError: the port is taken, or `soundfont` is not a soundfont.
        UserError: the page is not built, or the model cannot be read or is unsuitable.
    """

    request_queue_size = MOST_CONNECTIONS

    def __init__(
        self,
        model: str | os.PathLike[str] = DEFAULT,
        port: int = PORT,
        soundfont: str | os.PathLike[str] | None = None,
    ) -> None:
        page, font = page_folder(), _soundfont(soundfont)
        checkpoint = read_model(model)
        _require_widths(checkpoint)
        self._connections = _Connections()
        with contextlib.ExitStack() as held:
            folder = held.enter_context(scratch_folder()) / "model"
            _write_model(checkpoint, folder, "none")
            handler = functools.partial(_Handler, page=page, model=folder, font=font)
            self._held = held  # also closed if the port is taken
            try:
                super().__init__(("127.0.0.1", port), handler)
            except (OSError, OverflowError) as error:
                reason = getattr(error, "strerror", None) or error
                raise UsageError(
                    f"--port={port} cannot be used ({reason}); choose another one, or --port=0 for "
                    "any."
                ) from None
            self._held = held.pop_all()

    def server_close(self) -> None:
        super().server_close()
        self._connections.end_all()
        self._held.close()

    def process_request(self, request: Request, client_address: Any) -> None:
        if isinstance(request, socket.socket):  # like all TCP sockets
            self._connections.begin(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Request) -> None:
        if isinstance(request, socket.socket):
            self._connections.forget(request)
        super().shutdown_request(request)

    def service_actions(self) -> None:
        """Called twice per second by the server loop."""
        self._connections.end_late()

    def answering(self, connection: socket.socket) -> None:
        """A request has arrived completely."""
        self._connections.give(connection, _SECONDS_TO_ANSWER)

    def waiting(self, connection: socket.socket) -> None:
        """The answer is sent; the connection waits for the next request."""
        self._connections.give(connection, _SECONDS_TO_ASK)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Do not print broken connections."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Connections:
    """The open connections and their deadlines."""

    def __init__(self) -> None:
        self._until: dict[socket.socket, float] = {}  # on the monotonic clock
        self._lock = threading.Lock()

    def begin(self, connection: socket.socket) -> None:
        """Add a connection; close the one that is due first if there are too many."""
        with self._lock:
            while len(self._until) >= MOST_CONNECTIONS:
                self._end(min(self._until, key=self._until.__getitem__))
            self._until[connection] = time.monotonic() + _SECONDS_TO_ASK

    def give(self, connection: socket.socket, seconds: float) -> None:
        """Set the deadline of an open connection, in seconds from now."""
        with self._lock:
            if connection in self._until:
                self._until[connection] = time.monotonic() + seconds

    def forget(self, connection: socket.socket) -> None:
        """Remove a closed connection."""
        with self._lock:
            self._until.pop(connection, None)

    def end_late(self) -> None:
        """Close connections past their deadline."""
        now = time.monotonic()
        with self._lock:
            for connection in [late for late, until in self._until.items() if until < now]:
                self._end(connection)

    def end_all(self) -> None:
        """Close all connections."""
        with self._lock:
            for connection in list(self._until):
                self._end(connection)

    def _end(self, connection: socket.socket) -> None:
        del self._until[connection]
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)  # its thread sees the end and closes it


def _soundfont(path: str | os.PathLike[str] | None) -> pathlib.Path | None:
    """The file of a soundfont, with links resolved."""
    if path is None:
        return None
    try:
        font = user_path(path).resolve(strict=True)
        with open(font, "rb") as file:
            head = file.read(12)
    except OSError as error:
        raise UsageError(f"--soundfont={path} cannot be read ({error.strerror}).") from None
    if head[:4] != b"RIFF" or head[8:] not in (b"sfbk", b"sfpk", b"DLS "):
        raise UsageError(f"--soundfont={path} is not a soundfont; give an .sf2, .sf3 or .dls file.")
    return font


def _index(page: pathlib.Path, model: pathlib.Path, font: pathlib.Path | None) -> bytes:
    """index.html, with the addresses of optional files: a soundfont, attributes."""
    text = (page / "index.html").read_text(encoding="utf-8")
    addresses = {
        "soundfont": urllib.parse.quote(font.name) if font else "",
        "attributes": f"model/{ATTRIBUTES}" if (model / ATTRIBUTES).exists() else "",
    }
    for name, address in addresses.items():
        meta = f'<meta name="{name}" content="%s">'
        text = text.replace(meta % "", meta % html.escape(address))
    return text.encode()


def _write_model(checkpoint: Checkpoint, folder: pathlib.Path, quantization: str) -> None:
    """Write the files that the page and magenta.js load; names of shards have a hash."""
    export_magentajs(checkpoint, folder, quantization, _SHARD_BYTES)
    manifest = json.loads((folder / MANIFEST).read_bytes())
    for group in manifest:
        for index, name in enumerate(group["paths"]):
            digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()[:8]
            group["paths"][index] = f"{name}-{digest}"
            (folder / name).rename(folder / group["paths"][index])
    write_json(folder / MANIFEST, manifest)


def _require_widths(checkpoint: Checkpoint) -> None:
    units = checkpoint.config.encoder_units, *checkpoint.config.decoder_units
    if any(count % 4 for count in units):
        raise UserError(
            f"the page computes four numbers at a time, and this model has layers of "
            f"{', '.join(map(str, sorted(set(units))))} units; train one with multiples of 4."
        )


class _Handler(http.server.BaseHTTPRequestHandler):
    """Serves the files of two folders by name, and nothing outside them."""

    protocol_version = "HTTP/1.1"
    server: PageServer

    def __init__(
        self, *args: Any, page: pathlib.Path, model: pathlib.Path, font: pathlib.Path | None
    ) -> None:
        self._page, self._model, self._font = page, model, font
        super().__init__(*args)

    def do_GET(self) -> None:
        self.server.answering(self.connection)
        hosts = self.headers.get_all("Host", [])
        if not hosts or not all(_HOST.fullmatch(host.strip()) for host in hosts):
            self._refuse(421, f"This is only served as {' or '.join(HOSTS)}.\n")
        else:
            self._hand_out(urllib.parse.unquote(self.path.partition("?")[0]))
        self.server.waiting(self.connection)

    do_HEAD = do_GET

    def _hand_out(self, path: str) -> None:
        file = self._file(path)
        if file == self._page / "index.html":
            content = _index(self._page, self._model, self._font)
            mark = hashlib.sha256(content).hexdigest()[:16]
            return self._answer(200, "text/html", io.BytesIO(content), len(content), mark)
        try:
            stream = open(file, "rb") if file else None  # noqa: SIM115 (closed below)
        except OSError:
            stream = None
        if file is None or stream is None:
            return self._refuse(404, f"There is no {path} here.\n")
        with stream:
            kind = _TYPES.get(file.suffix, "application/octet-stream")
            about = os.fstat(stream.fileno())
            lasts = file != self._font and _HASHED.fullmatch(file.name) is not None
            mark = file.name if lasts else f"{about.st_mtime_ns:x}-{about.st_size:x}"
            self._answer(200, kind, stream, about.st_size, mark, lasts)
        return None

    def _file(self, path: str) -> pathlib.Path | None:
        folder, _, name = path.rpartition("/")
        if folder == "/model" and _MODEL_FILES.fullmatch(name):
            return self._model / name
        if folder == "" and self._font and name == self._font.name:
            return self._font
        if folder == "" and re.fullmatch(r"[\w.-]*", name) and not name.startswith("."):
            return self._page / (name or "index.html")
        return None

    def _refuse(self, status: int, text: str) -> None:
        content = text.encode("utf-8", "replace")
        self._answer(status, "text/plain", io.BytesIO(content), len(content))

    def _answer(
        self,
        status: int,
        kind: str,
        content: BinaryIO,
        size: int,
        mark: str = "",
        lasts: bool = False,
    ) -> None:
        """Send a file, or 304 if the browser has the file with this tag."""
        is_known = mark != "" and f'"{mark}"' in self.headers.get("If-None-Match", "")
        self.send_response(304 if is_known else status)
        if mark:
            self.send_header("ETag", f'"{mark}"')
        self.send_header("Cache-Control", "max-age=31536000, immutable" if lasts else "no-cache")
        if not is_known:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(size))
        self.end_headers()
        if self.command != "HEAD" and not is_known:
            shutil.copyfileobj(content, self.wfile)

    def log_message(self, *args: object) -> None:
        """Do not print each file."""


SOUNDFONT_HELP = (
    "An .sf2, .sf3 or .dls file for the web page to play with, such as those of Debian's packages "
    "musescore-general-soundfont-small and timgm6mb-soundfont."
)


@dataclasses.dataclass(frozen=True)
class WebArguments(ModelArguments):
    """The flags of `web`."""

    model: str = flag(DEFAULT, MODEL_HELP, alias="checkpoint")
    soundfont: str | None = flag(None, SOUNDFONT_HELP)
    port: int = flag(PORT, "Port on this machine; 0 takes any free port.")
    open: bool = flag(True, "Open the page in the browser.")


def _web(args: WebArguments) -> None:
    with PageServer(args.model, args.port, args.soundfont) as server:
        if problem := outdated():
            print(f"gm-vae web: {problem}", file=sys.stderr)
        url = f"http://127.0.0.1:{server.server_address[1]}/"
        print(f"The page is at {url} (Ctrl-C ends it).", flush=True)
        if args.open:
            threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


WEB = Command(
    name="web",
    summary="Serve the web page on this machine and open the browser.",
    example="gm-vae web\ngm-vae web --model=demo/run",
    arguments=WebArguments,
    run=_web,
)
