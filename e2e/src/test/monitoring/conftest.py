"""What the tests of grafana/ share: the folder, and a Prometheus that scrapes a running system."""

import json
import os
import re
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any, TypedDict

import pytest

ROOT = Path(__file__).resolve().parents[4]
GRAFANA = ROOT / "grafana"
METRICS = ROOT / "docs/metrics.md"
OURS = re.compile(r"\b(?:session_router|model_container|jvm|process|system|netty)_[a-z0-9_]+\b(?!\s*=)")


def metric_names(expr: str) -> set[str]:
    """The names of metrics that a query mentions; not those of labels or recorded series."""
    without_labels = re.sub(r"\{[^}]*\}", "", expr)
    return set(OURS.findall(without_labels))


class Series(TypedDict):
    """One series of a query's answer: its labels, and its moment and value."""

    metric: dict[str, str]
    value: tuple[float, str]


class Prometheus:
    """The HTTP API of a Prometheus."""

    def __init__(self, url: str) -> None:
        self.url = url

    def get(self, path: str, **parameters: str) -> Any:
        query = urllib.parse.urlencode(parameters)
        try:
            with urllib.request.urlopen(f"{self.url}/api/v1/{path}?{query}", timeout=30) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as refused:
            pytest.fail(f"{parameters} was refused: {refused.read().decode()}")

    def query(self, expr: str) -> list[Series]:
        found: list[Series] = self.get("query", query=expr)["result"]
        return found

    def names(self) -> set[str]:
        return set(self.get("label/__name__/values"))


@pytest.fixture(scope="session")
def prometheus() -> Prometheus:
    return Prometheus(os.environ["PROMETHEUS_URL"])


@pytest.fixture(scope="session")
def known_metrics(prometheus: Prometheus) -> set[str]:
    """Every metric that the running system shows, or would if it discovered and drained instances."""
    table = METRICS.read_text()
    discovery = re.findall(r"^\| `(session_router_discovery_\w+)`", table, re.MULTILINE)
    passing = re.findall(r"^\| `(session_router_\w+)`.*; absent otherwise \|$", table, re.MULTILINE)
    assert discovery and passing, "none in the table, which is made of the code"
    return prometheus.names() | set(discovery) | set(passing)
