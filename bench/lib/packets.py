"""What passes on the loopback interface between two programs, and when: a packet socket."""

import dataclasses
import socket
import struct
import threading
from collections.abc import Iterable

from .errors import BenchError

_ALL_PROTOCOLS = 3
_OUTGOING = 4  # on the loopback interface every packet is seen twice: sent, and received
_TIMESTAMP_NS = 35  # SO_TIMESTAMPNS, which the socket module does not name
_TCP = 6
_SYN, _ACK = 0x02, 0x10


@dataclasses.dataclass(frozen=True)
class Segment:
    """One TCP segment: seconds by the kernel's clock, ports, whether it opens, and its data."""

    at: float
    source: int
    target: int
    opens: bool
    data: bytes


class Capture:
    """Notes the segments from or to some ports while it is entered."""

    def __init__(self, ports: Iterable[int]) -> None:
        self._ports = set(ports)
        self._ended = threading.Event()
        self.segments: list[Segment] = []

    def __enter__(self) -> "Capture":
        try:
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ALL_PROTOCOLS))
        except PermissionError as error:
            raise BenchError("looking at packets needs root (CAP_NET_RAW)") from error
        self._socket.bind(("lo", 0))
        self._socket.setsockopt(socket.SOL_SOCKET, _TIMESTAMP_NS, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024 * 1024)
        self._socket.settimeout(0.1)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        while True:
            try:
                packet, extra, _, address = self._socket.recvmsg(65536, 256)
            except TimeoutError:
                if self._ended.is_set():
                    return
                continue
            found = segment(packet, _time(extra)) if address[2] == _OUTGOING else None
            if found and self._ports & {found.source, found.target}:
                self.segments.append(found)


def _time(extra: Iterable[tuple[int, int, bytes]]) -> float:
    for level, kind, data in extra:
        if level == socket.SOL_SOCKET and kind == _TIMESTAMP_NS:
            seconds, nanos = struct.unpack("qq", data[:16])
            at: float = seconds + nanos / 1e9
            return at
    raise BenchError("the kernel gave a packet no time")


def segment(packet: bytes, at: float) -> Segment | None:
    """The TCP segment in an IPv4 packet, or None if it is something else or says nothing."""
    if len(packet) < 40 or packet[0] >> 4 != 4 or packet[9] != _TCP:
        return None
    start = (packet[0] & 0xF) * 4
    source, target = struct.unpack("!HH", packet[start : start + 4])
    flags = packet[start + 13]
    opens = bool(flags & _SYN) and not flags & _ACK
    length = struct.unpack("!H", packet[2:4])[0] or len(packet)
    data = packet[start + (packet[start + 12] >> 4) * 4 : length]
    return Segment(at, source, target, opens, data) if data or opens else None
