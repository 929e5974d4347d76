"""An HTTP server whose answers a test chooses: correct ones, or broken ones of many kinds."""

from __future__ import annotations

import contextlib
import dataclasses
import enum
import gzip
import json
import pathlib
import random
import socket
import socketserver
import struct
import threading
import urllib.parse
import zlib
from collections.abc import Callable, Iterator

from json_mutations import change_value

Answer = Callable[[str, bytes | None, socket.socket], None]  # path, content (None: 404), to


@contextlib.contextmanager
def serving(folder: pathlib.Path, answer: Answer) -> Iterator[tuple[str, list[str]]]:
    """The address of a server of a folder, and the paths of requests so far.

    Connections that are open at the end of the block are closed.
    """
    asked: list[str] = []
    opened: list[socket.socket] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            opened.append(self.connection)
            with contextlib.suppress(OSError):
                path = self.rfile.readline().split()[1].decode()
                while self.rfile.readline().strip():
                    pass
                asked.append(path)
                name = urllib.parse.unquote(path.partition("?")[0])
                file = folder / name.lstrip("/")
                answer(path, file.read_bytes() if file.is_file() else None, self.connection)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: object, client_address: object) -> None:
            pass

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", asked
        finally:
            server.shutdown()
            for connection in opened:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


def whole(path: str, content: bytes | None, to: socket.socket) -> None:
    """The answers of a correct server."""
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
    """A byte per hundredth of a second, endlessly."""

    def answer(path: str, content: bytes | None, to: socket.socket) -> None:
        to.sendall(head)
        while True:
            to.sendall(byte)
            threading.Event().wait(0.01)

    return answer


def for_shards(other: Answer) -> Answer:
    """Answers correctly, except for the weights."""

    def answer(path: str, content: bytes | None, to: socket.socket) -> None:
        (other if "shard" in path else whole)(path, content, to)

    return answer


# --- ways to misbehave, by number


class Expected(enum.Enum):
    """The expected outcome of a way to misbehave."""

    READ = "the model is read as if nothing were wrong"
    REFUSED = "a sentence"
    EITHER = "one of these"
    CHANGED = "a sentence; another model only where a folder has no checksum"


@dataclasses.dataclass(frozen=True)
class Way:
    """A way to misbehave: its expected outcome, and its answer for a file."""

    expected: Expected
    answer: Callable[[random.Random, str, bytes, socket.socket], None]


WAYS: dict[str, Way] = {}
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
SILENCE_SECONDS = 60  # the client gives up long before, or closes the connection
_ENDLESS = 1 << 16  # bytes that are sent at once by what never ends


def misbehaving(way: str, only: str, seed: str) -> Answer:
    """Misbehaves if `only` is in the path, otherwise answers correctly; depends only on the
    seed."""
    asked_before: dict[str, int] = {}

    def answer(path: str, content: bytes | None, to: socket.socket) -> None:
        if content is None or only not in path:
            return whole(path, content, to)
        asked_before[path] = asked_before.get(path, 0) + 1
        rng = random.Random(f"{seed} {path} {asked_before[path]}")
        WAYS[way].answer(rng, path, content, to)

    return answer


def _way(expected: Expected) -> Callable:
    """Enters a function into `WAYS` under its name; it may return bytes instead of sending them."""

    def enter(function: Callable) -> Callable:
        def answer(rng: random.Random, path: str, content: bytes, to: socket.socket) -> None:
            to.sendall(function(rng, path, content, to) or b"")

        name = function.__name__.strip("_").replace("_", " ")
        assert name not in WAYS
        WAYS[name] = Way(expected, answer)
        return function

    return enter


def _good(content: bytes, *headers: bytes) -> bytes:
    """A correct answer, with additional headers."""
    lines = (OK, b"Content-Length: %d\r\n" % len(content), *headers, b"\r\n")
    return b"".join(lines) + content


def _chunks(rng: random.Random, content: bytes, extension: bytes = b"") -> bytes:
    """Content in chunks of any sizes, without the last one."""
    pieces = []
    while content:
        size = rng.choice([1, 7, 4096, 1 << 20])
        pieces.append(b"%x%s\r\n" % (len(content[:size]), extension) + content[:size] + b"\r\n")
        content = content[size:]
        if size == 1 and len(pieces) > 1000:  # one chunk per byte takes too long
            pieces.append(b"%x\r\n" % len(content) + content + b"\r\n" if content else b"")
            break
    return b"".join(pieces)


