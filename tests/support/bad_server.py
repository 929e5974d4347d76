"""An HTTP server whose answers a test chooses: whole ones, or broken ones of many kinds."""

from __future__ import annotations

import contextlib
import pathlib
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator

Answer = Callable[[str, bytes | None, socket.socket], None]  # path, content (None: 404), to


@contextlib.contextmanager
def serving(folder: pathlib.Path, answer: Answer) -> Iterator[tuple[str, list[str]]]:
    """The address of a server of a folder, and the paths that it was asked for so far."""
    asked: list[str] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            path = self.rfile.readline().split()[1].decode()
            while self.rfile.readline().strip():
                pass
            asked.append(path)
            file = folder / path.lstrip("/")
            with contextlib.suppress(OSError):
                answer(path, file.read_bytes() if file.is_file() else None, self.connection)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: object, client_address: object) -> None:
            pass

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()


def whole(path: str, content: bytes | None, to: socket.socket) -> None:
    """What a good server answers."""
    if content is None:
        return to.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
    to.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content) + content)


def raw(head: bytes, repeat: bytes = b"") -> Answer:
    """These bytes for every file; then others until the client has enough."""

    def answer(path: str, content: bytes | None, to: socket.socket) -> None:
        to.sendall(head)
        while repeat:
            to.sendall(repeat)

    return answer


def drip(head: bytes, byte: bytes) -> Answer:
    """A byte a hundredth of a second, for ever."""

    def answer(path: str, content: bytes | None, to: socket.socket) -> None:
        to.sendall(head)
        while True:
            to.sendall(byte)
            threading.Event().wait(0.01)

    return answer


def for_shards(other: Answer) -> Answer:
    """Answers well, but for the weights."""

    def answer(path: str, content: bytes | None, to: socket.socket) -> None:
        (other if "shard" in path else whole)(path, content, to)

    return answer
