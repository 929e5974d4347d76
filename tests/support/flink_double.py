"""A double of Flink's REST interface on this machine: jobs by name, and requests about them."""

import http.server
import json
import threading


class FlinkDouble:
    """Answers like a JobManager while the `with` block runs.

    Args:
        refuses: answer a cancellation with an error.
        lingers: overviews that still show a cancelled job as at work.
        appears: overviews before a job is there.
    """

    def __init__(self, refuses: bool = False, lingers: int = 1, appears: int = 0) -> None:
        self._refuses, self._lingers, self._appears = refuses, lingers, appears
        self._states: dict[str, str] = {}
        self.asked: list[str] = []  # methods and paths, overviews apart

    def add(self, name: str, state: str = "RUNNING") -> None:
        """A job of that name, which is its id, too."""
        self._states[name] = state

    @property
    def states(self) -> dict[str, str]:
        """The state of each job by name."""
        return dict(self._states)

    def __enter__(self) -> "FlinkDouble":
        double = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(200, {"jobs": double._overview()})

            def do_PATCH(self) -> None:
                double.asked.append(f"PATCH {self.path}")
                if double._refuses:
                    self._answer(500, {"errors": ["no"]})
                    return
                job = self.path.removeprefix("/jobs/").removesuffix("?mode=cancel")
                double._states[job] = "CANCELLING"
                self._answer(202, {})

            def _answer(self, code: int, values: dict) -> None:
                body = json.dumps(values).encode()
                self.send_response(code)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("localhost", 0), Handler)
        self.address = f"localhost:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _overview(self) -> list[dict]:
        if self._appears:
            self._appears -= 1
            return []
        if "CANCELLING" in self._states.values():
            self._lingers -= 1
            if self._lingers < 0:
                ended = {"CANCELLING": "CANCELED"}
                self._states = {name: ended.get(s, s) for name, s in self._states.items()}
        return [{"jid": n, "name": f"{n}_by-a-server", "state": s} for n, s in self._states.items()]
