"""One run of the load generator (wrk) and what it cost the process it went through."""

import dataclasses
import json
import pathlib
import re
import subprocess
from collections.abc import Mapping

from . import cpus, tools
from .errors import BenchError
from .stack import Backend, Started, Target

SCRIPT = pathlib.Path(__file__).resolve().parent / "sessions.lua"


@dataclasses.dataclass(frozen=True)
class Row:
    """One kind of load: closed loop, so many connections, sizes of both bodies in bytes."""

    name: str
    connections: int
    request_bytes: int = 1024
    reply_bytes: int = 200

    @property
    def session_limit(self) -> int:
        """How many sessions take part: wrk holds a whole request of each in memory."""
        return max(64, 64 * 1024 * 1024 // self.request_bytes)


@dataclasses.dataclass(frozen=True)
class Sample:
    """What one run measured; cpu_micros is None where no process stands between.

    others: the share of the machine that programs took that are no part of the benchmark.
    """

    rate: float
    p50: float
    p99: float
    cpu_micros: float | None
    others: float


def run(target: Target, backend: Backend, row: Row, ids_file: pathlib.Path, seconds: int) -> Sample:
    """Loads the target and fails unless every single answer was right."""
    proxy = target.process if isinstance(target, Started) else None
    meter = cpus.Meter([backend.process, *([proxy] if proxy else [])])
    before = proxy.cpu_seconds() if proxy else 0.0
    result = _wrk(target, row, ids_file, seconds)
    spent = proxy.cpu_seconds() - before if proxy else None
    return sample(target.name, row, result, spent, meter.others())


def sample(
    name: str, row: Row, result: Mapping[str, float], cpu_seconds: float | None, others: float
) -> Sample:
    """The sample in a wrk script's result, once it is known to be clean."""
    faults = {k: result[k] for k in ("wrong", "non_2xx", "socket", "timeouts") if result[k]}
    if faults:
        raise BenchError(f"{name}, {row.name}: answers that were not right: {faults}")
    if result["sampled"] != result["requests"] or not result["requests"]:
        raise BenchError(f"{name}, {row.name}: wrk's samples do not add up: {result}")
    cpu = None if cpu_seconds is None else cpu_seconds * 1e6 / result["requests"]
    rate = result["requests"] * 1e6 / result["micros"]
    return Sample(rate, result["p50"], result["p99"], cpu, others)


def _wrk(target: Target, row: Row, ids_file: pathlib.Path, seconds: int) -> dict[str, float]:
    command = [tools.debian("wrk"), "-t1", f"-c{row.connections}", f"-d{seconds}s", "--timeout=10s"]
    script: list[object] = ["-s", SCRIPT, target.url, "--", ids_file, target.path]
    sizes: list[object] = [row.request_bytes, row.reply_bytes, row.connections]
    line = [*command, *(str(part) for part in script + sizes)]
    done = subprocess.run(line, capture_output=True, text=True, timeout=seconds + 60)
    found = re.search(r"^RESULT (.+)$", done.stdout, re.MULTILINE)
    if done.returncode or not found:
        raise BenchError(f"wrk failed ({done.returncode}): {done.stderr or done.stdout}")
    result: dict[str, float] = json.loads(found.group(1))
    return result
