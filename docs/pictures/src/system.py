"""The system that is pictured: the demo, a container for many models beside it, and a Prometheus."""

import contextlib
import os
import pathlib
import re
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping

from processes import PictureError, Program, answers, free_port, installed

ROOT = pathlib.Path(__file__).resolve().parents[3]
CONTAINER_JAR = ROOT / "model-container/target/quarkus-app/quarkus-run.jar"
MODEL = ROOT / "model-container/models/facts"
MODELS = ("facts-a.tar.gz", "facts-b.tar.gz", "facts-c.tar.gz")
BUILD_SECONDS = 900
SLOTS = 12
SESSION_MEMORY = "160M"

PROMETHEUS = """\
global:
  scrape_interval: 1s
  scrape_timeout: 1s
scrape_configs:
  - job_name: session-router
    honor_labels: true
    metrics_path: /q/metrics
    authorization:
      credentials: {key}
    static_configs:
      - targets: ["127.0.0.1:{router}"]
  - job_name: model-container
    metrics_path: /q/metrics
    static_configs:
      - targets: [{containers}]
"""


class System(contextlib.ExitStack):
    """Starts everything on free loopback ports; stops it in the end, last one first."""

    def __enter__(self) -> "System":
        super().__enter__()
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def _start(self) -> None:
        folder = self.enter_context(tempfile.TemporaryDirectory(prefix="pictures-"))
        self.folder = pathlib.Path(folder)
        self.port, self.management, self.chat = free_port(), free_port(), free_port()
        self.zoo = free_port()
        self._pack_models()
        self._demo = self._start_demo()
        self._start_zoo()
        found = re.findall(
            r"^Container +http://127\.0\.0\.1:(\d+) \(\S+ process (\d+)\)", self._demo.output(), re.MULTILINE
        )
        self.key = self._printed("BEARER_KEY")
        self.containers = {int(port): int(pid) for port, pid in found}
        self.prometheus = self._start_prometheus()

    def _program(
        self,
        name: str,
        command: Iterable[object],
        ready: Callable[[Program], bool],
        seconds: float,
        environment: Mapping[str, str] | None = None,
    ) -> Program:
        program = Program(name, command, self.folder, environment, ROOT)
        self.callback(program.stop)
        program.wait_until(lambda: ready(program), seconds)
        return program

    def _start_demo(self) -> Program:
        """Also builds what is not built."""
        settings = {
            "SESSION_ROUTER_ENDPOINTS_CHAT_SESSIONS_MAX_PER_INSTANCE": str(SLOTS),
            "SESSION_ROUTER_ENDPOINTS_CHAT_SESSIONS_IDLE_TIMEOUT": "45s",
            "MODEL_SESSION_MEMORY": SESSION_MEMORY,
            "SESSION_ROUTER_ENDPOINTS_ZOO_VARIANTS_MAIN_INSTANCES": f"http://127.0.0.1:{self.zoo}",
            "SESSION_ROUTER_ENDPOINTS_ZOO_MODELS_PREFIX": (self.folder / "models").as_uri(),
        }
        command = [ROOT / "demo", "--instances", 3, *self._ports()]
        return self._program(
            "demo", command, lambda demo: "\nREADY" in demo.output(), BUILD_SECONDS, settings
        )

    def _printed(self, variable: str) -> str:
        """A key that the demo shows."""
        found = re.search(rf"^{variable}=(\S+)$", self._demo.output(), re.MULTILINE)
        if not found:
            raise PictureError(f"the demo printed no {variable}")
        return found[1]

    def _ports(self) -> list[object]:
        return [
            *("--port", self.port),
            *("--management-port", self.management),
            *("--chat-port", self.chat),
        ]

    def _pack_models(self) -> None:
        models = self.folder / "models"
        models.mkdir()
        for name in MODELS:
            subprocess.run([ROOT / "model-container/pack-model", MODEL, models / name], check=True)

    def _start_zoo(self) -> None:
        """A container that has room for two of the three models."""
        self.container(
            self.zoo,
            "zoo",
            "-Dmodel.multi.enabled=true",
            "-Dmodel.multi.max-models=2",
            "-Dmodel.multi.memory=256M",
            "-Dmodel.session-memory=64M",
        )

    def container(self, port: int, name: str, *settings: str) -> None:
        """A model container of our own, once it answers."""
        command = [
            pathlib.Path(os.environ["JAVA_HOME"], "bin/java"),
            *("-XX:+UseSerialGC", "-Xmx256m", "--enable-native-access=ALL-UNNAMED"),
            *("-Dquarkus.http.host=127.0.0.1", f"-Dquarkus.http.port={port}"),
            *("-Dmodel.drain-notice=0s", "-Dmodel.drain-timeout=0s", *settings),
            *("-jar", CONTAINER_JAR),
        ]
        environment = {"MALLOC_ARENA_MAX": "2", "DJL_OFFLINE": "true"}
        ping = f"http://127.0.0.1:{port}/ping"
        self._program(name, command, lambda _: answers(ping), 180, environment)

    def lose_a_container(self) -> int:
        """Kills one of the demo's containers; its port."""
        port, pid = next(iter(self.containers.items()))
        os.kill(pid, signal.SIGKILL)
        return port

    def replace_container(self, port: int) -> None:
        """Starts a new one where the lost one was: an empty container under the same name."""
        self.container(
            port,
            "chat-1",
            "-Dmodel.instance-name=chat-1",
            f"-Dmodel.path={MODEL}",
            f"-Dmodel.session-memory={SESSION_MEMORY}",
        )

    def _start_prometheus(self) -> str:
        port = free_port()
        targets = ", ".join(f'"127.0.0.1:{p}"' for p in [*self.containers, self.zoo])
        config = self.folder / "prometheus.yml"
        config.write_text(PROMETHEUS.format(router=self.management, key=self.key, containers=targets))
        url = f"http://127.0.0.1:{port}"
        command = [
            installed("prometheus"),
            f"--config.file={config}",
            f"--storage.tsdb.path={self.folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
        ]
        self._program("prometheus", command, lambda _: answers(f"{url}/-/ready"), 60)
        return url
