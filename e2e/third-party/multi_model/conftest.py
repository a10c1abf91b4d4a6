import os
import pathlib

import pytest
import servers

VENVS = {"torchserve": "TORCHSERVE_VENV", "mms": "MMS_VENV"}
ENTRIES = {"torchserve": "handler.py", "mms": "handler:handle"}


@pytest.fixture(scope="module", params=["torchserve", "mms"])
def world(request, tmp_path_factory):
    """A model server, models, Redis, and two replicas of the router."""
    kind = request.param
    venv = pathlib.Path(os.environ.get(VENVS[kind], servers.HERE / ".venv" / kind))
    if not (venv / "bin/python").exists():
        pytest.skip(f"{venv} is not there (see README.md)")
    folder = tmp_path_factory.mktemp(kind)
    archives = folder / "archives"
    archives.mkdir()
    running = []

    def run(started):
        running.append(started)
        return started

    try:
        world = World()
        world.folder = folder
        world.models = run(servers.Models(archives, ENTRIES[kind]))
        world.server = run(servers.ModelServer(kind, venv, folder))
        redis = run(servers.Redis(folder))
        world.routers = [
            run(servers.Router(folder, f"router-{i}", redis, world.server, world.models.url))
            for i in range(2)
        ]
        yield world
    finally:
        for started in reversed(running):
            started.close()


class World:
    """What a test needs."""
