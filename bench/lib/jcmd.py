"""Asks a running JVM about itself."""

import pathlib
import subprocess

from .errors import BenchError


def ask(java: str, pid: int, *command: str) -> str:
    """What the jcmd beside this java prints."""
    program = pathlib.Path(java).resolve().parent / "jcmd"
    if not program.exists():
        raise BenchError(f"there is no jcmd beside {java}: a whole JDK is needed")
    done = subprocess.run([str(program), str(pid), *command], capture_output=True, text=True, timeout=120)
    if done.returncode:
        raise BenchError(f"jcmd {' '.join(command)} failed: {done.stdout}{done.stderr}")
    return done.stdout
