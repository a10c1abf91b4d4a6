"""Redis, routers and model servers as processes on free ports of this machine."""

import email.message
import functools
import http.server
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[2]
JAR = ROOT / "target/quarkus-app/quarkus-run.jar"
PATIENCE = 120
# The status, the headers and the body.
Answer: TypeAlias = tuple[int, email.message.Message, str]


def free_port() -> int:
    """A low one: MMS takes none above 49151, where systems choose theirs."""
    while True:
        port = random.randrange(20_000, 30_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def call(
    url: str,
    method: str = "GET",
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    timeout: float = PATIENCE,
) -> Answer:
    """The status, the headers and the body of an answer, whatever the status."""
    request = urllib.request.Request(url, body, headers or {}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def until(what: str, holds: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if holds():
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"not within {PATIENCE} s: {what}")


def installed(program: str) -> str:
    found = shutil.which(program)
    assert found, f"{program} is not on the PATH"
    return found


class Process:
    """A program with its output in a file; ends with all that it started."""

    def __init__(
        self,
        command: Sequence[str | pathlib.Path],
        log: pathlib.Path,
        env: Mapping[str, str] | None = None,
        cwd: pathlib.Path | None = None,
    ) -> None:
        self.log = log
        with open(log, "wb") as output:
            self.process = subprocess.Popen(
                command,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(env or {})},
                cwd=cwd,
                start_new_session=True,
            )

    def alive(self) -> bool:
        assert self.process.poll() is None, self.log.read_text(errors="replace")[-4000:]
        return True

    def close(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


class Redis(Process):
    def __init__(self, folder: pathlib.Path) -> None:
        self.port = free_port()
        super().__init__(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""],
            folder / "redis.log",
            cwd=folder,
        )


class Models:
    """Archives of small models, over HTTP: one that answers, one that is slow to load, …"""

    def __init__(self, folder: pathlib.Path, handler_entry: str) -> None:
        self.folder = folder
        self.entry = handler_entry
        handler = functools.partial(Quiet, directory=str(folder))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def add(self, name: str, **spec: object) -> None:
        manifest = {
            "createdOn": "01/01/2026 00:00:00",
            "specificationVersion": "1.0",
            "implementationVersion": "1.0",
            "description": name,
            "modelServerVersion": "1.0",
            "license": "Apache 2.0",
            "runtime": "python",
            "archiverVersion": "0.12.0",
            "model": {"modelName": name, "modelVersion": "1.0", "handler": self.entry},
        }
        with zipfile.ZipFile(self.folder / f"{name}.mar", "w") as archive:
            archive.writestr("MAR-INF/MANIFEST.json", json.dumps(manifest))
            archive.writestr("handler.py", (HERE / "handler.py").read_text())
            archive.writestr("spec.json", json.dumps({"name": name, **spec}))

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


class ModelServer(Process):
    """MMS or TorchServe, whose options are nearly the same."""

    def __init__(self, kind: str, venv: pathlib.Path, folder: pathlib.Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        store = folder / "store"
        store.mkdir()
        settings: dict[str, object] = {
            "inference_address": self.url,
            "management_address": self.url,
            "default_workers_per_model": 1,
            "model_store": store,
        }
        if kind == "torchserve":
            settings["metrics_address"] = f"http://127.0.0.1:{free_port()}"
            settings["allowed_urls"] = "http://127.0.0.1:.*"
            settings["disable_token_authorization"] = "true"
            settings["enable_model_api"] = "true"
        config = folder / "config.properties"
        config.write_text("".join(f"{key}={value}\n" for key, value in settings.items()))
        program, *options = {
            "torchserve": ("torchserve", "--ncs", "--ts-config", str(config)),
            "mms": ("multi-model-server", "--mms-config", str(config)),
        }[kind]
        java = os.environ.get("SERVERS_JAVA_HOME")
        env = {
            "PATH": os.pathsep.join(
                [str(venv / "bin")] + ([f"{java}/bin"] if java else []) + [os.environ["PATH"]]
            ),
            "TMPDIR": str(folder),
            "JAVA_HOME": java or str(pathlib.Path(installed("java")).resolve().parents[1]),
        }
        super().__init__(
            [venv / "bin" / program, "--start", "--foreground", *options],
            folder / "server.log",
            env,
            folder,
        )
        until("model server", lambda: self.alive() and call(f"{self.url}/ping")[0] == 200)

    def names(self) -> list[str]:
        models = json.loads(call(f"{self.url}/models")[2])["models"]
        return [model["modelName"] for model in models]


class Router(Process):
    def __init__(
        self, folder: pathlib.Path, name: str, redis: Redis, server: ModelServer, prefix: str
    ) -> None:
        self.port, self.management = free_port(), free_port()
        zoo = "session-router.endpoints.zoo."
        settings: dict[str, object] = {
            "quarkus.http.port": self.management,
            "quarkus.http.host": "127.0.0.1",
            "quarkus.redis.hosts": f"redis://127.0.0.1:{redis.port}",
            "session-router.http.port": self.port,
            "session-router.http.host": "127.0.0.1",
            "session-router.drain.delay": "0s",
            zoo + "variants.main.instances": server.url,
            zoo + "health.timeout": "20s",
            zoo + "models.prefix": prefix,
            zoo + "models.retry-failed-after": "5s",
        }
        java = pathlib.Path(os.environ["JAVA_HOME"]) / "bin/java"
        properties = [f"-D{key}={value}" for key, value in settings.items()]
        super().__init__([java, "-Xmx256m", *properties, "-jar", JAR], folder / f"{name}.log", cwd=folder)
        until("router", lambda: self.alive() and self.ready())

    def ready(self) -> bool:
        url = f"http://127.0.0.1:{self.management}"
        states = json.loads(call(f"{url}/v1/endpoints/zoo/instances")[2])
        healthy: bool = states[0]["state"] == "HEALTHY"
        return healthy and call(f"{url}/q/health/ready")[0] == 200

    def invoke(self, target: str) -> Answer:
        return call(
            f"http://127.0.0.1:{self.port}/endpoints/zoo/invocations",
            "POST",
            b"hi",
            {"X-Amzn-SageMaker-Target-Model": target, "Content-Type": "text/plain"},
        )