def _for_ever(to: socket.socket, piece: bytes, seconds: float = 0.0) -> None:
    while True:
        to.sendall(piece)
        if seconds:
            threading.Event().wait(seconds)


def _reset(to: socket.socket) -> None:
    """Close with a reset."""
    to.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    to.close()


# Status lines


@_way(Expected.REFUSED)
def _no_answer(rng, path, content, to):
    return rng.choice([b"", b"\r\n", b"\n\n", b"H", b"HTTP/1.1", b"HTTP/1.1 200 OK"])


@_way(Expected.REFUSED)
def _reset_at_once(rng, path, content, to):
    to.sendall(rng.choice([b"", b"HTTP/1.1 200", OK, OK + b"Content-Length: 5\r\n"]))
    _reset(to)


@_way(Expected.REFUSED)
def _another_protocol(rng, path, content, to):
    return rng.choice([
        b"SSH-2.0-OpenSSH_9.2\r\n", b"220 ftp ready\r\n", b"\x16\x03\x01\x00\xa5\x01\0\0\xa1",
        b"ICY 200 OK\r\n\r\n", b"RTSP/1.0 200 OK\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"<html></html>", b"\0" * 100, rng.randbytes(1000),
    ])  # fmt: skip


@_way(Expected.REFUSED)
def _odd_status(rng, path, content, to):
    code = rng.choice([b"abc", b"-1", b"0", b"99", b"1000", b"9" * 99, b"2e2", b"", b"\xff"])
    return b"HTTP/1.1 " + code + b" OK\r\nContent-Length: 2\r\n\r\n[]"


@_way(Expected.EITHER)
def _odd_version(rng, path, content, to):
    version = rng.choice([b"0.9", b"1.0", b"2.0", b"1.99", b"9" * 99, b"", b"x", b"\xff"])
    return _good(content).replace(b"/1.1", b"/" + version, 1)


@_way(Expected.REFUSED)
def _endless_status_line(rng, path, content, to):
    to.sendall(rng.choice([b"", b"HTTP/1.1 200 "]))
    _for_ever(to, b"x" * _ENDLESS)


@_way(Expected.REFUSED)
def _interim_answers_for_ever(rng, path, content, to):
    code = rng.choice([b"100 Continue", b"102 Processing"])
    _for_ever(to, b"HTTP/1.1 " + code + b"\r\n\r\n", rng.choice([0, 0.01]))


@_way(Expected.READ)
def _continue_before(rng, path, content, to):
    return b"HTTP/1.1 100 Continue\r\n\r\n" * rng.randint(1, 5) + _good(content)


@_way(Expected.EITHER)
def _early_hints_before(rng, path, content, to):
    return b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + _good(content)


@_way(Expected.REFUSED)
def _errors(rng, path, content, to):
    code = rng.choice([400, 401, 402, 403, 407, 416, 418, 429, 451, 500, 502, 503, 504, 511, 599])
    reason = rng.choice(
        [b"No", b"", b"\x1b[2J", b"x" * 60_000, b"\xff\xfe", b"\xe2\x80\xae", b"%s"]
    )
    headers = rng.choice([b"", b"Retry-After: 99999\r\n", b"WWW-Authenticate: Basic\r\n"])
    return b"HTTP/1.1 %d %s\r\n" % (code, reason) + headers + b"\r\n" + content


@_way(Expected.REFUSED)
def _an_error_with_an_endless_page(rng, path, content, to):
    to.sendall(b"HTTP/1.1 %d No\r\n\r\n" % rng.choice([403, 500, 503]))
    _for_ever(to, b"x" * _ENDLESS)


@_way(Expected.EITHER)
def _gone(rng, path, content, to):
    return b"HTTP/1.1 %d Gone\r\n\r\n" % rng.choice([404, 410])


@_way(Expected.REFUSED)
def _no_content(rng, path, content, to):
    code = rng.choice([201, 202, 203, 204, 205, 304])
    return b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % code


