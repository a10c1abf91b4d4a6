"""Every dashboard is what the generator writes, and every panel shows something of a real system."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, TypeAlias

import pytest
from conftest import GRAFANA, Prometheus, metric_names

# A dashboard or a panel of it; Grafana says what is in one.
Json: TypeAlias = dict[str, Any]

DASHBOARDS: dict[str, Json] = {
    path.stem: json.loads(path.read_text()) for path in GRAFANA.glob("dashboards/*.json")
}
NAMES = sorted(DASHBOARDS)

# Panels that show nothing of a healthy system, and why. All others must.
MAY_BE_EMPTY = {
    ("sessions", "Refused by reason"): "all callers may be known",
    ("sessions", "Throttled"): "no principal may have a quota",
    ("sessions", "Sessions per principal"): "callers may not be distinguished",
    ("instances", "Sessions ended by the container"): "sessions may all live on",
    ("internals", "Garbage collection (JVM only)"): "the collector may not have run yet",
    ("internals", "Source"): "all instances are configured, none is discovered",
    ("internals", "Age of the instance list"): "likewise",
    ("internals", "Lists and look-ups"): "likewise",
    ("internals", "Errors by reason"): "likewise",
}


def panels(name: str) -> list[Json]:
    return [panel for panel in DASHBOARDS[name]["panels"] if panel["type"] != "row"]


def targets() -> Iterator[object]:
    for name in NAMES:
        for panel in panels(name):
            for target in panel["targets"]:
                yield pytest.param(
                    name, panel["title"], target["expr"], id=f"{name}/{panel['title']}/{target['refId']}"
                )


JOBS = {"job": "session-router", "container_job": "model-container"}


def concrete(expr: str) -> str:
    """The query as Grafana sends it with all values chosen."""
    expr = re.sub(r"\$__(rate_)?interval", "5m", expr)
    return re.sub(r"\$(\w+)", lambda found: JOBS.get(found.group(1), ".*"), expr)


def test_there_are_the_dashboards() -> None:
    assert NAMES == ["cold-starts", "instances", "internals", "overview", "sessions"]


def test_they_are_what_the_generator_writes() -> None:
    check = subprocess.run(
        [sys.executable, GRAFANA / "generate.py", "--check"], capture_output=True, text=True
    )
    assert check.returncode == 0, check.stderr


@pytest.mark.parametrize(("dashboard", "panel", "expr"), targets())
def test_every_expression_finds_data(prometheus: Prometheus, dashboard: str, panel: str, expr: str) -> None:
    result = prometheus.query(concrete(expr))
    if (dashboard, panel) not in MAY_BE_EMPTY:
        assert result, f"no data: {concrete(expr)}"


@pytest.mark.parametrize(("dashboard", "panel", "expr"), targets())
def test_every_expression_names_metrics_that_exist(
    known_metrics: set[str], dashboard: str, panel: str, expr: str
) -> None:
    names = metric_names(expr)
    assert names, f"no metric of ours in: {expr}"
    assert names - known_metrics == set()


def test_what_may_be_empty_is_a_panel() -> None:
    titles = {(name, panel["title"]) for name in NAMES for panel in panels(name)}
    assert set(MAY_BE_EMPTY) <= titles


@pytest.mark.parametrize("name", NAMES)
def test_every_panel_says_what_it_shows_and_in_which_unit(name: str) -> None:
    for panel in panels(name):
        assert len(panel["description"]) > 20, panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]
        assert panel["type"] in {"timeseries", "stat", "state-timeline", "table"}, "no plug-ins"


@pytest.mark.parametrize("name", NAMES)
def test_states_are_shown_as_words(name: str) -> None:
    for panel in panels(name):
        if panel["type"] == "state-timeline":
            (mapping,) = panel["fieldConfig"]["defaults"]["mappings"]
            words = [value["text"] for value in mapping["options"].values()]
            assert len(words) == len(set(words)) >= 2, panel["title"]


def test_every_state_of_an_instance_has_a_word(prometheus: Prometheus) -> None:
    (panel,) = (p for p in panels("instances") if p["title"] == "State")
    (mapping,) = panel["fieldConfig"]["defaults"]["mappings"]
    states = re.findall(r'state="(\w+)"\}\) \* 0 \+ (\d)', panel["targets"][0]["expr"])
    assert {number for _, number in states} == set(mapping["options"])
    seen = {series["metric"]["state"] for series in prometheus.query("session_router_instance_state")}
    assert seen <= {state for state, _ in states}
    for series in prometheus.query(concrete(panel["targets"][0]["expr"])):
        assert series["value"][1] in mapping["options"]


def test_rejections_are_zero_and_not_missing(prometheus: Prometheus) -> None:
    for name, title in (("overview", "Rejected: no capacity"), ("cold-starts", "Rejected: not ready")):
        (panel,) = (p for p in panels(name) if p["title"] == title)
        for target in panel["targets"]:
            assert prometheus.query(concrete(target["expr"])), target["legendFormat"]


def test_percentiles_are_never_above_the_slowest(prometheus: Prometheus) -> None:
    (panel,) = (p for p in panels("overview") if p["title"] == "First byte by session (p95)")
    slowest = prometheus.query(
        "max by (session) (max_over_time(session_router_time_to_first_byte_seconds_max[5m]))"
    )
    bound = {one["metric"]["session"]: float(one["value"][1]) for one in slowest}
    found = prometheus.query(concrete(panel["targets"][0]["expr"]))
    assert found
    for one in found:
        assert float(one["value"][1]) <= bound[one["metric"]["session"]]


@pytest.mark.parametrize("name", NAMES)
def test_panels_do_not_overlap(name: str) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARDS[name]["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert at["x"] + at["w"] <= 24
        assert not taken & cells, panel["title"]
        taken |= cells


@pytest.mark.parametrize("name", NAMES)
def test_dashboards_link_to_each_other(name: str) -> None:
    others = {"/d/" + DASHBOARDS[other]["uid"] for other in NAMES if other != name}
    assert {link["url"] for link in DASHBOARDS[name]["links"]} == others


@pytest.mark.parametrize("name", NAMES)
def test_variables_have_values(prometheus: Prometheus, name: str) -> None:
    for variable in DASHBOARDS[name]["templating"]["list"]:
        if variable["type"] == "query":
            query = concrete(variable["definition"])
            found = re.fullmatch(r"label_values\((.*), (\w+)\)", query)
            assert found, query
            selector, label = found.groups()
            values = [
                series["metric"].get(label) for series in prometheus.query(f"count by ({label}) ({selector})")
            ]
            assert any(values), variable["name"]


@pytest.mark.parametrize("name", NAMES)
def test_all_jobs_are_those_of_the_variable_only(prometheus: Prometheus, name: str) -> None:
    for variable in DASHBOARDS[name]["templating"]["list"]:
        if variable["name"] in JOBS:
            assert variable["allValue"] is None, "any job would be any program's"
            metric = variable["definition"].removeprefix("label_values(").split(",")[0]
            jobs = {series["metric"]["job"] for series in prometheus.query(metric)}
            assert jobs == {JOBS[variable["name"]]}


@pytest.mark.parametrize("name", NAMES)
def test_annotations_mark_deploys_and_lost_instances(
    prometheus: Prometheus, known_metrics: set[str], name: str
) -> None:
    annotations = {a["name"]: a for a in DASHBOARDS[name]["annotations"]["list"]}
    assert set(annotations) == {"Deploys", "Lost instances"}
    for annotation in annotations.values():
        assert metric_names(annotation["expr"]) - known_metrics == set()
        assert prometheus.query(concrete(annotation["expr"])), annotation["name"]
