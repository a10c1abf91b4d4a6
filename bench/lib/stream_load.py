"""The load generator of response streams, and what a run of it cost the process it went through."""

import dataclasses
import json
import pathlib
import select
import subprocess
from typing import TypedDict

from . import cpus, processes
from .errors import BenchError
from .stack import Backend, Started, Target

SOURCE = pathlib.Path(__file__).resolve().parents[1] / "load" / "StreamLoad.java"


@dataclasses.dataclass(frozen=True)
class Shape:
    """What every stream looks like: so many chunks of so many bytes, one every interval."""

    chunks: int
    interval_micros: int
    bytes: int

    @property
    def seconds(self) -> float:
        """How long one stream takes."""
        return self.chunks * self.interval_micros / 1e6


@dataclasses.dataclass(frozen=True)
class Sample:
    """What one run measured, in microseconds; cpu_micros is None where no process stands between.

    first: to the answer's first byte. late: from when a chunk was made to when it was there.
    others: the share of the machine that programs took that are no part of the benchmark.
    """

    chunks: int
    first_p50: float
    first_p99: float
    late_p50: float
    late_p99: float
    cpu_micros: float | None
    others: float


class Percentiles(TypedDict):
    """So many times in microseconds."""

    count: int
    p50: float
    p99: float


class Result(TypedDict):
    """What the load generator prints of a run."""

    chunks: int
    first_bytes: Percentiles
    delays: Percentiles


class Loader:
    """The load generator: one process for all runs, so that its code is warm."""

    def __init__(self, java: str, folder: pathlib.Path) -> None:
        self._log = folder / "load.log"
        with open(self._log, "wb") as errors:
            self._process = subprocess.Popen(
                [str(java), "-XX:+UseSerialGC", "-Xmx512m", str(SOURCE)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
            )
        assert self._process.stdin and self._process.stdout, "both are pipes"
        self._plans, self._results = self._process.stdin, self._process.stdout

    def cpu_seconds(self) -> float:
        """User and system time so far."""
        return processes.cpu_seconds(self._process.pid)

    def stop(self) -> None:
        """Ends it."""
        self._process.kill()
        self._process.wait()

    def run(
        self, target: Target, events: bool, streams: int, seconds: int, shape: Shape, ids_file: pathlib.Path
    ) -> Result:
        """The result of one run; fails unless every stream was complete and in order."""
        plan: list[object] = [*target.address, target.path, "events" if events else "plain"]
        plan += [streams, seconds, shape.chunks, shape.interval_micros, shape.bytes, ids_file]
        self._plans.write(" ".join(map(str, plan)) + "\n")
        self._plans.flush()
        return result(target.name, self._line(seconds + 4 * shape.seconds + 120))

    def _line(self, patience: float) -> str:
        ready, _, _ = select.select([self._results], [], [], patience)
        line = self._results.readline() if ready else ""
        if not line:
            raise BenchError(f"the load generator said nothing: {self._log.read_text()[-1500:]}")
        return line.strip()


def result(name: str, line: str) -> Result:
    """The figures in the load generator's answer."""
    kind, _, rest = line.partition(" ")
    if kind != "RESULT":
        raise BenchError(f"{name}: {rest}")
    found: Result = json.loads(rest)
    if not found["first_bytes"]["count"] or not found["delays"]["count"]:
        raise BenchError(f"{name}: nothing was measured: {rest}")
    return found


def measure(
    loader: Loader,
    backend: Backend,
    target: Target,
    events: bool,
    streams: int,
    seconds: int,
    shape: Shape,
    ids_file: pathlib.Path,
) -> Sample:
    """One run with the CPU time it cost the target's process."""
    proxy = target.process if isinstance(target, Started) else None
    meter = cpus.Meter([backend.process, loader, *([proxy] if proxy else [])])
    before = proxy.cpu_seconds() if proxy else 0.0
    found = loader.run(target, events, streams, seconds, shape, ids_file)
    spent = proxy.cpu_seconds() - before if proxy else None
    return sample(found, spent, meter.others())


def sample(found: Result, cpu_seconds: float | None, others: float) -> Sample:
    """The sample in a result."""
    first, late = found["first_bytes"], found["delays"]
    cpu = None if cpu_seconds is None else cpu_seconds * 1e6 / found["chunks"]
    return Sample(found["chunks"], first["p50"], first["p99"], late["p50"], late["p99"], cpu, others)
