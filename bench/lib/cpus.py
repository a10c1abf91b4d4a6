"""Which CPUs the proxy gets and which the rest, and how much of them others took meanwhile."""

import os
import pathlib
import resource
from collections.abc import Sequence
from typing import Protocol

MODES = ("split", "one", "none")


class Measured(Protocol):
    """A program of ours whose CPU time is known."""

    def cpu_seconds(self) -> float: ...


def pin(mode: str) -> set[int]:
    """Confines this process, and so all it starts, to the rest's CPUs; returns the proxies' CPUs.

    split: the last CPU for the proxies, the others for the rest. one: everything on the first CPU.
    none: wherever the scheduler puts it.
    """
    everything = sorted(os.sched_getaffinity(0))
    rest, proxies = everything, everything
    if mode == "one":
        rest = proxies = everything[:1]
    elif mode == "split" and len(everything) > 1:
        rest, proxies = everything[:-1], everything[-1:]
    os.sched_setaffinity(0, rest)
    return set(proxies)


class Meter:
    """How busy the whole machine is, and which part of it is ours."""

    _TICKS = os.sysconf("SC_CLK_TCK")

    def __init__(self, processes: Sequence[Measured]) -> None:
        self._processes = processes
        self._before = self._reading()

    def others(self) -> float:
        """The share of all CPU time since the start that went to programs that are not ours."""
        total, busy, ours = (b - a for a, b in zip(self._before, self._reading(), strict=True))
        return max(0.0, busy - ours) / total if total else 0.0

    def _reading(self) -> tuple[float, float, float]:
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        running = sum(process.cpu_seconds() for process in self._processes)
        return *self._machine(), ended.ru_utime + ended.ru_stime + running

    def _machine(self) -> tuple[float, float]:
        line = pathlib.Path("/proc/stat").read_text().partition("\n")[0]
        spent = [int(field) / self._TICKS for field in line.split()[1:9]]
        idle = spent[3] + spent[4]
        return sum(spent), sum(spent) - idle
