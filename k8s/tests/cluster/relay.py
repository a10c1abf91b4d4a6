"""TCP relays: what stands in for kube-proxy, and the way to the API server, which can be broken."""

import asyncio
import random


async def pump(reader, writer, passes):
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


async def always():
    pass


class Link:
    """One router's own way to the API server: passes, refuses, or has died without a word."""

    def __init__(self, target):
        self.target = target
        self.refuses = False
        self.connections = {}

    async def start(self):
        self.server = await asyncio.start_server(self.accepted, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]

    async def accepted(self, reader, writer):
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

    def cut(self):
        """Ends what is open, and refuses what comes."""
        self.refuses = True
        for ends in self.connections.values():
            for writer in ends:
                writer.transport.abort()

    def freeze(self):
        """On what is open nothing passes any more, and nothing is closed; what comes is served."""
        for gate in self.connections:
            gate.clear()

    def mend(self):
        """What comes is served again; a frozen connection is dead for good."""
        self.refuses = False
        for gate, ends in self.connections.items():
            if not gate.is_set():
                for writer in ends:
                    writer.transport.abort()
                gate.set()

    def stop(self):
        self.cut()
        self.server.close()


class Services:
    """Every ClusterIP listens in this process, and picks a ready endpoint for each connection."""

    def __init__(self, hosts):
        self.hosts = hosts
        self.services = {}
        self.slices = {}
        self.listeners = {}

    async def slices_listed(self, items):
        self.slices = {o["metadata"]["uid"]: o for o in items}

    async def slice_changed(self, kind, o):
        self.slices.pop(o["metadata"]["uid"], None)
        if kind != "DELETED":
            self.slices[o["metadata"]["uid"]] = o

    async def services_listed(self, items):
        for o in items:
            await self.service_changed("ADDED", o)

    async def service_changed(self, kind, o):
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

    def write_hosts(self):
        lines = ["127.0.0.1 localhost"]
        for o in self.services.values():
            if o["spec"].get("clusterIP") not in (None, "None", ""):
                name, namespace = o["metadata"]["name"], o["metadata"]["namespace"]
                lines.append(f"{o['spec']['clusterIP']} {name} {name}.{namespace} {name}.{namespace}.svc")
        self.hosts.write_text("\n".join(lines) + "\n")

    def relay(self, service, port):
        async def accepted(reader, writer):
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

    def backends(self, service, port):
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