@_way(Expected.CHANGED)
def _a_part_of_it(rng, path, content, to):
    beginning = content[: rng.randrange(len(content))]
    head = b"HTTP/1.1 206 Partial\r\nContent-Range: bytes 0-%d/%d\r\n" % (
        len(beginning),
        len(content),
    )
    return head + b"Content-Length: %d\r\n\r\n" % len(beginning) + beginning


# Headers


@_way(Expected.REFUSED)
def _endless_header(rng, path, content, to):
    to.sendall(OK + rng.choice([b"", b"X: "]))
    _for_ever(to, b"x" * _ENDLESS)


@_way(Expected.REFUSED)
def _endless_headers(rng, path, content, to):
    to.sendall(OK)
    _for_ever(to, rng.choice([b"X: y\r\n", b" folded\r\n", b"Set-Cookie: a=b\r\n"]) * 1000)


@_way(Expected.READ)
def _headers_of_no_use(rng, path, content, to):
    return _good(content, *rng.sample([
        b"X: \xff\xfe\r\n", b"X: " + b"y" * 60_000 + b"\r\n", b"Connection: keep-alive\r\n",
        b"Content-Type: text/html; charset=utf-16\r\n", b"Content-Range: bytes 5-9/7\r\n",
        b"Content-Type: image/png\r\n", b"Set-Cookie: a=b; Domain=evil\r\n", b"Age: -1\r\n",
        b"Refresh: 0; url=/x\r\n", b"Location: file:///etc/passwd\r\n", b"Upgrade: h2c\r\n",
        b"Content-Disposition: attachment; filename=../../x\r\n", b"Trailer: X\r\n",
    ], 3))  # fmt: skip


@_way(Expected.EITHER)
def _damaged_headers(rng, path, content, to):
    odd = rng.choice([
        b"no colon\r\n", b": no name\r\n", b" folded\r\n", b"\0: \0\r\n", b"X\r: y\r\n", b"\r",
        b"Content-Length\r\n", b"Content\xff-Length: 5\r\n", b"X: y\n", rng.randbytes(50) + b"\n",
    ])  # fmt: skip
    return _good(content, odd) if rng.random() < 0.5 else OK + odd + _good(content)[len(OK) :]


@_way(Expected.EITHER)
def _lines_that_end_otherwise(rng, path, content, to):
    head, _, body = _good(content).partition(b"\r\n\r\n")
    end = rng.choice([b"\n", b"\r", b"\r\r\n"])
    return head.replace(b"\r\n", end) + end + end + body


@_way(Expected.EITHER)
def _two_lengths(rng, path, content, to):
    length = rng.choice([0, 1, len(content) - 1, len(content), len(content) + 1, 1 << 40])
    return _good(content, b"Content-Length: %d\r\n" % length)


@_way(Expected.EITHER)
def _a_length_that_is_none(rng, path, content, to):
    length = rng.choice([b"-1", b"1e9", b"0x10", b"9" * 5000, b"", b"ten", b"\xb2", b"1,1", b"1_0"])
    return OK + b"Content-Length: " + length + b"\r\n\r\n" + content


@_way(Expected.CHANGED)
def _a_length_too_small(rng, path, content, to):
    return OK + b"Content-Length: %d\r\n\r\n" % rng.randrange(len(content)) + content


@_way(Expected.REFUSED)
def _a_length_too_large(rng, path, content, to):
    length = len(content) + rng.choice([1, 100, 1 << 30, 1 << 62])
    return OK + b"Content-Length: %d\r\n\r\n" % length + content


@_way(Expected.EITHER)
def _length_and_chunks(rng, path, content, to):
    length = rng.choice([0, 1, len(content), 1 << 40])
    head = OK + b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n" % length
    return head + (_chunks(rng, content) + b"0\r\n\r\n" if rng.random() < 0.5 else content)


@_way(Expected.EITHER)
def _odd_transfer_encodings(rng, path, content, to):
    coding = rng.choice([b"identity", b"gzip, chunked", b"chunked, chunked", b"xchunked", b"\xff"])
    head = OK + b"Transfer-Encoding: " + coding + b"\r\n\r\n"
    return head + rng.choice([content, _chunks(rng, content) + b"0\r\n\r\n"])


