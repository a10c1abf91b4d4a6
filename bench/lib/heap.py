"""What lives on a JVM's heap, by class, after a full collection."""

import pathlib
import re
import subprocess
from collections.abc import Mapping
from typing import TypeAlias

from .errors import BenchError

# What the collector puts into gaps it did not close: dead, though the histogram lists it.
_FILLER = re.compile(r"jdk\.internal\.vm\.Filler")
_ROW = re.compile(r"^\s*\d+:\s+(\d+)\s+(\d+)\s+(\S+)", re.MULTILINE)

# Live instances and bytes by class name.
Classes: TypeAlias = Mapping[str, tuple[int, int]]


def histogram(java: str, pid: int) -> Classes:
    """Live instances and bytes by class name."""
    jcmd = pathlib.Path(java).resolve().parent / "jcmd"
    if not jcmd.exists():
        raise BenchError(f"there is no jcmd beside {java}: a whole JDK is needed")
    for command in ("GC.run", "GC.class_histogram"):
        done = subprocess.run([jcmd, str(pid), command], capture_output=True, text=True, timeout=120)
        if done.returncode:
            raise BenchError(f"jcmd {command} failed: {done.stdout}{done.stderr}")
    return parse(done.stdout)


def parse(text: str) -> Classes:
    """The histogram in jcmd's output."""
    found: dict[str, tuple[int, int]] = {}
    rows = (row for row in _ROW.findall(text) if not _FILLER.search(row[2]))
    for instances, size, name in rows:
        before = found.get(name, (0, 0))
        found[name] = (before[0] + int(instances), before[1] + int(size))
    return found


def total(classes: Classes) -> int:
    """All bytes of a histogram."""
    return sum(size for _, size in classes.values())


def growth(before: Classes, after: Classes) -> list[tuple[str, tuple[int, int]]]:
    """Instances and bytes gained by each class, the largest gain in bytes first."""
    gained = {
        name: (count - before.get(name, (0, 0))[0], size - before.get(name, (0, 0))[1])
        for name, (count, size) in after.items()
    }
    return sorted(gained.items(), key=lambda entry: -entry[1][1])
