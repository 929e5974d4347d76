"""A server between a client and a store on this machine that answers some requests badly."""

import collections
import http.client
import http.server
import threading
from collections.abc import Callable

_HOP_HEADERS = frozenset({"connection", "content-length", "date", "server", "transfer-encoding"})


class FaultyProxy:
    """Passes requests on while the `with` block runs.

    Args:
        store: HOST:PORT of the store.
        fault: given a method, a path and how often that was asked for before: "" to pass it on,
            "cut" to end the connection in the middle of the answer, or a status such as "503".
    """

    def __init__(self, store: str, fault: Callable[[str, str, int], str]) -> None:
        self._store, self._fault = store, fault
        self._asked: collections.Counter[tuple[str, str]] = collections.Counter()
        self.faults: collections.Counter[str] = collections.Counter()

    def __enter__(self) -> "FaultyProxy":
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def _pass_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                key = self.command, self.path
                fault = proxy._fault(self.command, self.path, proxy._asked[key])
                proxy._asked[key] += 1
                if fault:
                    proxy.faults[fault] += 1
                if fault.isdigit():
                    self.send_response(int(fault))
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                store = http.client.HTTPConnection(proxy._store)
                headers = {k: v for k, v in self.headers.items() if k.lower() != "accept-encoding"}
                store.request(self.command, self.path, body, headers)
                answer = store.getresponse()
                data = answer.read()
                store.close()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in _HOP_HEADERS:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                if fault == "cut":
                    self.wfile.write(data[: len(data) // 2])
                    self.close_connection = True
                else:
                    self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _pass_on

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
