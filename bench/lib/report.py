"""What a benchmark leaves behind: a table on the screen and a JSON file in bench/results/."""

import dataclasses
import datetime
import json
import os
import pathlib
import platform
from collections.abc import Iterable, Sequence

from . import tools

RESULTS = tools.ROOT / "bench" / "results"


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Text columns: the first to the left, the others to the right."""
    cells = [list(header), *([str(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [_line(row, widths) for row in cells]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(row, widths, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)])


def machine() -> dict[str, object]:
    """What the run ran on."""
    info = pathlib.Path("/proc/cpuinfo").read_text()
    models = [line.partition(":")[2] for line in info.splitlines() if line.startswith("model name")]
    return {
        "processor": models[0].strip() if models else platform.machine(),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
    }


def results_file(benchmark: str, suffix: str) -> pathlib.Path:
    """A new file's path under bench/results/."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    return RESULTS / f"{benchmark}-{now}.{suffix}"


def save(benchmark: str, **content: object) -> None:
    """Writes the run's figures and says where."""
    path = results_file(benchmark, "json")
    record = {"benchmark": benchmark, "machine": machine(), **content}
    path.write_text(json.dumps(record, indent=2, default=_plain) + "\n")
    print(f"\nwritten to {path.relative_to(tools.ROOT)}")


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return str(value)
