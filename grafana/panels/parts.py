"""What dashboards are made of: queries, panels, rows, and the labels that narrow them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

# Labels that every query of ours is narrowed by.
BY_ENDPOINT = 'endpoint=~"$endpoint"'
BY_VARIANT = BY_ENDPOINT + ', variant=~"$variant"'
BY_INSTANCE = BY_VARIANT + ', model_instance=~"$model_instance"'
ROUTER = 'job=~"$job"'
CONTAINER = 'job=~"$container_job"'

# A part of a dashboard as Grafana reads it; what each kind of panel takes there is Grafana's to say.
Json: TypeAlias = dict[str, Any]

FAILURES = 'outcome!~"success|client_gone"'


@dataclass(frozen=True)
class Query:
    """One expression and how its series are called."""

    expr: str
    legend: str = "__auto"
    exemplars: bool = False
    instant: bool = False


@dataclass(frozen=True)
class Panel:
    """One picture: what it shows, in which unit, and how wide and high it is."""

    title: str
    description: str
    unit: str
    queries: tuple[Query, ...]
    kind: str = "timeseries"
    width: int = 8
    height: int = 8
    options: Json = field(default_factory=dict)
    defaults: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """Panels that belong together, under a heading."""

    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True)
class Dashboard:
    """One page."""

    uid: str
    title: str
    description: str
    rows: tuple[Row, ...]
    variables: tuple[str, ...] = ("job", "endpoint", "variant")


def rate(metric: str, where: str = BY_VARIANT, window: str = "$__rate_interval") -> str:
    return f"rate({metric}{{{where}}}[{window}])"


def total(by: str, metric: str, where: str = BY_VARIANT) -> str:
    """Events per second."""
    return f"sum by ({by}) ({rate(metric, where)})"


def quantile(q: float, metric: str, by: str, where: str = BY_VARIANT) -> str:
    buckets = f"sum by (le{', ' + by if by else ''}) ({rate(metric + '_bucket', where)})"
    return f"histogram_quantile({q}, {buckets})"


def capped_quantile(q: float, metric: str, by: str, where: str = BY_VARIANT) -> str:
    """Never above the slowest: of few samples, a bucket says no more than its bounds."""
    estimated = quantile(q, metric, by, where)
    slowest = f"max by ({by}) (max_over_time({metric}_max{{{where}}}[$__rate_interval]))"
    return f"({estimated} <= {slowest}) or ({slowest} < {estimated})"


class Quantile(Protocol):
    """A quantile of a histogram, as an expression."""

    def __call__(self, q: float, metric: str, by: str, where: str = ...) -> str: ...


def quantiles(
    metric: str,
    by: str = "",
    where: str = BY_VARIANT,
    prefix: str = "",
    exemplars: bool = True,
    of: Quantile = quantile,
) -> tuple[Query, ...]:
    """The median, the 95th and the 99th percentile of a histogram."""
    return tuple(
        Query(of(q, metric, by, where), f"{prefix}{name}", exemplars)
        for q, name in ((0.5, "p50"), (0.95, "p95"), (0.99, "p99"))
    )


def or_zero(summed: str) -> str:
    """Nothing happened is 0, and not "No data"."""
    return f"{summed} or vector(0)"


def rejected(outcome: str, where: str = BY_VARIANT) -> Query:
    """Requests per second that ended so, 0 if none did."""
    chosen = f'{where}, outcome="{outcome}"'
    return Query(or_zero(f"sum({rate(P + 'requests_total', chosen)})"), outcome.replace("_", " "))


def mapped(*values: tuple[str, str]) -> list[Json]:
    """Value mappings: a number is shown as a word in a colour; 0 is the first."""
    return [
        {
            "type": "value",
            "options": {
                str(number): {"text": text, "color": color, "index": number}
                for number, (text, color) in enumerate(values)
            },
        }
    ]


def timeline(
    title: str, description: str, *queries: Query, values: Iterable[tuple[str, str]], width: int = 8
) -> Panel:
    """States over time, by their names."""
    return Panel(
        title,
        description,
        "short",
        queries,
        kind="state-timeline",
        width=width,
        options={"mergeValues": True, "showValue": "auto", "rowHeight": 0.8},
        defaults={"mappings": mapped(*values)},
    )


def once(aggregated: str, by: str) -> str:
    """Every replica shows the same: the largest of what they show."""
    return f"max by ({by}) ({aggregated})"


def stat(
    title: str,
    description: str,
    unit: str,
    expr: str,
    thresholds: Iterable[tuple[str, float]] | None = None,
    width: int = 4,
) -> Panel:
    steps: list[Json] = [{"color": "green", "value": None}]
    for color, value in thresholds or ():
        steps.append({"color": color, "value": value})
    return Panel(
        title,
        description,
        unit,
        (Query(expr, title, instant=True),),
        kind="stat",
        width=width,
        height=4,
        options={
            "colorMode": "value",
            "graphMode": "area",
            "justifyMode": "auto",
            "textMode": "auto",
            "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        },
        defaults={"thresholds": {"mode": "absolute", "steps": steps}},
    )


def stacked(panel_args: tuple[str, str, str], *queries: Query, width: int = 8) -> Panel:
    title, description, unit = panel_args
    custom = {"fillOpacity": 40, "lineWidth": 1, "stacking": {"mode": "normal", "group": "A"}}
    return Panel(title, description, unit, queries, width=width, defaults={"custom": custom})


# The metrics by their names.
P = "session_router_"
M = "model_container_"
SESSIONS_BY_INSTANCE = once(f"{P}instance_sessions{{{BY_VARIANT}}}", "endpoint, model_instance")
SLOTS_BY_INSTANCE = once(f"{P}instance_session_slots{{{BY_VARIANT}}}", "endpoint, model_instance")
HEALTHY_BY_INSTANCE = once(f"{P}instance_healthy{{{BY_VARIANT}}}", "endpoint, model_instance")
