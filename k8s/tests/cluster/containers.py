"""What pods run: a container with sessions in memory, a real router, a real Redis."""

import abc
import asyncio
import json
import os
import shlex
import subprocess
import time
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias, TypedDict

from api import Object
from control_plane import STATE

if TYPE_CHECKING:
    from node import Pod

APP = os.environ["APP"]
JAVA = os.environ["JAVA"]
SESSION = "x-amzn-sagemaker-session-id"
LIFE_SECONDS = 900
HEAP_SHARE = 0.4  # as in the image


def seconds(duration: str) -> float:
    """Of 5s, 20m, 1h."""
    return float(duration[:-1]) * {"s": 1, "m": 60, "h": 3600}[duration[-1]]


# Status, headers and body.
Answer: TypeAlias = tuple[int, dict[str, str], bytes]


class State(TypedDict):
    """What a session remembers."""

    word: str | None
    count: int


class ModelContainer:
    """Sessions in memory, each with a word and a count. Says "wrong" when asked for one it lacks."""

    def __init__(self, pod: "Pod") -> None:
        self.pod = pod
        self.boot = uuid.uuid4().hex[:12]
        self.sessions: dict[str, State] = {}
        self.wrong = 0
        self.ended = asyncio.Event()
        self.server: asyncio.Server | None = None
        self.writers: set[asyncio.StreamWriter] = set()
        self.drains = False

    async def start(self) -> None:
        port = self.pod.ports["http"]
        self.server = await asyncio.start_server(self.serve, self.pod.ip, port, backlog=512)

    def kill(self) -> None:
        if self.server:
            self.server.close()
        for writer in list(self.writers):
            writer.transport.abort()
        self.ended.set()

    def terminate(self) -> None:
        self.drains = True
        self.pod.background(self.drain())

    async def drain(self) -> None:
        end = time.monotonic() + seconds(self.pod.variables.get("MODEL_DRAIN_TIMEOUT", "20m"))
        while self.sessions and time.monotonic() < end:
            await asyncio.sleep(0.1)
        self.kill()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.add(writer)
        try:
            while True:
                path, headers, body = await read_request(reader)
                status, more, answer = self.answer(path, headers, body)
                more["X-Session-Router-Boot-Id"] = self.boot
                lines = [f"HTTP/1.1 {status} .", f"Content-Length: {len(answer)}"]
                lines += [f"{name}: {value}" for name, value in more.items()]
                writer.write("\r\n".join([*lines, "", ""]).encode() + answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            pass
        finally:
            self.writers.discard(writer)
            writer.close()

    def answer(self, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        if path == "/ping":
            return (503, {"X-Session-Router-Draining": "true"}, b"") if self.drains else (200, {}, b"")
        if path != "/invocations":
            return 404, {}, b"{}"
        asked = json.loads(body or b"{}")
        session = headers.get(SESSION)
        opens = session == "NEW_SESSION" or headers.get("x-session-router-session") == "new"
        if opens:
            return self.open(asked)
        if session is None:
            return 200, {}, self.tell()
        if session not in self.sessions:
            self.wrong += 1
            return 200, {}, self.tell(wrong="no such session")
        if asked.get("requestType") == "CLOSE":
            del self.sessions[session]
            return 200, {"X-Amzn-SageMaker-Closed-Session-Id": session}, self.tell()
        state = self.sessions[session]
        state["count"] += 1
        return 200, {}, self.tell(**state)

    def open(self, asked: Object) -> Answer:
        if self.drains:
            return 503, {}, b'{"message":"draining"}'
        session = uuid.uuid4().hex
        self.sessions[session] = {"word": asked.get("word"), "count": 0}
        until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + LIFE_SECONDS))
        header = {"X-Amzn-SageMaker-Session-Id": f"{session}; Expires={until}"}
        return 200, header, self.tell(**self.sessions[session])

    def tell(self, **facts: object) -> bytes:
        return json.dumps({"pod": self.pod.name, "boot": self.boot, **facts}).encode()


