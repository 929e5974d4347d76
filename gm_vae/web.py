"""Reads files on the web; every HTTP failure becomes an OSError with a reason."""

from __future__ import annotations

import http.client
import io
import string
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, BinaryIO

_PATIENCE_SECONDS = 60  # seconds without a byte
_MOST_REDIRECTS = 5
_GONE = (404, 410)


def open_address(address: str) -> BinaryIO:
    """The content at an http:// or https:// address.

    At most five redirects are followed, to addresses of these schemes on any host; never from
    https:// to http://.

    Raises:
        FileNotFoundError: the server has no such file.
        OSError: it cannot be reached, or its answer is not HTTP; `strerror` is the reason. Reading
            raises it too, even if the content is cut short.
    """
    try:
        answer = _OPENER.open(address, timeout=_PATIENCE_SECONDS)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code in _GONE:
            raise FileNotFoundError(2, "No such file", address) from None
        raise OSError(5, f"{error.code} {error.reason}"[:200], address) from None
    except Exception as error:  # urllib lets errors of its parsers through
        raise _broken(error, address) from None
    return io.BufferedReader(_Content(answer, address))


class _Content(io.RawIOBase):
    """The body of an answer. Reading blocks until some bytes arrive, not until a buffer is full."""

    def __init__(self, answer: http.client.HTTPResponse, address: str) -> None:
        self._answer, self._address = answer, address
        self._left = answer.length  # None: until the server ends it

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        wanted = len(buffer) if self._left is None else min(len(buffer), self._left)
        try:
            piece = self._answer.read1(wanted) if wanted else b""
        except Exception as error:
            raise _broken(error, self._address) from None
        if wanted and not piece and self._left:
            raise OSError(5, f"the connection ended {self._left:,} bytes early", self._address)
        if len(piece) > wanted:  # a chunk of negative size
            raise OSError(5, "its answer is damaged", self._address)
        if self._left is not None:
            self._left -= len(piece)
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._answer.close()
        super().close()


class _Redirect(urllib.request.Request):
    """A request due to a redirect."""

    def __init__(self, address: str, redirects: int) -> None:
        super().__init__(address)
        self.redirects = redirects  # that led to it


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a redirect without reading its body, which may be endless."""

    def http_error_302(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
        target = urllib.parse.urljoin(req.full_url, headers.get("location") or "")
        before, after = (urllib.parse.urlsplit(url).scheme for url in (req.full_url, target))
        if after not in ("http", "https") or (before, after) == ("https", "http"):
            raise OSError(5, f"it redirects to {target[:100]}, which is not safe")
        redirects = (req.redirects if isinstance(req, _Redirect) else 0) + 1
        if redirects > _MOST_REDIRECTS:
            raise OSError(5, f"it redirects more than {_MOST_REDIRECTS} times")
        fp.close()
        request = _Redirect(urllib.parse.quote(target, safe=string.punctuation), redirects)
        return self.parent.open(request, timeout=req.timeout)

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


_OPENER = urllib.request.build_opener(_Redirects)


def _broken(error: Exception, address: str) -> OSError:
    """An OSError with a one-line reason, from any exception."""
    cause = getattr(error, "reason", error)  # of URLError
    if isinstance(cause, TimeoutError):
        reason = f"it sent nothing for {_PATIENCE_SECONDS} seconds"
    else:
        reason = getattr(cause, "strerror", None) or str(cause) or type(cause).__name__
    if isinstance(cause, http.client.IncompleteRead):
        reason = "the connection ended early"
    return OSError(5, str(reason)[:200], address)
