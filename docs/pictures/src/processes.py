"""Programs that are started for the pictures, and stopped in the end."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request


class PictureError(Exception):
    """Why there are no pictures, in words for the user."""


def free_port():
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(url):
    """Whether a GET is answered 200."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


class Program:
    """One program, its output in a file."""

    def __init__(self, name, command, folder, environment=None, cwd=None):
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

    def output(self):
        return self.log.read_text(errors="replace")

    def wait_until(self, ready, seconds):
        """Polls until ready() is true; fails when the program ends before."""
        deadline = time.monotonic() + seconds
        while not ready():
            if self._process.poll() is not None:
                raise PictureError(f"{self.name} ended; its last lines:\n{self._tail()}")
            if time.monotonic() > deadline:
                raise PictureError(f"{self.name} is not ready after {seconds} s:\n{self._tail()}")
            time.sleep(0.1)

    def _tail(self):
        return "\n".join(self.output().splitlines()[-15:])

    def stop(self):
        """Asks it to end; insists after half a minute."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
