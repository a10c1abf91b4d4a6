"""What a JVM's threads have used so far, by their names."""

import dataclasses
import re

from . import jcmd
from .errors import BenchError

# Where the router does what may block; changes of its configuration, too.
WORKER = r"(?:executor-thread|vert\.x-worker-thread|vert\.x-internal-blocking)-\d+"
_ROW = re.compile(
    r'^"(?P<name>[^"]+)".* cpu=(?P<cpu>[\d.]+)ms .*allocated=(?P<count>\d+)(?P<unit>[BKMGT])', re.MULTILINE
)
_UNITS = {"B": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


@dataclasses.dataclass(frozen=True)
class Used:
    """The sums of all threads whose names match."""

    cpu_ms: float
    allocated: int


def used(java: str, pid: int, names: str) -> Used:
    """What the living threads have used whose whole names match."""
    return parse(jcmd.ask(java, pid, "Thread.print", "-e"), names)


def parse(text: str, names: str) -> Used:
    """The sums in jcmd's output."""
    rows = [row for row in _ROW.finditer(text) if re.fullmatch(names, row["name"])]
    if not rows:
        raise BenchError(f"no thread of the JVM is called {names}")
    return Used(
        sum(float(row["cpu"]) for row in rows),
        sum(int(row["count"]) * _UNITS[row["unit"]] for row in rows),
    )
