"""One router in front of every server."""

import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import boto3
import pytest
import servers
from botocore.config import Config

if TYPE_CHECKING:
    from servers import Runtime

Started = TypeVar("Started", bound=servers.Server)
# Ends a session of an endpoint.
End: TypeAlias = Callable[[str, str], None]
# The value of a series.
Metric: TypeAlias = Callable[[str], float]


@dataclass(frozen=True)
class Stage:
    """What tests ask, of all that runs."""

    router: servers.Router
    standards: servers.Standards


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Starts everything, and stops it in the end."""
    running: list[servers.Server] = []

    def start(starter: Callable[..., Started], name: str, *arguments: object) -> Started:
        started = starter(tmp_path_factory.mktemp(name), *arguments)
        running.append(started)
        return started

    try:
        store = start(servers.redis, "redis")
        sequence = start(servers.torchserve, "sequence", "sequence")
        picture = start(servers.torchserve, "picture", "picture")
        standards = start(servers.standards, "standards")
        settings = {
            "endpoints.sequence.variants.main.instances": sequence.url,
            "endpoints.sequence.sessions.close-payload": "0",
            "endpoints.picture.variants.main.instances": picture.url,
            "endpoints.picture.sessions.idle-timeout": "3s",
            "endpoints.picture.sessions.close-payload": (
                '{"type":"close_session","session_id":"{session-id}"}'
            ),
            "endpoints.standards.variants.main.instances": standards.url,
            "endpoints.forwarded.variants.main.instances": standards.url,
            "endpoints.forwarded.sessions.open-header": "forward",
        }
        router = start(servers.router, "router", store, settings)
        yield Stage(router, standards)
    finally:
        for server in reversed(running):
            server.stop()


@pytest.fixture(scope="session")
def runtime(stage: Stage) -> "Runtime":
    """A client that sends every request once."""
    return boto3.client(
        "sagemaker-runtime",
        endpoint_url=stage.router.url,
        region_name="eu-central-1",
        aws_access_key_id="any",
        aws_secret_access_key="any",
        config=Config(retries={"total_max_attempts": 1}),
    )


@pytest.fixture(scope="session")
def end(stage: Stage) -> End:
    """Ends a session as an operator does; the router closes it on its container."""

    def end(endpoint: str, session: str) -> None:
        url = f"{stage.router.management}/v1/sessions/{endpoint}/{session}"
        with urllib.request.urlopen(urllib.request.Request(url, method="DELETE")) as answer:
            assert answer.status < 300

    return end


@pytest.fixture(scope="session")
def metric(stage: Stage) -> Metric:
    """The value of a series of the router."""

    def metric(series: str) -> float:
        _, text = servers.get(stage.router.management + "/q/metrics")
        values = [line.rpartition(" ")[2] for line in text.splitlines() if line.startswith(series)]
        assert len(values) == 1, (series, values)
        return float(values[0])

    return metric
