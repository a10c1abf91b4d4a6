"""Finding the programs a benchmark runs, or saying how to get them."""

import os
import pathlib
import re
import shutil
import subprocess
from collections.abc import Iterator

from .errors import BenchError

ROOT = pathlib.Path(__file__).resolve().parents[2]
JAVA_NEEDED = 25


def debian(command: str) -> str:
    """The path of a program that Debian has in the package of the same name."""
    found = shutil.which(command) or shutil.which(command, path="/usr/sbin:/sbin")
    if not found:
        raise BenchError(f"{command} is not installed; on Debian: apt-get install {command}")
    return found


def java(given: str | None = None) -> str:
    """A new enough java: the given one, JAVA_HOME's, PATH's, or one installed beside that."""
    for candidate in [given] if given else _java_candidates():
        if _java_version(candidate) >= JAVA_NEEDED:
            return str(candidate)
    raise BenchError(
        f"no JDK {JAVA_NEEDED} or newer found{' at ' + given if given else ''};"
        " set JAVA_HOME or give --java PATH"
    )


def _java_candidates() -> Iterator[pathlib.Path | str]:
    if "JAVA_HOME" in os.environ:
        yield pathlib.Path(os.environ["JAVA_HOME"], "bin", "java")
    on_path = shutil.which("java")
    if on_path:
        yield on_path
        installed = pathlib.Path(on_path).resolve().parents[2]
        yield from sorted(installed.glob("*/bin/java"), reverse=True)


def _java_version(path: pathlib.Path | str) -> int:
    try:
        shown = subprocess.run([path, "-version"], capture_output=True, text=True, timeout=30)
    except OSError:
        return 0
    version = re.search(r'version "(\d+)', shown.stderr)
    return int(version.group(1)) if version else 0


def first_line(*command: str) -> str:
    """The first line a program prints, for a run's record."""
    shown = subprocess.run(command, capture_output=True, text=True, timeout=30)
    return (shown.stdout or shown.stderr).strip().split("\n")[0]


def built(path: pathlib.Path, how: str) -> pathlib.Path:
    """A jar that a build made, or the command that builds it."""
    if not path.is_file():
        raise BenchError(f"{path} does not exist; build it: {how}")
    return path
