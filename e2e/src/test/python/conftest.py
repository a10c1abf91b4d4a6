"""What all tests of the clients share: where the router is, and a boto3 client of it."""

import os
from typing import TYPE_CHECKING

import pytest
from client import Conversation, make_client

if TYPE_CHECKING:
    from client import Runtime

ENDPOINT = "chat"


@pytest.fixture(scope="session")
def router_url() -> str:
    return os.environ["ROUTER_URL"]


@pytest.fixture(scope="session")
def management_url() -> str:
    return os.environ["MANAGEMENT_URL"]


@pytest.fixture(scope="session")
def container_urls() -> list[str]:
    """The model containers themselves."""
    return os.environ["CONTAINER_URLS"].split(",")


@pytest.fixture(scope="session")
def scripted_port() -> int:
    """Where the router expects the instance of the endpoint "scripted"."""
    return int(os.environ["SCRIPTED_PORT"])


@pytest.fixture(scope="session")
def runtime(router_url: str) -> "Runtime":
    """A client that does not try again, so that a test sees the first answer."""
    return make_client(router_url, retries={"total_max_attempts": 1})


@pytest.fixture(scope="session")
def unchecked_runtime(router_url: str) -> "Runtime":
    """A client that sends what boto3 itself would refuse."""
    return make_client(router_url, retries={"total_max_attempts": 1}, parameter_validation=False)


@pytest.fixture
def conversation(runtime: "Runtime") -> Conversation:
    return Conversation(runtime)


@pytest.fixture
def fresh_conversation(runtime: "Runtime") -> Conversation:
    return Conversation(runtime)
