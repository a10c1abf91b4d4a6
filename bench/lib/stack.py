"""The parts under measurement, each started on loopback ports of its own."""

import contextlib
import dataclasses
import json
import pathlib
import shlex
import string
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Iterable, Mapping, Sequence
from typing import TypedDict

from . import options, router, tools
from .errors import BenchError
from .processes import Process, answers_ok, free_port, port_open

HERE = pathlib.Path(__file__).resolve().parent
PATH = f"/endpoints/{router.ENDPOINT}/invocations"
CONTAINER_JAR = tools.ROOT / "model-container/target/quarkus-app/quarkus-run.jar"


@dataclasses.dataclass(frozen=True)
class Target:
    """Where load goes."""

    name: str
    url: str
    path: str

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of its URL."""
        parts = urllib.parse.urlsplit(self.url)
        if parts.hostname is None or parts.port is None:
            raise BenchError(f"{self.url} (expected: a URL with host and port)")
        return parts.hostname, parts.port


@dataclasses.dataclass(frozen=True)
class Started(Target):
    """A target that is a process of its own, whose CPU time counts."""

    process: Process


@dataclasses.dataclass(frozen=True)
class Router(Started):
    """The router, which has a second address for those who manage it."""

    management: str


class Counters(TypedDict):
    """What an instance of the backend has counted."""

    requests: int
    misrouted: int


class Stack(contextlib.ExitStack):
    """Starts parts in a folder of its own and stops them all at its end, last one first.

    Proxies run on proxy_cpus, if given; the rest where this process may run.
    """

    def __init__(self, java: str, proxy_cpus: set[int] | None = None) -> None:
        super().__init__()
        self.java = java
        self.proxy_cpus = proxy_cpus
        self.folder = pathlib.Path(self.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))

    def start(
        self,
        name: str,
        command: Iterable[object],
        cpus: set[int] | None = None,
        cwd: pathlib.Path | None = None,
    ) -> Process:
        """Starts a program, to be stopped at the end of the run."""
        process = Process(name, command, self.folder, cpus, cwd)
        self.callback(process.stop)
        return process

    def backend(
        self, instances: int = 2, source: str = "Backend.java", arguments: Iterable[int] = ()
    ) -> "Backend":
        """The model container without a model."""
        path = HERE.parent / "backend" / source
        options = ["-XX:+UseSerialGC", "-Xmx256m"]
        process = self.start("backend", [self.java, *options, path, instances, *arguments])
        ports = process.wait_for_line(r"^PORTS (.+)$", 60).group(1).split()
        return Backend(process, [int(port) for port in ports])

    def container(self, jar: pathlib.Path, jvm: str, name: str = "container", **settings: object) -> Started:
        """The real model container, once its model has answered; settings are its model.* keys."""
        port = free_port()
        jar = tools.built(jar, "mvn -f model-container package -DskipTests")
        address = [f"-Dquarkus.http.port={port}", "-Dquarkus.http.host=127.0.0.1"]
        keys = [f"-Dmodel.{key.replace('_', '-')}={value}" for key, value in settings.items()]
        line = [self.java, *shlex.split(jvm), *address, *keys, "-jar", jar]
        process = self.start(name, line)
        url = f"http://127.0.0.1:{port}"
        process.wait_until(lambda: answers_ok(f"{url}/ping"), "a pong", 300)
        return Started(name, url, "/invocations", process)

    def redis(self, given: str | None = None, name: str = "redis") -> str:
        """The URL of the given Redis, or of one started here without persistence."""
        if given:
            return given
        port = free_port()
        options = ["--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        process = self.start(name, [tools.debian("redis-server"), *options], cwd=self.folder)
        process.wait_until(lambda: port_open(port), "an open port", 10)
        return f"redis://127.0.0.1:{port}"

    def haproxy(self, backend: "Backend", template: pathlib.Path | str, extra: str = "") -> Started:
        """HAProxy over the backend, with the same sticky sessions; extra lines for its defaults."""
        port = free_port()
        lines = [f"  server i{i} {url[7:]}" for i, url in enumerate(backend.urls)]
        values = {
            "port": port,
            "socket": self.folder / "haproxy.sock",
            "servers": "\n".join(lines),
            "extra": extra,
        }
        config = self.folder / "haproxy.cfg"
        config.write_text(string.Template(pathlib.Path(template).read_text()).substitute(values))
        line = [tools.debian("haproxy"), "-db", "-f", config]
        process = self.start("haproxy", line, cpus=self.proxy_cpus)
        process.wait_until(lambda: port_open(port), "an open port", 10)
        return Started("haproxy", f"http://127.0.0.1:{port}", PATH, process)

    def base_router(
        self, instances: Sequence[str], chosen: options.AgainstBase, jvm: str = ""
    ) -> Router | None:
        """The build of --base-jar, with a Redis of its own; None if none was named."""
        if not chosen.base_jar:
            return None
        chosen = options.AgainstBase(**vars(chosen) | {"router_jar": chosen.base_jar})
        return self.router(instances, self.redis(name="base-redis"), chosen, jvm, name="base")

    def router(
        self,
        instances: Sequence[str],
        redis: str | None,
        chosen: router.Chosen,
        jvm: str = "",
        more: Mapping[str, str] | None = None,
        name: str = "router",
    ) -> Router:
        """The router over container URLs, as the command's options have it."""
        port, management = free_port(), free_port()
        places = {"port": port, "management": management, "redis": redis}
        process = self.start(
            name,
            router.line(self.java, instances, places, chosen, jvm, more or {}),
            cpus=self.proxy_cpus,
        )
        if chosen.router_cmd:
            process.wait_until(lambda: port_open(port), "an open port", 60)
        else:
            health = f"http://127.0.0.1:{management}/q/health/ready"
            process.wait_until(lambda: answers_ok(health), "ready", 60)
        url = f"http://127.0.0.1:{port}"
        return Router(name, url, PATH, process, f"http://127.0.0.1:{management}")


class Backend:
    """The started backend: one port per instance."""

    def __init__(self, process: Process, ports: Iterable[int]) -> None:
        self.process = process
        self.urls = [f"http://127.0.0.1:{port}" for port in ports]

    def direct(self) -> Target:
        """The load generator straight at the first instance."""
        return Target("direct", self.urls[0], "/invocations")

    def misrouted(self) -> int:
        """Requests of a session that came to an instance that did not open it."""
        self.process.check()
        return sum(self._counters(url)["misrouted"] for url in self.urls)

    def requests(self) -> int:
        """Requests that came, health checks left out."""
        return sum(self._counters(url)["requests"] for url in self.urls)

    @staticmethod
    def _counters(url: str) -> Counters:
        with urllib.request.urlopen(f"{url}/counters", timeout=5) as answer:
            counters: Counters = json.load(answer)
            return counters