@_way(Expected.REFUSED)
def _compressed_though_not_asked(rng, path, content, to):
    name, packed = rng.choice([
        (b"gzip", gzip.compress(content)), (b"deflate", zlib.compress(content)),
        (b"br", b"\x1b" + content[:99]), (b"zstd", b"\x28\xb5\x2f\xfd" + content[:99]),
    ])  # fmt: skip
    return _good(packed, b"Content-Encoding: " + name + b"\r\n")


@_way(Expected.REFUSED)
def _a_bomb_of_gzip(rng, path, content, to):
    packed = gzip.compress(bytes(1 << 24))
    return _good(packed, b"Content-Encoding: gzip\r\n")


# Chunks


@_way(Expected.READ)
def _chunks_of_any_size(rng, path, content, to):
    extension = rng.choice([b"", b";a=b", b' ; q="' + b"x" * 500])
    last = rng.choice([b"0\r\n", b"000\r\n", b"0;x=y\r\n", b"0\r\nX: y\r\nZ: 1\r\n"])
    return CHUNKED + _chunks(rng, content, extension) + last + b"\r\n"


@_way(Expected.EITHER)
def _chunks_without_an_end(rng, path, content, to):
    return CHUNKED + _chunks(rng, content) + rng.choice([b"", b"0", b"0\r\n", b"0\r\nX: y\r\n"])


@_way(Expected.REFUSED)
def _chunks_cut_short(rng, path, content, to):
    sent = _chunks(rng, content)
    return CHUNKED + sent[: rng.randrange(len(sent) - 2)]


@_way(Expected.CHANGED)
def _chunks_that_end_early(rng, path, content, to):
    return CHUNKED + _chunks(rng, content[: rng.randrange(len(content))]) + b"0\r\n\r\n"


@_way(Expected.REFUSED)
def _chunk_sizes_that_are_none(rng, path, content, to):
    size = rng.choice(
        [b"zz", b"", b"-5", b"-0", b"0x", b"\xff", b"1" * 9999, b"8" * 20, b" ", b";"]
    )
    return CHUNKED + b"9\r\n" + content[:9] + b"\r\n" + size + b"\r\n" + content[9:] + b"\r\n"


@_way(Expected.REFUSED)
def _huge_chunks(rng, path, content, to):
    size = rng.choice([1 << 31, 1 << 40, (1 << 63) - 1, 1 << 64])
    return CHUNKED + b"%x\r\n" % size + content


@_way(Expected.REFUSED)
def _endless_chunk_line(rng, path, content, to):
    to.sendall(CHUNKED + rng.choice([b"", b"1\r\n[\r\n"]))
    _for_ever(to, rng.choice([b"0", b"f", b"1;x", b" "]) * _ENDLESS)


@_way(Expected.REFUSED)
def _endless_trailers(rng, path, content, to):
    to.sendall(CHUNKED + _chunks(rng, content) + b"0\r\n")
    _for_ever(to, rng.choice([b"X: y\r\n" * 1000, b"x" * _ENDLESS]))


