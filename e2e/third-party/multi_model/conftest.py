import os
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import pytest
import servers

VENVS = {"torchserve": "TORCHSERVE_VENV", "mms": "MMS_VENV"}
ENTRIES = {"torchserve": "handler.py", "mms": "handler:handle"}


Started = TypeVar("Started", servers.Models, servers.ModelServer, servers.Redis, servers.Router)


@dataclass(frozen=True)
class World:
    """What a test needs."""

    folder: pathlib.Path
    models: servers.Models
    server: servers.ModelServer
    routers: list[servers.Router]


@pytest.fixture(scope="module", params=["torchserve", "mms"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A model server, models, Redis, and two replicas of the router."""
    kind: str = request.param
    venv = pathlib.Path(os.environ.get(VENVS[kind], servers.HERE / ".venv" / kind))
    if not (venv / "bin/python").exists():
        pytest.skip(f"{venv} is not there (see README.md)")
    folder = tmp_path_factory.mktemp(kind)
    archives = folder / "archives"
    archives.mkdir()
    running: list[servers.Models | servers.Process] = []

    def run(started: Started) -> Started:
        running.append(started)
        return started

    try:
        models = run(servers.Models(archives, ENTRIES[kind]))
        server = run(servers.ModelServer(kind, venv, folder))
        redis = run(servers.Redis(folder))
        routers = [run(servers.Router(folder, f"router-{i}", redis, server, models.url)) for i in range(2)]
        yield World(folder, models, server, routers)
    finally:
        for started in reversed(running):
            started.close()
