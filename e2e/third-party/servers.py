"""Starts what the tests need, each as a process of its own on free ports of the loopback."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

if TYPE_CHECKING:
    from mypy_boto3_sagemaker_runtime import SageMakerRuntimeClient

    # boto3's client is made at run time; this is its type.
    Runtime: TypeAlias = SageMakerRuntimeClient

HERE = Path(__file__).parent
ROUTER = HERE.parent.parent / "target/quarkus-app/quarkus-run.jar"
BIN = Path(sys.executable).parent
SESSION = "X-Amzn-SageMaker-Session-Id"
CLOSED = "X-Amzn-SageMaker-Closed-Session-Id"


def free_ports(count: int) -> list[int]:
    """So many ports that were free a moment ago."""
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in taken]
    for one in taken:
        one.close()
    return ports


def get(url: str) -> tuple[int | None, str]:
    """The status and the text of an answer; None and the reason if there is none."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()
    except OSError as failed:
        return None, str(failed)


def eventually(condition: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Awaits what must become true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.1)


S = TypeVar("S", bound="Server")


class Server:
    """A process with its log; ends with all its children."""

    def __init__(
        self, folder: Path, name: str, url: str, command: Sequence[object], **environment: str
    ) -> None:
        self.url = url
        self.log = folder / f"{name}.log"
        with self.log.open("wb") as out:
            self._process = subprocess.Popen(
                [str(part) for part in command],
                cwd=folder,
                env={**os.environ, **environment},
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._name = name

    def awaits(self: S, condition: Callable[[], object]) -> S:
        def ready() -> object:
            assert self._process.poll() is None, f"{self._name} ended:\n{self.tail()}"
            return condition()

        eventually(ready, f"{self._name} is ready; its log: {self.log}", 120)
        return self

    def tail(self) -> str:
        return self.log.read_text(errors="replace")[-4000:]

    def stop(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


class Standards(Server):
    """Has its sessions in a folder."""

    sessions: Path


class Router(Server):
    """Has a second address for operators."""

    management: str


def redis(folder: Path) -> Server:
    (port,) = free_ports(1)
    command: list[object] = ["redis-server", "--bind", "127.0.0.1", "--port", port, "--save", ""]
    server = Server(folder, "redis", f"redis://127.0.0.1:{port}", command)

    def listens() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    return server.awaits(listens)


def torchserve(folder: Path, handler: str) -> Server:
    """One model of sequences. Its workers' sockets are named by the ports."""
    ports = free_ports(6)
    store = folder / "store"
    store.mkdir()
    archiver: list[object] = [BIN / "torch-model-archiver", "--model-name", handler, "--version", "1.0"]
    archiver += ["--handler", HERE / f"handlers/{handler}.py", "--export-path", store]
    archiver += ["--config-file", HERE / "handlers/sequences.yaml"]
    subprocess.run([str(part) for part in archiver], check=True)
    config = folder / "config.properties"
    config.write_text(
        f"inference_address=http://127.0.0.1:{ports[0]}\n"
        f"management_address=http://127.0.0.1:{ports[1]}\n"
        f"metrics_address=http://127.0.0.1:{ports[2]}\n"
        f"grpc_inference_port={ports[3]}\n"
        f"grpc_management_port={ports[4]}\n"
        f"initial_worker_port={ports[5]}\n"
        "enable_envvars_config=true\n"
        "default_response_timeout=30\n"
    )
    command: list[object] = [BIN / "torchserve", "--start", "--foreground", "--ncs", "--disable-token-auth"]
    command += ["--model-store", store, "--models", f"{handler}={handler}.mar"]
    command += ["--ts-config", config]
    server = Server(
        folder,
        handler,
        f"http://127.0.0.1:{ports[0]}",
        command,
        # The frontend is told the names of the headers by these, the handler's context by those.
        TS_HEADER_KEY_SEQUENCE_ID=SESSION,
        TS_HEADER_KEY_SEQUENCE_END=CLOSED,
        TS_REQUEST_SEQUENCE_ID=SESSION,
        TS_REQUEST_SEQUENCE_END=CLOSED,
        TMPDIR=str(folder),
        LOG_LOCATION=str(folder / "logs"),
        METRICS_LOCATION=str(folder / "logs"),
        PATH=f"{BIN}:{os.environ['PATH']}",
    )
    loaded = f"http://127.0.0.1:{ports[1]}/models/{handler}"
    return server.awaits(lambda: '"status": "READY"' in get(loaded)[1])


def standards(folder: Path) -> Standards:
    """AWS's container standards; each of their sessions is a folder."""
    (port,) = free_ports(1)
    command: list[object] = [sys.executable, "-m", "uvicorn", "standards:app", "--port", port]
    command += ["--app-dir", HERE / "handlers"]
    server = Standards(
        folder,
        "standards",
        f"http://127.0.0.1:{port}",
        command,
        SAGEMAKER_ENABLE_STATEFUL_SESSIONS="true",
        SAGEMAKER_SESSIONS_EXPIRATION="3600",
        SAGEMAKER_SESSIONS_PATH=str(folder / "sessions"),
    )
    server.sessions = folder / "sessions"
    return server.awaits(lambda: get(server.url + "/ping")[0] == 200)


def router(folder: Path, store: Server, settings: Mapping[str, str]) -> Router:
    """The packaged router over the endpoints of these settings."""
    port, management = free_ports(2)
    java = Path(os.environ["JAVA_HOME"]) / "bin/java"
    options = [f"-Dsession-router.{key}={value}" for key, value in settings.items()]
    command: list[object] = [java, *options, f"-Dquarkus.redis.hosts={store.url}"]
    command += [f"-Dsession-router.http.port={port}", "-Dsession-router.http.host=127.0.0.1"]
    command += [f"-Dquarkus.http.port={management}", "-Dquarkus.http.host=127.0.0.1"]
    command += ["-Dsession-router.drain.delay=0s", "-jar", ROUTER]
    server = Router(folder, "router", f"http://127.0.0.1:{port}", command)
    server.management = f"http://127.0.0.1:{management}"
    return server.awaits(lambda: get(server.management + "/q/health/ready")[0] == 200)
