"""Processes a benchmark starts, reads the CPU time of, and stops again."""

import contextlib
import os
import pathlib
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable

from .errors import BenchError


def free_port() -> int:
    """A loopback port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Process:
    """One started program, its output in a file, on the given CPUs or on its parent's."""

    def __init__(
        self,
        name: str,
        command: Iterable[object],
        folder: pathlib.Path,
        cpus: set[int] | None = None,
        cwd: pathlib.Path | None = None,
    ) -> None:
        self.name = name
        self.log = pathlib.Path(folder, f"{name}.log")
        with open(self.log, "wb") as output:
            self._process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=cwd,
                # Linux shares CPU time out by session; so each program gets a share of its own.
                start_new_session=True,
                preexec_fn=(lambda: os.sched_setaffinity(0, cpus)) if cpus else None,
            )
        self.pid = self._process.pid

    def cpu_seconds(self) -> float:
        """User and system time so far."""
        self.check()
        return cpu_seconds(self.pid)

    def check(self) -> None:
        """Fails the run when the process has ended by itself."""
        code = self._process.poll()
        if code is not None:
            raise BenchError(f"{self.name} ended with code {code}; its last lines:\n{self._tail()}")

    def wait_until(self, ready: Callable[[], bool], what: str, seconds: float) -> None:
        """Polls until ready() is true."""
        deadline = time.monotonic() + seconds
        while not ready():
            self.check()
            if time.monotonic() > deadline:
                raise BenchError(f"{self.name}: {what} not within {seconds} s:\n{self._tail()}")
            time.sleep(0.05)

    def wait_for_line(self, pattern: str, seconds: float) -> re.Match[str]:
        """The match of the first line of output that the pattern finds."""
        self.wait_until(lambda: self._search(pattern) is not None, f"output matching {pattern}", seconds)
        found = self._search(pattern)
        assert found is not None, "a log only grows"
        return found

    def _search(self, pattern: str) -> re.Match[str] | None:
        return re.search(pattern, self.log.read_text(errors="replace"), re.MULTILINE)

    def _tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])

    def stop(self) -> None:
        """Asks it to end; insists after ten seconds."""
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
            return
        self._process.kill()
        self._process.wait()


def cpu_seconds(pid: int) -> float:
    """User and system time of all threads of a process so far, also of those that have ended."""
    # What clock_getcpuclockid(3) gives: to the nanosecond, where /proc counts ticks of 10 ms.
    return time.clock_gettime((~pid << 3) | 2)


def port_open(port: int) -> bool:
    """Whether something accepts connections on the loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answers_ok(url: str) -> bool:
    """Whether a GET is answered 200."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            status: int = answer.status
    except (urllib.error.URLError, OSError):
        return False
    return status == 200