async def read_request(reader: asyncio.StreamReader) -> tuple[str, dict[str, str], bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin1").split("\r\n")
    lines = [line.split(":", 1) for line in head[1:] if ":" in line]
    headers = {name.lower(): value.strip() for name, value in lines}
    if headers.get("transfer-encoding") == "chunked":
        body = b""
        while size := int(await reader.readline(), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readline()
    else:
        body = await reader.readexactly(int(headers.get("content-length", 0)))
    return head[0].split(" ")[1], headers, body


class Program(abc.ABC):
    """A process as the pod's user, without rights, over a read-only root."""

    def __init__(self, pod: "Pod") -> None:
        self.pod = pod
        self.ended = asyncio.Event()
        self.process: asyncio.subprocess.Process | None = None

    @abc.abstractmethod
    async def start(self) -> None: ...

    async def launch(self, script: str, environment: Mapping[str, str]) -> None:
        with (STATE / f"pod-{self.pod.name}.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *("unshare", "--mount", "--propagation", "private", "sh", "-ec", script),
                env={"PATH": "/usr/bin:/bin", "HOSTNAME": self.pod.name, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.pod.background(self.wait(self.process))

    async def wait(self, process: asyncio.subprocess.Process) -> None:
        await process.wait()
        self.ended.set()

    def as_user(self, *command: str) -> str:
        user = self.pod.user
        return shlex.join(
            [
                *("setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--inh-caps=-all"),
                *("--bounding-set=-all", "--no-new-privs"),
                *command,
            ]
        )

    def terminate(self) -> None:
        if self.process is None:
            self.ended.set()
        elif self.process.returncode is None:
            self.process.terminate()

    def kill(self) -> None:
        if self.process and self.process.returncode is None:
            self.process.kill()


class Router(Program):
    """The packaged router, with the pod's settings and token where the image has them."""

    async def start(self) -> None:
        config, account = await self.pod.mounts()
        limit = self.pod.container["resources"]["limits"]["memory"]
        heap = int(int(limit.removesuffix("Mi")) * HEAP_SHARE)
        java = self.as_user(
            *(JAVA, "-XX:+UseSerialGC", f"-Xmx{heap}m", "-XX:+ExitOnOutOfMemoryError"),
            *("--enable-native-access=ALL-UNNAMED", "-jar", "/opt/router/quarkus-run.jar"),
        )
        script = f"""
mount -t tmpfs -o size=1m tmpfs /mnt
mkdir /mnt/config /mnt/account /mnt/app
mount --bind {config} /mnt/config; mount --bind {account} /mnt/account; mount --bind {APP} /mnt/app
mount -t tmpfs -o size=1m tmpfs /opt; mkdir /opt/router; mount --bind /mnt/app /opt/router
mount -t tmpfs -o size=1m tmpfs /run
mkdir -p /run/secrets/kubernetes.io/serviceaccount
mount --bind /mnt/account /run/secrets/kubernetes.io/serviceaccount
mount -t tmpfs -o size=1m tmpfs /srv; mkdir /srv/config; mount --bind /mnt/config /srv/config
mount -t tmpfs -o size=64m,mode=1777 tmpfs /tmp
mount -o remount,bind,ro /
for m in /mnt /opt /opt/router /run /srv /srv/config; do mount -o remount,bind,ro $m; done
cd /srv
exec {java}"""
        # A pod has a network of its own; here its address is the only thing that is.
        listen = {"SESSION_ROUTER_HTTP_HOST": self.pod.ip, "QUARKUS_HTTP_HOST": self.pod.ip}
        link = {
            "KUBERNETES_SERVICE_HOST": "127.0.0.1",
            "KUBERNETES_SERVICE_PORT": str(self.pod.link.port),
        }
        await self.launch(script, {**self.pod.variables, **listen, **link})


class Redis(Program):
    async def start(self) -> None:
        arguments = self.pod.container.get("args", [])
        server = self.as_user(
            *("redis-server", "--bind", self.pod.ip, "--protected-mode", "no", "--port", "6379"),
            *arguments,
        )
        await self.launch(f"cd /; exec {server}", self.pod.variables)


# What a pod runs.
Runs: TypeAlias = ModelContainer | Program


def container(pod: "Pod") -> Runs:
    image = pod.container["image"]
    if "model-container" in image:
        return ModelContainer(pod)
    return Redis(pod) if "redis" in image else Router(pod)
