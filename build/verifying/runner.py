"""Runs parts beside each other and says how far they are."""

import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence

from counts import Counts, test_classes
from parts import ROOT, Part

HEARTBEAT_SECONDS = 20
GRACE_SECONDS = 15
TAIL_LINES = 60


class Running:
    """A part that was started."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.counts = Counts()
        self.expected = test_classes(*part.classes) if part.classes else 0
        self.begin = time.monotonic()
        self.seconds = 0.0
        self.cpu_seconds = 0.0
        self.code: int | None = None
        part.log.parent.mkdir(parents=True, exist_ok=True)
        with part.log.open("wb") as log:
            self._process = subprocess.Popen(
                part.command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._log = part.log.open(encoding="utf-8", errors="replace")

    def ended(self) -> bool:
        """Reads on in the log, and looks whether the process has ended."""
        if self.code is not None:
            return True
        pid, status, usage = os.wait4(self._process.pid, os.WNOHANG)
        for line in self._log:
            self.counts.take(line)
        if pid == 0:
            return False
        self.code = self._process.returncode = os.waitstatus_to_exitcode(status)
        self.seconds = time.monotonic() - self.begin
        self.cpu_seconds = usage.ru_utime + usage.ru_stime
        self._log.close()
        return True

    def signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    def progress(self) -> str:
        if not self.counts.classes:
            return self.part.name
        of = f" of {self.expected}" if self.expected >= self.counts.classes else ""
        return f"{self.part.name} {self.counts.classes}{of}"


class Runner:
    """Starts what may start, first things first, as long as there is room on the machine."""

    def __init__(self, parts: Sequence[Part], room: int) -> None:
        self._waiting = list(parts)
        self._room = room
        self._begin = time.monotonic()
        self._said = self._begin
        self.running: list[Running] = []
        self.done: list[Running] = []
        self.not_run: list[Part] = []
        self._changed = threading.Event()

    def run(self) -> None:
        try:
            while self._waiting or self.running:
                self._start_what_may()
                self._changed.wait(0.2)
                for running in [each for each in self.running if each.ended()]:
                    self._end(running)
                self._heartbeat()
        except BaseException:
            self._stop()
            raise

    def _start_what_may(self) -> None:
        passed = {each.part.name for each in self.done if each.code == 0}
        open_ends = {each.name for each in self._waiting} | {each.part.name for each in self.running}
        for part in list(self._waiting):
            if not all(name in passed or name in open_ends for name in part.after):
                self._waiting.remove(part)
                self.not_run.append(part)
                self.say(f"{part.name}: not run, for what it needs has failed")
            elif all(name in passed for name in part.after):
                if not self._has_room(part):
                    return  # What comes after it must not take the room it waits for.
                self._waiting.remove(part)
                self.running.append(Running(part))

    def _has_room(self, part: Part) -> bool:
        taken = sum(each.part.room for each in self.running)
        return not self.running or taken + part.room <= self._room

    def _end(self, running: Running) -> None:
        self.running.remove(running)
        self.done.append(running)
        outcome = "passed" if running.code == 0 else f"FAILED (exit code {running.code})"
        self.say(f"{running.part.name}: {outcome} in {running.seconds:.0f} s")
        if running.code != 0:
            print_tail(running.part.log)

    def _heartbeat(self) -> None:
        now = time.monotonic()
        if self.running and now - self._said >= HEARTBEAT_SECONDS:
            self.say("running: " + ", ".join(each.progress() for each in self.running))

    def say(self, text: str) -> None:
        self._said = time.monotonic()
        print(f"[{self.elapsed():4.0f} s] {text}", flush=True)

    def elapsed(self) -> float:
        return time.monotonic() - self._begin

    def _stop(self) -> None:
        for running in self.running:
            running.signal(signal.SIGTERM)
        end = time.monotonic() + GRACE_SECONDS
        while time.monotonic() < end and any(not each.ended() for each in self.running):
            time.sleep(0.1)
        for running in self.running:
            running.signal(signal.SIGKILL)


def telling(lines: Sequence[str]) -> Iterator[str]:
    """The lines that say what went wrong; in a log without such, all."""
    errors = [line for line in lines if line.startswith("[ERROR]")]
    yield from errors or lines


def print_tail(log: pathlib.Path) -> None:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    print(f"  --- {log.relative_to(ROOT)}", file=sys.stdout)
    for line in list(telling(lines))[-TAIL_LINES:]:
        print(f"  | {line}")
    sys.stdout.flush()
