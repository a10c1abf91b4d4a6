"""Who sends requests for models: to the router, which places them, or to containers in turn."""

import http.client
import itertools
import json
import time
import urllib.parse
from collections.abc import Iterator, Sequence

from .errors import BenchError
from .lru import Instance
from .stack import Target
from .zipf import Served

PREFIX = "file:///models"  # nobody fetches from there: the containers have no models
ATTEMPTS = 20
PAUSE = 0.1  # before a refused request is sent again


def name_of(model: int) -> str:
    return f"m{model:03}.tar.gz"


class Connection:
    """A kept-alive connection of one thread."""

    def __init__(self, url: str) -> None:
        self._connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=90)

    def call(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
        """Status and body; header names have underscores for dashes."""
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        try:
            self._connection.request(method, path, body, named)
            answer = self._connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise BenchError(f"{method} {path}: {error!r}") from error

    def close(self) -> None:
        self._connection.close()


class ThroughRouter:
    """One thread's requests to the router; retries as an SDK does."""

    def __init__(self, target: Target) -> None:
        self._connection = Connection(target.url)
        self._path = target.path

    def __enter__(self) -> "ThroughRouter":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def __call__(self, model: int) -> Served:
        sent = time.monotonic_ns()
        for retries in range(ATTEMPTS):
            status, body = self._connection.call(
                "POST", self._path, b"{}", X_Amzn_SageMaker_Target_Model=name_of(model)
            )
            if status not in (429, 503):
                return served(status, body, model, sent, retries)
            time.sleep(PAUSE)
        raise BenchError(f"{ATTEMPTS} times {status} for {name_of(model)}: {body[:300]!r}")


def served(status: int, body: bytes, model: int, sent: int, retries: int = 0) -> Served:
    """What the container's answer says of a request that was sent at that moment."""
    if status != 200:
        raise BenchError(f"{status} for {name_of(model)}: {body[:300]!r}")
    said = json.loads(body)
    if said["url"] != f"{PREFIX}/{name_of(model)}":
        raise BenchError(f"{name_of(model)} was asked for and {said['url']} answered")
    return Served(said["loaded"] <= sent, (time.monotonic_ns() - sent) / 1e9, retries)


class RoundRobin:
    """The turns that all threads share, and what each container holds."""

    def __init__(self, urls: Sequence[str], room: int) -> None:
        self._urls = urls
        self._instances = [Instance[int](room) for _ in urls]
        self._turns = itertools.count()

    def asker(self) -> "InTurn":
        """For one thread."""
        return InTurn(self._instances, [Connection(url) for url in self._urls], self._turns)


class InTurn:
    """One thread's requests, each to the next container, which is given the model if it lacks it.

    The container's least recently used model gives way.
    """

    def __init__(
        self, instances: list[Instance[int]], connections: list[Connection], turns: Iterator[int]
    ) -> None:
        self._instances = instances
        self._connections = connections
        self._turns = turns

    def __enter__(self) -> "InTurn":
        return self

    def __exit__(self, *_: object) -> None:
        for connection in self._connections:
            connection.close()

    def __call__(self, model: int) -> Served:
        turn = next(self._turns) % len(self._instances)
        connection = self._connections[turn]
        sent = time.monotonic_ns()
        with self._instances[turn].holding(model, lambda gone: _swap(connection, gone, model)):
            answer = connection.call("POST", f"/models/{name_of(model)}/invoke", b"{}")
        return served(*answer, model, sent)


def _swap(connection: Connection, gone: int | None, model: int) -> None:
    """Unloads the one model, if any, and loads the other."""
    if gone is not None:
        _require(connection.call("DELETE", f"/models/{name_of(gone)}"))
    wanted = {"model_name": name_of(model), "url": f"{PREFIX}/{name_of(model)}"}
    _require(connection.call("POST", "/models", json.dumps(wanted).encode()))


def _require(answer: tuple[int, bytes]) -> None:
    status, body = answer
    if status != 200:
        raise BenchError(f"a container answered {status}: {body[:300]!r}")
