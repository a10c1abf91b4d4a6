"""What all tests of the clients share: where the router is, and a boto3 client of it."""

import os

import pytest
from client import Conversation, make_client

ENDPOINT = "chat"


@pytest.fixture(scope="session")
def router_url():
    return os.environ["ROUTER_URL"]


@pytest.fixture(scope="session")
def management_url():
    return os.environ["MANAGEMENT_URL"]


@pytest.fixture(scope="session")
def container_urls():
    """The model containers themselves."""
    return os.environ["CONTAINER_URLS"].split(",")


@pytest.fixture(scope="session")
def scripted_port():
    """Where the router expects the instance of the endpoint "scripted"."""
    return int(os.environ["SCRIPTED_PORT"])


@pytest.fixture(scope="session")
def runtime(router_url):
    """A client that does not try again, so that a test sees the first answer."""
    return make_client(router_url, retries={"total_max_attempts": 1})


@pytest.fixture(scope="session")
def unchecked_runtime(router_url):
    """A client that sends what boto3 itself would refuse."""
    return make_client(router_url, retries={"total_max_attempts": 1}, parameter_validation=False)


@pytest.fixture
def conversation(runtime):
    return Conversation(runtime)


@pytest.fixture
def fresh_conversation(runtime):
    return Conversation(runtime)
