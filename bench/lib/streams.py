"""Many streamed replies at the same time, read by one thread that notes when each token came."""

import dataclasses
import json
import selectors
import socket
import time
import urllib.parse
from collections.abc import Callable, Iterable

from .errors import BenchError
from .stack import Target

_END = b"0\r\n\r\n"


@dataclasses.dataclass
class Stream:
    """One streamed reply: when its request left and when each of its tokens came."""

    sent: float
    times: list[float] = dataclasses.field(default_factory=list)
    rest: bytes = b""
    status: int | None = None
    done: bool = False

    def feed(self, data: bytes, now: float) -> None:
        """Takes what was received; a token counts when its whole event is here."""
        self.rest += data
        if self.status is None:
            self._head()
        events = self.rest.split(b"\n\n\r\n")
        for event in events[:-1]:
            self._event(event, now)
        self.rest = events[-1]
        self.done = self.rest == _END

    def _head(self) -> None:
        head, separator, body = self.rest.partition(b"\r\n\r\n")
        if separator:
            self.status = int(head.split()[1])
            if self.status != 200 or b"text/event-stream" not in head:
                raise BenchError(f"no stream but {self.rest[:500]!r}")
            self.rest = body

    def _event(self, chunk: bytes, now: float) -> None:
        if b'"token"' not in chunk:
            raise BenchError(f"a stream broke off: {chunk[:500]!r}")
        self.times.append(now)

    def gaps_before(self, end: float) -> list[float]:
        """Seconds between tokens that all came before the given time."""
        return [later - earlier for earlier, later in self._pairs() if later <= end]

    def gaps_during(self, begin: float, end: float) -> list[float]:
        """Seconds between tokens, for the pauses that overlap the given time."""
        return [later - earlier for earlier, later in self._pairs() if later > begin and earlier < end]

    def _pairs(self) -> Iterable[tuple[float, float]]:
        return zip(self.times, self.times[1:], strict=False)


def request(target: Target, text: str, tokens: int, session: str | None = None) -> bytes:
    """The bytes of a request for a streamed reply of so many tokens."""
    parameters = {"max_new_tokens": tokens}
    body = json.dumps({"inputs": text, "parameters": parameters, "stream": True}).encode()
    lines = [
        f"POST {target.path} HTTP/1.1",
        f"Host: {urllib.parse.urlsplit(target.url).netloc}",
        f"Content-Length: {len(body)}",
        *([f"X-Amzn-SageMaker-Session-Id: {session}"] if session else []),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Readers:
    """Open streams and the thread that reads them: this one, while it waits for something."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._selector = selectors.DefaultSelector()
        self._sockets: list[socket.socket] = []

    def __enter__(self) -> "Readers":
        return self

    def __exit__(self, *_: object) -> None:
        self._selector.close()
        for each in self._sockets:
            each.close()

    def start(self, text: str, tokens: int, session: str | None = None) -> Stream:
        """Sends a request and begins to read its stream."""
        connection = socket.create_connection(self._target.address, 30)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sockets.append(connection)
        stream = Stream(time.perf_counter())
        connection.sendall(request(self._target, text, tokens, session))
        connection.setblocking(False)
        self._selector.register(connection, selectors.EVENT_READ, (connection, stream))
        return stream

    def read_until(self, enough: Callable[[], bool], seconds: float) -> None:
        """Reads whatever comes until enough() is true."""
        deadline = time.perf_counter() + seconds
        while not enough():
            if time.perf_counter() > deadline:
                raise BenchError(f"{self._target.name}: streams not done within {seconds} s")
            for key, _ in self._selector.select(1):
                connection, stream = key.data
                self._receive(connection, stream)

    def _receive(self, connection: socket.socket, stream: Stream) -> None:
        data = connection.recv(65536)
        if not data:
            raise BenchError(f"{self._target.name} closed a stream before its end")
        stream.feed(data, time.perf_counter())
        if stream.done:
            self._selector.unregister(connection)
