"""One HTTP/1.1 connection that notes when the first byte of an answer came."""

import dataclasses
import socket
import time
import urllib.parse

from .errors import BenchError
from .stack import Target


@dataclasses.dataclass(frozen=True)
class Answer:
    """One answer; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes
    first_byte_seconds: float


class Client:
    """A kept-alive connection to a target; one request at a time."""

    def __init__(self, target: Target, timeout: float = 120) -> None:
        self._name = target.name
        self._path = target.path
        self._address = urllib.parse.urlsplit(target.url).netloc
        host, _, port = self._address.rpartition(":")
        self._socket = socket.create_connection((host, int(port)), timeout)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def post(self, body: bytes, **headers: str) -> Answer:
        """The answer to a POST; header names have underscores for dashes. Only 200 will do."""
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        fixed = [f"POST {self._path} HTTP/1.1", f"Host: {self._address}"]
        length = ["Content-Type: application/json", f"Content-Length: {len(body)}", "", ""]
        request = "\r\n".join(fixed + lines + length).encode() + body
        try:
            answer = self._exchange(request)
        except OSError as error:
            raise BenchError(f"{self._name}: {error}") from error
        if answer.status != 200:
            raise BenchError(f"{self._name} answered {answer.status}: {answer.body[:500]!r}")
        return answer

    def _exchange(self, request: bytes) -> Answer:
        started = time.perf_counter()
        self._socket.sendall(request)
        received = self._receive()
        first_byte = time.perf_counter() - started
        while b"\r\n\r\n" not in received:
            received += self._receive()
        head, _, body = received.partition(b"\r\n\r\n")
        status, headers = _parse(head.decode("latin-1"))
        missing = self._length(headers) - len(body)
        while missing > 0:
            more = self._receive()
            body += more
            missing -= len(more)
        return Answer(status, headers, body, first_byte)

    def _receive(self) -> bytes:
        received = self._socket.recv(65536)
        if not received:
            raise BenchError(f"{self._name} closed the connection instead of answering")
        return received

    def _length(self, headers: dict[str, str]) -> int:
        if "content-length" not in headers:
            raise BenchError(f"{self._name} answered without a Content-Length: {headers}")
        return int(headers["content-length"])


def _parse(head: str) -> tuple[int, dict[str, str]]:
    status, *lines = head.split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return int(status.split()[1]), {name.lower(): value.strip() for name, _, value in pairs}
