"""The system that clients are tried on: Redis, the router, the real container and a scripted one."""

import contextlib
import json
import pathlib
import re
import sys
import tempfile
import urllib.request
from collections.abc import Iterable, Mapping

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "bench"))

from lib import tools  # noqa: E402
from lib.processes import Process, answers_ok, free_port, port_open  # noqa: E402

ROUTER = ROOT / "target/quarkus-app/quarkus-run.jar"
CONTAINER = ROOT / "model-container/target/quarkus-app/quarkus-run.jar"
JVM = ("-XX:+UseSerialGC", "-Xmx256m", "--enable-native-access=ALL-UNNAMED")

# Slower machines than this test's promises.
PATIENCE_SECONDS = 300


class System(contextlib.ExitStack):
    """Everything started, on loopback and free ports; stopped at its end, last first."""

    def __init__(self) -> None:
        super().__init__()
        self._java = tools.java()
        self._folder = pathlib.Path(self.enter_context(tempfile.TemporaryDirectory(prefix="clients-")))
        scripted = self._scripted()
        facts = self._facts()
        self.url = self._router(self._redis(), {"scripted": scripted, "facts": facts})

    def _start(self, name: str, command: Iterable[object]) -> Process:
        process = Process(name, command, self._folder)
        self.callback(process.stop)
        return process

    def _redis(self) -> str:
        port = free_port()
        options = ("--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
        process = self._start("redis", [tools.debian("redis-server"), *options])
        process.wait_until(lambda: port_open(port), "an open port", PATIENCE_SECONDS)
        return f"redis://127.0.0.1:{port}"

    def _scripted(self) -> str:
        port = free_port()
        process = self._start("scripted", [sys.executable, HERE / "scripted.py", port])
        process.wait_until(lambda: port_open(port), "an open port", PATIENCE_SECONDS)
        return f"http://127.0.0.1:{port}"

    def _facts(self) -> str:
        port = free_port()
        jar = tools.built(CONTAINER, "mvn -f model-container package -DskipTests")
        settings = (
            f"-Dquarkus.http.port={port}",
            "-Dquarkus.http.host=127.0.0.1",
            "-Dmodel.dialect=tgi",
            "-Dmodel.session-memory=1G",
        )
        process = self._start("facts", [self._java, *JVM, *settings, "-jar", jar])
        url = f"http://127.0.0.1:{port}"
        process.wait_until(lambda: answers_ok(f"{url}/ping"), "a pong", PATIENCE_SECONDS)
        return url

    def _router(self, redis: str, containers: Mapping[str, str]) -> str:
        jar = tools.built(ROUTER, "mvn package -DskipTests")
        port, management = free_port(), free_port()
        settings = {
            "quarkus.http.port": management,
            "quarkus.http.host": "127.0.0.1",
            "quarkus.redis.hosts": redis,
            "session-router.http.port": port,
            "session-router.http.host": "127.0.0.1",
        }
        for name, url in containers.items():
            endpoint = f"session-router.endpoints.{name}"
            settings[f"{endpoint}.variants.main.instances"] = url
            settings[f"{endpoint}.timeouts.connect"] = "5s"
            settings[f"{endpoint}.health.timeout"] = "10s"
        keys = [f"-D{key}={value}" for key, value in settings.items()]
        process = self._start("router", [self._java, *JVM, *keys, "-jar", jar])
        ready = f"http://127.0.0.1:{management}/q/health/ready"
        process.wait_until(lambda: answers_ok(ready), "readiness", PATIENCE_SECONDS)
        return f"http://127.0.0.1:{port}"

    def ask(self, endpoint: str, session: str | None = None, **payload: object) -> tuple[str, str]:
        """A plain request by nobody's client: the answer's text and the session that it opened."""
        headers = {"Content-Type": "application/json"}
        if session:
            headers["X-Amzn-SageMaker-Session-Id"] = session
        request = urllib.request.Request(
            f"{self.url}/endpoints/{endpoint}/invocations", json.dumps(payload).encode(), headers
        )
        with urllib.request.urlopen(request, timeout=120) as answer:
            opened = answer.headers.get("X-Amzn-SageMaker-New-Session-Id", "")
            text: str = json.load(answer)[0]["generated_text"]
        return text, re.split(";", opened)[0]
