"""Every alert has its section in the runbook, and the runbook names dashboards and panels that exist."""

import json
import re
from typing import Any

import pytest
import yaml
from documents import HEADING, ROOT, prose, slug

RUNBOOK = ROOT / "docs/runbook.md"


def alerts() -> dict[str, Any]:
    groups = yaml.safe_load((ROOT / "grafana/alerts.yaml").read_text())["spec"]["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"] if "alert" in rule}


def test_sections_are_those_of_the_alerts() -> None:
    _, *others = [h for line in prose(RUNBOOK) if (h := HEADING.match(line.text))]
    assert {heading[1] for heading in others} == alerts().keys()


@pytest.mark.parametrize("alert", alerts())
def test_an_alert_points_to_its_section(alert: str) -> None:
    assert alerts()[alert]["annotations"]["runbook_url"] == f"docs/runbook.md#{slug(alert)}"


def panels() -> dict[str, set[str]]:
    """The titles of each dashboard's panels."""
    boards = [json.loads(f.read_text()) for f in (ROOT / "grafana/dashboards").glob("*.json")]
    return {
        board["title"].removeprefix("Session Router / "): {panel["title"] for panel in board["panels"]}
        for board in boards
    }


def test_dashboards_and_panels_exist() -> None:
    text = " ".join(line.text for line in prose(RUNBOOK))
    names = set(re.findall(r"(?<!\*)\*([A-Z][^*]+)\*(?!\*)", text)) - {"italics"}
    assert names
    for name in names:
        dashboard, *path = name.split(" → ")
        assert dashboard in panels(), name
        assert set(path) <= panels()[dashboard], name
