"""The router and its containers as an operator sees them."""

import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import TypeVar

from client import Conversation

LOADS = re.compile(r'^model_container_model_loads_total\{outcome="(\w+)"\S*\} (\S+)$', re.MULTILINE)

Found = TypeVar("Found")


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as answer:
        body: bytes = answer.read()
    return body.decode()


def until(condition: Callable[[], Found | None], what: str, seconds: float = 60) -> Found:
    """Waits until the condition holds, and answers what it gave."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.02)
    return found


class Container:
    """A model container, asked directly."""

    def __init__(self, url: str) -> None:
        self.url = url

    @property
    def instance(self) -> str:
        """Its id in the router."""
        return self.url.removeprefix("http://")

    def models(self) -> dict[str, str]:
        """The models that it has: their names by what clients call them."""
        listed = json.loads(get(f"{self.url}/models?limit=1000"))["models"]
        return {each["modelUrl"].rpartition("/")[2]: each["modelName"] for each in listed}

    def loads(self) -> dict[str, float]:
        """How many loads ended in which way so far."""
        metrics = get(f"{self.url}/q/metrics")
        return {outcome: float(count) for outcome, count in LOADS.findall(metrics)}

    def unload(self, target: str) -> None:
        """Behind the router's back."""
        path = f"{self.url}/models/{self.models()[target]}"
        urllib.request.urlopen(urllib.request.Request(path, method="DELETE"), timeout=60).close()


class Router:
    """The router's addresses, and its management API."""

    def __init__(self, url: str, management: str) -> None:
        self.url = url
        self._management = management

    def instance_of(self, conversation: Conversation) -> str:
        """The id of the instance that holds the session."""
        path = f"/v1/sessions/{conversation.endpoint}/{conversation.id}"
        instance: str = json.loads(get(self._management + path))["instance"]
        return instance

    def knows_loaded(self, endpoint: str, target: str) -> bool:
        """Whether it would send a request for the model to an instance at once."""
        instances = json.loads(get(f"{self._management}/v1/endpoints/{endpoint}/instances"))
        models = [model for instance in instances for model in instance["models"]]
        return any(m["name"] == target and m["state"] == "LOADED" for m in models)
