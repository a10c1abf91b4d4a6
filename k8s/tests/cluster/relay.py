"""TCP relays: what stands in for kube-proxy, and the way to the API server, which can be broken."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

from api import Object

Accepted: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def pump(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, passes: Callable[[], Awaitable[object]]
) -> None:
    try:
        while data := await reader.read(65536):
            await passes()
            writer.write(data)
            await writer.drain()
    except (ConnectionError, OSError):
        pass
    finally:
        await passes()
        writer.close()


async def always() -> None:
    pass


class Link:
    """One router's own way to the API server: passes, refuses, or has died without a word."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self.refuses = False
        self.connections: dict[asyncio.Event, tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = {}

    async def start(self) -> None:
        self.server = await asyncio.start_server(self.accepted, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]

    async def accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refuses:
            writer.transport.abort()
            return
        try:
            back, forth = await asyncio.open_connection(*self.target)
        except OSError:
            writer.transport.abort()
            return
        gate = asyncio.Event()
        gate.set()
        self.connections[gate] = (writer, forth)
        await asyncio.gather(pump(reader, forth, gate.wait), pump(back, writer, gate.wait))
        del self.connections[gate]

    def cut(self) -> None:
        """Ends what is open, and refuses what comes."""
        self.refuses = True
        for ends in self.connections.values():
            for writer in ends:
                writer.transport.abort()

    def freeze(self) -> None:
        """On what is open nothing passes any more, and nothing is closed; what comes is served."""
        for gate in self.connections:
            gate.clear()

    def mend(self) -> None:
        """What comes is served again; a frozen connection is dead for good."""
        self.refuses = False
        for gate, ends in self.connections.items():
            if not gate.is_set():
                for writer in ends:
                    writer.transport.abort()
                gate.set()

    def stop(self) -> None:
        self.cut()
        self.server.close()


class Services:
    """Every ClusterIP listens in this process, and picks a ready endpoint for each connection."""

    def __init__(self, hosts: Path) -> None:
        self.hosts = hosts
        self.services: dict[str, Object] = {}
        self.slices: dict[str, Object] = {}
        self.listeners: dict[tuple[str, int], asyncio.Server] = {}

    async def slices_listed(self, items: list[Object]) -> None:
        self.slices = {o["metadata"]["uid"]: o for o in items}

    async def slice_changed(self, kind: str, o: Object) -> None:
        self.slices.pop(o["metadata"]["uid"], None)
        if kind != "DELETED":
            self.slices[o["metadata"]["uid"]] = o

    async def services_listed(self, items: list[Object]) -> None:
        for o in items:
            await self.service_changed("ADDED", o)

    async def service_changed(self, kind: str, o: Object) -> None:
        self.services.pop(o["metadata"]["uid"], None)
        if kind != "DELETED":
            self.services[o["metadata"]["uid"]] = o
        address = o["spec"].get("clusterIP")
        if address in (None, "None", ""):
            return
        for port in o["spec"].get("ports", []):
            key = (address, port["port"])
            if kind == "DELETED":
                self.listeners.pop(key).close()
            elif key not in self.listeners:
                self.listeners[key] = await asyncio.start_server(
                    self.relay(o["metadata"], port.get("name", "")), *key
                )
        self.write_hosts()

    def write_hosts(self) -> None:
        lines = ["127.0.0.1 localhost"]
        for o in self.services.values():
            if o["spec"].get("clusterIP") not in (None, "None", ""):
                name, namespace = o["metadata"]["name"], o["metadata"]["namespace"]
                lines.append(f"{o['spec']['clusterIP']} {name} {name}.{namespace} {name}.{namespace}.svc")
        self.hosts.write_text("\n".join(lines) + "\n")

    def relay(self, service: Object, port: str) -> Accepted:
        async def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            for target in self.backends(service, port):
                try:
                    back, forth = await asyncio.wait_for(asyncio.open_connection(*target), 1)
                    break
                except (OSError, asyncio.TimeoutError):
                    continue
            else:
                writer.transport.abort()
                return
            await asyncio.gather(pump(reader, forth, always), pump(back, writer, always))

        return accepted

    def backends(self, service: Object, port: str) -> list[tuple[str, int]]:
        """In a random order."""
        if (service["namespace"], service["name"]) == ("default", "kubernetes"):
            return [("127.0.0.1", 6443)]
        found = {
            (endpoint["addresses"][0], p["port"])
            for s in self.slices.values()
            if s["metadata"]["namespace"] == service["namespace"]
            and s["metadata"].get("labels", {}).get("kubernetes.io/service-name") == service["name"]
            for p in s.get("ports") or []
            if p.get("name", "") == port
            for endpoint in s.get("endpoints") or []
            if endpoint.get("conditions", {}).get("ready", True)
        }
        return random.sample(sorted(found), len(found))
