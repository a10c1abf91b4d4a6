"""What all tests of the clients share: where the router is, and a boto3 client of it."""

import json
import os

import boto3
import pytest
from botocore.config import Config

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


def make_client(router_url, **settings):
    return boto3.client(
        "sagemaker-runtime",
        endpoint_url=router_url,
        region_name="us-east-1",
        aws_access_key_id="demo",
        aws_secret_access_key="demo",
        config=Config(read_timeout=70, **settings),
    )


class Conversation:
    """A session with the model."""

    def __init__(self, runtime, endpoint=ENDPOINT):
        self.runtime = runtime
        self.endpoint = endpoint

    def open(self, context=None):
        payload = {"requestType": "NEW_SESSION"}
        if context is not None:
            payload["inputs"] = context
        self.opened = self.invoke("NEW_SESSION", payload)
        self.id = self.opened["NewSessionId"].split(";")[0]
        return self

    def ask(self, question):
        answer = self.invoke(self.id, {"inputs": question})
        return json.loads(answer["Body"].read())["generated_text"]

    def close(self):
        return self.invoke(self.id, {"requestType": "CLOSE"})

    def invoke(self, session, payload):
        return self.runtime.invoke_endpoint(
            EndpointName=self.endpoint,
            SessionId=session,
            ContentType="application/json",
            Body=json.dumps(payload),
        )


@pytest.fixture
def conversation(runtime):
    return Conversation(runtime)


@pytest.fixture
def fresh_conversation(runtime):
    return Conversation(runtime)
