"""What all tests of multi-model endpoints share: the router, its containers, and archives."""

import contextlib
import os
import pathlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol, TypeAlias

import pytest
from archives import ArchiveServer
from client import Conversation, make_client
from zoo import Container, Router

if TYPE_CHECKING:
    from client import Runtime

FACTS = "My cat is called Zorro."

# Makes a model of the given name; answers the name.
Archive: TypeAlias = Callable[[str], str]


class Converse(Protocol):
    """Opens a session with a model."""

    def __call__(self, model: str, context: str = FACTS, endpoint: str = "zoo") -> Conversation: ...


@pytest.fixture(scope="session")
def router() -> Router:
    return Router(os.environ["ROUTER_URL"], os.environ["MANAGEMENT_URL"])


@pytest.fixture(scope="session")
def zoo() -> list[Container]:
    """The containers of the endpoint "zoo", with room for two models each."""
    return [Container(url) for url in os.environ["ZOO_URLS"].split(",")]


@pytest.fixture(scope="session")
def solo() -> Container:
    """The one container of the endpoint "solo", with room for three models."""
    return Container(os.environ["SOLO_URL"])


@pytest.fixture(scope="session")
def runtime(router: Router) -> "Runtime":
    """A client that does not try again, so that a test sees the first answer."""
    return make_client(router.url, retries={"total_max_attempts": 1})


@pytest.fixture(scope="session")
def patient(router: Router) -> "Runtime":
    """A client that tries again for as long as a slow machine may take to load a model."""
    return make_client(router.url, retries={"mode": "standard", "total_max_attempts": 30})


@pytest.fixture
def archive() -> Archive:
    """Makes a model of the given name, below the prefix of "zoo" and "solo"."""
    packed = pathlib.Path(os.environ["PACKED"])
    folder = pathlib.Path(os.environ["MODELS"])

    def make(name: str) -> str:
        made = folder / name
        made.parent.mkdir(parents=True, exist_ok=True)
        os.link(packed, made)
        return name

    return make


@pytest.fixture
def converse(runtime: "Runtime", patient: "Runtime") -> Iterator[Converse]:
    """Opens a session with a model, and closes it after the test if it is still open."""
    opened: list[Conversation] = []

    def converse(model: str, context: str = FACTS, endpoint: str = "zoo") -> Conversation:
        conversation = Conversation(patient, endpoint, TargetModel=model).open(context)
        opened.append(conversation)
        return conversation

    yield converse
    for each in opened:
        with contextlib.suppress(runtime.exceptions.ValidationError):  # the test has ended it
            each.close()


@pytest.fixture(scope="session")
def archive_server() -> Iterator[ArchiveServer]:
    """Where the router tells the container of "solo" to fetch its models."""
    server = ArchiveServer(int(os.environ["ARCHIVE_PORT"]), pathlib.Path(os.environ["MODELS"]))
    yield server
    server.close()


@pytest.fixture(autouse=True)
def served(archive_server: ArchiveServer) -> ArchiveServer:
    """Nothing is held back when a test begins."""
    archive_server.let_go()
    return archive_server
