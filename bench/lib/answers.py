"""A streamed answer taken apart as it comes, wherever it is cut."""

import json
from collections.abc import Iterator
from typing import TypedDict

from .errors import BenchError

_PRELUDE = 12
_SUM = 4


class Token(TypedDict):
    """One token of a streamed answer."""

    text: str


class Event(TypedDict, total=False):
    """One server-sent event: a token, and with the last one the whole text."""

    token: Token
    generated_text: str | None


class StreamedAnswer:
    """A chunked answer whose body is server-sent events; AWS's event messages may be around it."""

    def __init__(self, wrapped: bool) -> None:
        self._wrapped = wrapped
        self._http = b""
        self._messages = b""
        self._text = b""
        self._in_body = False
        self._left = 0
        self._last = False
        self.ended = False

    def feed(self, data: bytes) -> list[Event]:
        """The server-sent events, as JSON, that are complete with these bytes."""
        self._http += data
        if not self._in_body:
            self._head()
        body = b"".join(self._chunks()) if self._in_body else b""
        self._text += b"".join(self._payloads(body)) if self._wrapped else body
        *events, self._text = self._text.split(b"\n\n")
        return [json.loads(event.removeprefix(b"data:")) for event in events]

    def _head(self) -> None:
        head, separator, rest = self._http.partition(b"\r\n\r\n")
        if separator:
            if not head.startswith(b"HTTP/1.1 200 "):
                raise BenchError(f"an answer that is not 200: {self._http[:1000]!r}")
            self._in_body, self._http = True, rest

    def _chunks(self) -> Iterator[bytes]:
        """The chunks' data as far as it is here: who relays it does not wait for a chunk's end."""
        while self._http and not self.ended:
            if self._left:
                data, self._http = self._http[: self._left], self._http[self._left :]
                self._left -= len(data)
                yield data
            elif not self._line():
                return

    def _line(self) -> bool:
        """Takes a chunk's size, or the empty line behind a chunk; False if it is not whole."""
        line, separator, rest = self._http.partition(b"\r\n")
        if not separator:
            return False
        self._http = rest
        if line:
            self._left = int(line, 16)
            self._last = self._left == 0
        else:
            self.ended = self._last
        return True

    def _payloads(self, body: bytes) -> Iterator[bytes]:
        self._messages += body
        while len(self._messages) >= _PRELUDE:
            length = int.from_bytes(self._messages[:4], "big")
            headers = int.from_bytes(self._messages[4:8], "big")
            if len(self._messages) < length:
                return
            message, self._messages = self._messages[:length], self._messages[length:]
            payload = message[_PRELUDE + headers : -_SUM]
            if b"PayloadPart" not in message[: _PRELUDE + headers]:
                raise BenchError(f"the stream ended with an error: {payload!r}")
            yield payload