@_way(Expected.REFUSED)
def _endless_chunks(rng, path, content, to):
    to.sendall(CHUNKED)
    size = rng.choice([1, 100, _ENDLESS])
    _for_ever(to, (b"%x\r\n" % size + b" " * size + b"\r\n") * max(1, 4096 // size))


@_way(Expected.EITHER)
def _chunks_that_run_together(rng, path, content, to):
    return CHUNKED + _chunks(rng, content).replace(b"\r\n", b"\n") + b"0\n\n"


# Bodies, and how they come


@_way(Expected.READ)
def _nobody_says_how_long(rng, path, content, to):
    return OK + b"\r\n" + content


@_way(Expected.READ)
def _little_by_little(rng, path, content, to):
    answer = _good(content)
    cuts = sorted(rng.randrange(len(answer)) for _ in range(5))
    for start, stop in zip([0, *cuts], [*cuts, len(answer)]):
        to.sendall(answer[start:stop])


@_way(Expected.REFUSED)
def _endless_body(rng, path, content, to):
    to.sendall(OK + rng.choice([b"\r\n", b"Content-Length: %d\r\n\r\n" % (1 << 50)]))
    _for_ever(to, rng.choice([b" ", b"\0", b"["]) * _ENDLESS)


@_way(Expected.REFUSED)
def _a_drip_of_headers(rng, path, content, to):
    to.sendall(rng.choice([b"", b"HTTP/1.1 200 ", OK, OK + b"X: "]))
    _for_ever(to, b"x", 0.01)


@_way(Expected.REFUSED)
def _a_drip_of_content(rng, path, content, to):
    to.sendall(rng.choice([OK + b"\r\n", OK + b"Content-Length: 9999999\r\n\r\n"]))
    _for_ever(to, content[:1], 0.01)


@_way(Expected.REFUSED)
def _a_drip_of_chunks(rng, path, content, to):
    to.sendall(CHUNKED)
    _for_ever(to, b"1\r\n \r\n", 0.01)


@_way(Expected.REFUSED)
def _silence(rng, path, content, to):
    to.sendall(rng.choice([b"", b"HTTP", OK, CHUNKED, _good(content)[: -len(content)]]))
    to.settimeout(SILENCE_SECONDS)
    to.recv(1)  # until the client, or the end of the server, closes the connection


@_way(Expected.REFUSED)
def _reset_in_the_middle(rng, path, content, to):
    to.sendall(_good(content)[: -rng.randint(1, len(content))])
    _reset(to)


@_way(Expected.CHANGED)
def _cut_where_nobody_says_how_long(rng, path, content, to):
    return OK + b"\r\n" + content[: rng.randrange(len(content))]


@_way(Expected.CHANGED)
def _more_than_there_is(rng, path, content, to):
    more = rng.choice([b"x", b"\0", content, bytes(1 << 16), b"{}", b"\n\0"])
    return _good(content + more)


# What is sent


@_way(Expected.REFUSED)
def _a_page_instead(rng, path, content, to):
    page = b"<!DOCTYPE html><title>Log in</title>" + b"x" * rng.choice([0, 9, 1 << 16])
    return _good(page, b"Content-Type: text/html\r\n")


@_way(Expected.REFUSED)
def _an_empty_file(rng, path, content, to):
    return _good(b"")


@_way(Expected.CHANGED)
def _other_bytes(rng, path, content, to):
    changed = bytearray(content)
    for _ in range(rng.choice([1, 1, 4, 50])):
        changed[rng.randrange(len(changed))] ^= rng.randrange(1, 256)
    return _good(bytes(changed))


@_way(Expected.CHANGED)
def _bytes_moved(rng, path, content, to):
    at = rng.randrange(len(content))
    return _good(content[at:] + content[:at])


@_way(Expected.CHANGED)
def _other_numbers(rng, path, content, to):
    value = rng.choice([b"\xff", b"\0\0\x80\x7f", b"\0\0\xc0\x7f", b"\0\x7c", b"\0"])
    return _good((value * len(content))[: len(content)])


@_way(Expected.REFUSED)
def _deep_json(rng, path, content, to):
    opened = rng.choice([b"[", b'{"a":', b'[{"weights":'])
    return _good(opened * rng.choice([90, 1000, 100_000, 1_000_000]))


@_way(Expected.EITHER)
def _another_encoding(rng, path, content, to):
    text = content.decode("latin-1")
    return _good(rng.choice([b"\xef\xbb\xbf" + content, text.encode("utf-16")]))


@_way(Expected.CHANGED)
def _changed_json(rng, path, content, to):
    try:
        value = json.loads(content)
    except ValueError:
        return _good(rng.randbytes(len(content)))
    for _ in range(rng.choice([1, 1, 2, 5])):
        value = change_value(rng, value)
    return _good(json.dumps(value).encode("utf-8", "surrogatepass"))


@_way(Expected.REFUSED)
def _a_manifest_of_the_largest_model(rng, path, content, to):
    numbers = rng.choice([1 << 29, (1 << 29) - 1, 1 << 40])
    weight = {"name": "decoder/x", "shape": [numbers], "dtype": "float32"}
    paths = [f"group1-shard{index}of9000" for index in range(rng.choice([1, 9000, 10_001]))]
    return _good(json.dumps([{"paths": paths, "weights": [weight]}]).encode())


@_way(Expected.CHANGED)
def _a_tail_of_noise(rng, path, content, to):
    at = rng.randrange(len(content))
    return _good(content[:at] + rng.randbytes(len(content) - at))


# Redirects


def _moved(target: bytes, code: int = 302, *headers: bytes) -> bytes:
    head = b"HTTP/1.1 %d Moved\r\nLocation: " % code
    return head + target + b"\r\n" + b"".join(headers) + b"\r\n"


_CODES = (301, 302, 303, 307, 308)


@_way(Expected.READ)
def _a_few_redirects(rng, path, content, to):
    """The query is how many are left."""
    base, _, left = path.partition("?")
    left = int(left) if left else rng.randint(1, 5)
    name = base.rpartition("/")[2]
    target = rng.choice([base, name, f"./{name}", f"x/../{name}", f"{base.replace('_', '%5F')}"])
    return _moved(f"{target}?{left - 1}".encode(), rng.choice(_CODES)) if left else _good(content)


@_way(Expected.REFUSED)
def _many_redirects(rng, path, content, to):
    base, _, left = path.partition("?")
    left = int(left) if left else rng.randint(6, 50)
    return _moved(f"{base}?{left - 1}".encode(), rng.choice(_CODES)) if left else _good(content)


@_way(Expected.REFUSED)
def _redirects_in_a_circle(rng, path, content, to):
    base = path.partition("?")[0]
    return _moved(base.encode() + rng.choice([b"", b"#x", b"?a", b"?b"]), rng.choice(_CODES))


@_way(Expected.REFUSED)
def _redirects_to_other_schemes(rng, path, content, to):
    return _moved(rng.choice([
        b"file:///etc/passwd", b"FILE:/etc/passwd", b"ftp://127.0.0.1:1/x", b"data:,[]", b"gs://b/x",
        b"gopher://127.0.0.1:1/", b"javascript:0", b"unix:/run/x", b"jar:file:///x!/y", b"s3://b/x",
        b"dict://127.0.0.1:1/", b"about:blank", b"mailto:a@b", b"\x01file:///etc/passwd",
        b"view-source:http://127.0.0.1:1/",
    ]), rng.choice(_CODES))  # fmt: skip


@_way(Expected.REFUSED)
def _redirects_to_nowhere(rng, path, content, to):
    return _moved(rng.choice([
        b"http://127.0.0.1:1/", b"https://127.0.0.1:1/", b"http://[::1]:1/", b"http://a@127.0.0.1:1/",
        b"http://[::1", b"http://127.0.0.1:99999/", b"http://127.0.0.1:x/", b"//127.0.0.1:1/x",
        b"https:x", b"http://127.0.0.1:-1/", b"http://0x7f.1:1/", b"http://" + b"a" * 300 + b"/",
        b"http://[]/", b"http://127.0.0.1:1/" + b"x" * 60_000, b"http://127.0.0.1:1/\x1b[2J",
    ]), rng.choice(_CODES))  # fmt: skip


@_way(Expected.EITHER)
def _redirects_without_a_place(rng, path, content, to):
    line = rng.choice([b"", b"Location:\r\n", b"Location\r\n", b"Location: \0\r\n", b"URI: /x\r\n"])
    if rng.random() < 0.3:
        line = rng.choice([b"Location: http://\r\n", b"Location: http:///x\r\n"])
    elif rng.random() < 0.3:
        line = b"Location: /x\r\nLocation: file:///etc/passwd\r\n"
    return b"HTTP/1.1 %d Moved\r\n" % rng.choice(_CODES) + line + b"\r\n"


@_way(Expected.READ)
def _a_redirect_with_an_endless_page(rng, path, content, to):
    if "?" in path:
        return _good(content)
    to.sendall(_moved(f"{path}?x".encode(), rng.choice(_CODES)))
    _for_ever(to, b"x" * _ENDLESS)


@_way(Expected.REFUSED)
def _redirects_that_are_none(rng, path, content, to):
    return _moved(b"/", rng.choice([300, 304, 305, 306, 309, 399]))
