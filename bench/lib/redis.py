"""As much of a Redis client as it takes to read memory figures."""

import socket
import urllib.parse
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from .errors import BenchError

Reply: TypeAlias = "str | int | list[Reply] | None"


class Redis:
    """One connection, one command at a time."""

    def __init__(self, url: str) -> None:
        address = urllib.parse.urlsplit(url)
        self._url = url
        self._socket = socket.create_connection((address.hostname, address.port or 6379), 30)
        self._replies = self._socket.makefile("rb")

    def __enter__(self) -> "Redis":
        return self

    def __exit__(self, *_: object) -> None:
        self._replies.close()
        self._socket.close()

    def command(self, *words: object) -> Reply:
        """The reply: text, a number, a list or None."""
        self._socket.sendall(self._encoded(words))
        return self._reply()

    @staticmethod
    def _encoded(words: Iterable[object]) -> bytes:
        encoded = [str(word).encode() for word in words]
        parts = [b"*%d\r\n" % len(encoded), *(b"$%d\r\n%s\r\n" % (len(w), w) for w in encoded)]
        return b"".join(parts)

    def many(self, commands: Sequence[Iterable[object]], at_once: int = 1000) -> None:
        """Runs many commands, a thousand in one write; for what is put in, whose replies are OK."""
        for begin in range(0, len(commands), at_once):
            some = commands[begin : begin + at_once]
            self._socket.sendall(b"".join(self._encoded(words) for words in some))
            for _ in some:
                self._reply()

    def cpu_seconds(self) -> float:
        """CPU time of the server so far."""
        figures = self._figures("cpu")
        return float(figures["used_cpu_user"]) + float(figures["used_cpu_sys"])

    def commands(self) -> int:
        """Commands the server has run so far, those within scripts left out."""
        return int(self._figures("stats")["total_commands_processed"])

    def _figures(self, section: str) -> dict[str, str]:
        lines = str(self.command("INFO", section)).splitlines()
        return {name: value for name, colon, value in (line.partition(":") for line in lines) if colon}

    def number(self, *words: object) -> int:
        """The reply of a command that replies with a number."""
        reply = self.command(*words)
        if not isinstance(reply, int):
            raise BenchError(f"Redis replied {reply!r} (expected: a number)")
        return reply

    def _reply(self) -> Reply:
        line = self._replies.readline().rstrip(b"\r\n")
        kind, rest = line[:1], line[1:].decode()
        if kind == b"-":
            raise BenchError(f"Redis refused a command: {rest}")
        if kind == b"*":
            return [self._reply() for _ in range(int(rest))]
        if kind == b"$":
            return self._bulk(int(rest))
        return int(rest) if kind == b":" else rest

    def _bulk(self, length: int) -> str | None:
        return None if length < 0 else self._replies.read(length + 2)[:-2].decode(errors="replace")

    def used_memory(self) -> int:
        """Bytes Redis has allocated for data and its own bookkeeping."""
        return int(self._figures("memory")["used_memory"])

    def every_key(self) -> Iterator[str]:
        """Every key."""
        cursor = None
        while cursor != "0":
            reply = self.command("SCAN", cursor or "0", "COUNT", 1000)
            match reply:
                case [str(following), list(found)]:
                    cursor = following
                    yield from map(str, found)
                case _:
                    raise BenchError(f"Redis replied {reply!r} (expected: a cursor and keys)")
