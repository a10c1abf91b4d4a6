"""The first request for a model of a real container, and where its time goes."""

import contextlib
import dataclasses
import functools
import http.server
import json
import pathlib
import re
import statistics
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence

from . import tools
from .client import Client
from .errors import BenchError

PAYLOAD = json.dumps({"inputs": "My cat is called Zorro.", "parameters": {"max_new_tokens": 1}}).encode()
PHASES = ["queue", "download", "unpack", "load", "warm_up"]
PATIENCE = 10  # seconds until the container has counted a request that it has answered
COUNTED = re.compile(
    r'^model_container_request_seconds_(count|sum)\{operation="stateless"[^}]*\} (\S+)$', re.MULTILINE
)


@dataclasses.dataclass(frozen=True)
class Cold:
    """Milliseconds of one model's first request, of its parts, and of a later request."""

    total_ms: float
    phases_ms: dict[str, float]
    inference_ms: float
    rest_ms: float  # the router, its calls to the container, and the way
    warm_ms: float

    def parts(self) -> dict[str, float]:
        """All parts by name, in their order."""
        return self.phases_ms | {"inference": self.inference_ms, "rest": self.rest_ms}


def pack(model: pathlib.Path, folder: pathlib.Path, count: int) -> list[pathlib.Path]:
    """The same model in so many archives, as the container's own tool packs it."""
    archives = [folder / f"m{number:03}.tar.gz" for number in range(count)]
    packer = tools.ROOT / "model-container/pack-model"
    subprocess.run([packer, model, archives[0]], check=True)
    for archive in archives[1:]:
        archive.write_bytes(archives[0].read_bytes())
    return archives


class _Files(http.server.SimpleHTTPRequestHandler):
    # Else the end of an archive waits for the acknowledgement of what was sent before, for 40 ms.
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        """Says nothing: a line for each archive would only be in the table's way."""


@contextlib.contextmanager
def served(folder: pathlib.Path | str) -> Iterator[str]:
    """The URL at which a folder's files are served over HTTP."""
    handler = functools.partial(_Files, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def measure(client: Client, container_url: str, archive: pathlib.Path, repeats: int) -> Cold:
    """One model that nobody has asked for yet: its first request and some later ones."""
    before = computed(_metrics(container_url))
    first = _ask(client, archive)
    inference = _one_more(container_url, before)
    phases = _load_seconds(container_url, archive)
    warm = statistics.median(_ask(client, archive) for _ in range(repeats))
    _counted(container_url, before[0] + 1 + repeats)
    return split(first, phases, inference, warm)


def split(first: float, phases: Mapping[str, float], inference: float, warm: float) -> Cold:
    """A first request in milliseconds, of the seconds of the whole and of its parts."""
    rest = first - sum(phases[phase] for phase in PHASES) - inference
    if rest < 0:
        raise BenchError(
            f"the parts of a first request are longer than the whole of {first:.3f} s:"
            f" {phases}, first inference {inference:.3f} s"
        )
    in_ms = {phase: phases[phase] * 1e3 for phase in PHASES}
    return Cold(first * 1e3, in_ms, inference * 1e3, rest * 1e3, warm * 1e3)


def _ask(client: Client, archive: pathlib.Path) -> float:
    headers = {"X_Amzn_SageMaker_Target_Model": archive.name}
    return client.post(PAYLOAD, **headers).first_byte_seconds


def _get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as answer:
        body: bytes = answer.read()
        return body.decode()


def _metrics(container_url: str) -> str:
    return _get(f"{container_url}/q/metrics")


def computed(metrics: str) -> tuple[float, float]:
    """How many requests the container has answered, and its own seconds with them; no loads."""
    found = {"count": 0.0, "sum": 0.0}
    for what, value in COUNTED.findall(metrics):
        found[what] += float(value)
    return found["count"], found["sum"]


def _one_more(container_url: str, before: tuple[float, float]) -> float:
    """The seconds of the one request since then."""
    return _counted(container_url, before[0] + 1)[1] - before[1]


def _counted(container_url: str, requests: float) -> tuple[float, float]:
    """What was computed when so many requests are counted: it counts when it has answered."""
    deadline = time.monotonic() + PATIENCE
    while (found := computed(_metrics(container_url)))[0] != requests:
        if found[0] > requests or time.monotonic() > deadline:
            raise BenchError(f"the container counted {found[0]:.0f} requests, not {requests:.0f}")
        time.sleep(0.005)
    return found


def _load_seconds(container_url: str, archive: pathlib.Path) -> dict[str, float]:
    names = [
        model["modelName"]
        for model in json.loads(_get(f"{container_url}/models?limit=1000"))["models"]
        if model["modelUrl"].endswith(f"/{archive.name}")
    ]
    if len(names) != 1:
        raise BenchError(f"{archive.name} is loaded {len(names)} times (expected: once)")
    seconds: dict[str, float] = json.loads(_get(f"{container_url}/models/{names[0]}"))["load_seconds"]
    return seconds


def median(found: Sequence[Cold]) -> Cold:
    """The medians of several models, part by part; so they need not add up."""

    def of(value: Callable[[Cold], float]) -> float:
        return statistics.median(value(each) for each in found)

    return Cold(
        of(lambda cold: cold.total_ms),
        {phase: statistics.median(cold.phases_ms[phase] for cold in found) for phase in PHASES},
        of(lambda cold: cold.inference_ms),
        of(lambda cold: cold.rest_ms),
        of(lambda cold: cold.warm_ms),
    )
