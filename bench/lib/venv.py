"""A virtual environment for the one thing the standard library cannot do: drawing a chart."""

import pathlib
import subprocess
import sys

from . import tools
from .errors import BenchError

FOLDER = tools.ROOT / "bench" / ".venv"
NEEDED = "matplotlib==3.10.7"
CHARTS = pathlib.Path(__file__).resolve().parent


def draw(chart: str, figures: str, png: pathlib.Path) -> None:
    """Runs a chart's program in the environment, which is made on first use."""
    _run("drawing the chart", _python(), CHARTS / chart, figures, png)


def _python() -> pathlib.Path:
    python = FOLDER / "bin" / "python"
    marker = FOLDER / NEEDED
    if not marker.exists():
        _run(
            "python3 -m venv (on Debian: apt-get install python3-venv)",
            sys.executable,
            "-m",
            "venv",
            FOLDER,
        )
        _run(f"pip install {NEEDED}", python, "-m", "pip", "install", "--quiet", NEEDED)
        marker.touch()
    return python


def _run(what: str, *command: object) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        raise BenchError(f"{what} failed:\n{(done.stderr or done.stdout)[-1500:]}")
