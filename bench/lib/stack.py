"""The parts under measurement, each started on loopback ports of its own."""

import argparse
import contextlib
import dataclasses
import json
import pathlib
import shlex
import string
import tempfile
import urllib.request

from . import router, tools
from .processes import Process, answers_ok, free_port, port_open

HERE = pathlib.Path(__file__).resolve().parent
CONTAINER_JAR = tools.ROOT / "model-container/target/quarkus-app/quarkus-run.jar"


@dataclasses.dataclass(frozen=True)
class Target:
    """Where load goes, and the process whose CPU is counted, if any is in between."""

    name: str
    url: str
    path: str
    process: Process | None = None
    management: str | None = None


class Stack(contextlib.ExitStack):
    """Starts parts in a folder of its own and stops them all at its end, last one first.

    Proxies run on proxy_cpus, if given; the rest where this process may run.
    """

    def __init__(self, java, proxy_cpus=None):
        super().__init__()
        self.java = java
        self.proxy_cpus = proxy_cpus
        self.folder = pathlib.Path(self.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))

    def start(self, name, command, **placed):
        """Starts a program, to be stopped at the end of the run."""
        process = Process(name, command, self.folder, **placed)
        self.callback(process.stop)
        return process

    def backend(self, instances=2, source="Backend.java", arguments=()):
        """The model container without a model."""
        path = HERE.parent / "backend" / source
        options = ["-XX:+UseSerialGC", "-Xmx256m"]
        process = self.start("backend", [self.java, *options, path, instances, *arguments])
        ports = process.wait_for_line(r"^PORTS (.+)$", 60).group(1).split()
        return Backend(process, [int(port) for port in ports])

    def container(self, jar, jvm, name="container", **settings):
        """The real model container, once its model has answered; settings are its model.* keys."""
        port = free_port()
        jar = tools.built(jar, "mvn -f model-container package -DskipTests")
        address = [f"-Dquarkus.http.port={port}", "-Dquarkus.http.host=127.0.0.1"]
        keys = [f"-Dmodel.{key.replace('_', '-')}={value}" for key, value in settings.items()]
        line = [self.java, *shlex.split(jvm), *address, *keys, "-jar", jar]
        process = self.start(name, line)
        url = f"http://127.0.0.1:{port}"
        process.wait_until(lambda: answers_ok(f"{url}/ping"), "a pong", 300)
        return Target(name, url, "/invocations", process)

    def redis(self, given=None, name="redis"):
        """The URL of the given Redis, or of one started here without persistence."""
        if given:
            return given
        port = free_port()
        options = ["--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        process = self.start(name, [tools.debian("redis-server"), *options], cwd=self.folder)
        process.wait_until(lambda: port_open(port), "an open port", 10)
        return f"redis://127.0.0.1:{port}"

    def haproxy(self, backend, template, extra=""):
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
        return _proxy("haproxy", port, process)

    def base_router(self, instances, chosen, jvm=""):
        """The build of --base-jar, with a Redis of its own; None if none was named."""
        if not chosen.base_jar:
            return None
        chosen = argparse.Namespace(**vars(chosen) | {"router_jar": chosen.base_jar})
        return self.router(instances, self.redis(name="base-redis"), chosen, jvm, name="base")

    def router(self, instances, redis, chosen, jvm="", more=(), name="router"):
        """The router over container URLs, as the command's options have it."""
        port, management = free_port(), free_port()
        places = {"port": port, "management": management, "redis": redis}
        process = self.start(
            name,
            router.line(self.java, instances, places, chosen, jvm, dict(more)),
            cpus=self.proxy_cpus,
        )
        if chosen.router_cmd:
            process.wait_until(lambda: port_open(port), "an open port", 60)
        else:
            health = f"http://127.0.0.1:{management}/q/health/ready"
            process.wait_until(lambda: answers_ok(health), "ready", 60)
        return _proxy(name, port, process, f"http://127.0.0.1:{management}")


def _proxy(name, port, process, management=None):
    path = f"/endpoints/{router.ENDPOINT}/invocations"
    return Target(name, f"http://127.0.0.1:{port}", path, process, management)


class Backend:
    """The started backend: one port per instance."""

    def __init__(self, process, ports):
        self.process = process
        self.urls = [f"http://127.0.0.1:{port}" for port in ports]

    def direct(self):
        """The load generator straight at the first instance."""
        return Target("direct", self.urls[0], "/invocations")

    def misrouted(self):
        """Requests of a session that came to an instance that did not open it."""
        self.process.check()
        return sum(self._counters(url)["misrouted"] for url in self.urls)

    @staticmethod
    def _counters(url):
        with urllib.request.urlopen(f"{url}/counters", timeout=5) as answer:
            return json.load(answer)
