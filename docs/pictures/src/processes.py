"""Programs that are started for the pictures, and stopped in the end."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Mapping


class PictureError(Exception):
    """Why there are no pictures, in words for the user."""


def installed(program: str) -> str:
    """The path of a program."""
    found = shutil.which(program)
    if found is None:
        raise PictureError(f"{program} is not installed")
    return found


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def answers(url: str) -> bool:
    """Whether a GET is answered 200."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            status: int = answer.status
    except (urllib.error.URLError, OSError):
        return False
    return status == 200


class Program:
    """One program, its output in a file."""

    def __init__(
        self,
        name: str,
        command: Iterable[object],
        folder: pathlib.Path,
        environment: Mapping[str, str] | None = None,
        cwd: pathlib.Path | None = None,
    ) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        with self.log.open("wb") as output:
            self._process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=cwd,
                env={**os.environ, **(environment or {})},
            )

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Polls until ready() is true; fails when the program ends before."""
        deadline = time.monotonic() + seconds
        while not ready():
            if self._process.poll() is not None:
                raise PictureError(f"{self.name} ended; its last lines:\n{self._tail()}")
            if time.monotonic() > deadline:
                raise PictureError(f"{self.name} is not ready after {seconds} s:\n{self._tail()}")
            time.sleep(0.1)

    def _tail(self) -> str:
        return "\n".join(self.output().splitlines()[-15:])

    def stop(self) -> None:
        """Asks it to end; insists after half a minute."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
