"""The queries of dashboards, put to a Prometheus."""

import json
import math
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, TypedDict

from processes import PictureError

RATE_INTERVAL = "15s"
CHOSEN = {"job": "session-router", "container_job": "model-container"}

# A moment, and a number as text.
Point: TypeAlias = tuple[float, str]


class Found(TypedDict, total=False):
    """One series of an answer; it has one value or many, as was asked for."""

    metric: dict[str, str]
    value: Point
    values: list[Point]


@dataclass(frozen=True)
class Series:
    """One line of a panel: its labels, and its values by moment."""

    labels: dict[str, str]
    times: list[float]
    values: list[float]

    @property
    def last(self) -> float | None:
        """The latest value that is a number; None if there is none."""
        return next((v for v in reversed(self.values) if not math.isnan(v)), None)

    @property
    def sum(self) -> float:
        """Of all values that are numbers."""
        return sum(v for v in self.values if not math.isnan(v))


@dataclass(frozen=True)
class Window:
    """From when to when is looked, in epoch seconds."""

    begin: float
    end: float
    step: int

    @staticmethod
    def of(begin: float, end: float) -> "Window":
        """With as many steps as a picture has room for."""
        return Window(begin, end, max(1, round((end - begin) / 240)))


def concrete(expr: str, window: Window) -> str:
    """The query as Grafana sends it with all values chosen."""
    expr = expr.replace("$__rate_interval", RATE_INTERVAL)
    expr = expr.replace("$__interval", f"{max(window.step, 5)}s")
    for variable, value in CHOSEN.items():
        expr = expr.replace(f'"${variable}"', f'"{value}"')
    return re.sub(r"\$\w+", ".*", expr)


def legend(template: str, labels: Mapping[str, str]) -> str:
    """The name of a series."""
    if template == "__auto":
        return ", ".join(f"{k}={v}" for k, v in sorted(labels.items()) if k != "__name__")
    return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda found: labels.get(found.group(1), ""), template)


class Prometheus:
    """The HTTP API of a Prometheus."""

    def __init__(self, url: str) -> None:
        self._url = url

    def range(self, expr: str, window: Window) -> list[Series]:
        """The series of an expression over a window."""
        found = self._get(
            "query_range",
            query=concrete(expr, window),
            start=window.begin,
            end=window.end,
            step=window.step,
        )
        return [series(one["metric"], with_gaps(one["values"], window.step)) for one in found]

    def instant(self, expr: str, window: Window) -> list[Series]:
        """The same at the window's end."""
        found = self._get("query", query=concrete(expr, window), time=window.end)
        return [series(one["metric"], [one["value"]]) for one in found]

    def _get(self, path: str, **parameters: str | float) -> list[Found]:
        query = urllib.parse.urlencode(parameters)
        try:
            with urllib.request.urlopen(f"{self._url}/api/v1/{path}?{query}", timeout=30) as answer:
                found: list[Found] = json.load(answer)["data"]["result"]
        except urllib.error.HTTPError as refused:
            reason = refused.read().decode(errors="replace")
            raise PictureError(f"{parameters['query']} was refused: {reason}") from refused
        return found


def with_gaps(points: Iterable[Point], step: int) -> list[Point]:
    """The same with a point that is no number wherever some are missing."""
    whole: list[Point] = []
    for at, value in points:
        if whole and at - whole[-1][0] > 1.5 * step:
            whole.append((whole[-1][0] + step, "NaN"))
        whole.append((at, value))
    return whole


def series(labels: dict[str, str], points: Iterable[Point]) -> Series:
    return Series(labels, [float(t) for t, _ in points], [float(v) for _, v in points])
