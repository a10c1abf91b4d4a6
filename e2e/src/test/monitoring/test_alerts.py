"""The rules are valid, each alert fires when it should and not otherwise, and each has a runbook."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import yaml
from conftest import GRAFANA, ROOT, Prometheus, metric_names

# As the Prometheus operator has it; it says what is in a rule.
Json: TypeAlias = dict[str, Any]

RULE_OBJECT: Json = yaml.safe_load((GRAFANA / "alerts.yaml").read_text())
TEST_FILES = sorted(GRAFANA.glob("*_test.yaml"))
TESTS: list[Json] = [test for file in TEST_FILES for test in yaml.safe_load(file.read_text())["tests"]]
RULES: list[Json] = [rule for group in RULE_OBJECT["spec"]["groups"] for rule in group["rules"]]
ALERTS = {rule["alert"]: rule for rule in RULES if "alert" in rule}
RECORDED = {rule["record"] for rule in RULES if "record" in rule}


@pytest.fixture(scope="module")
def rules_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rules as a plain file, beside their tests: as promtool wants them."""
    folder = tmp_path_factory.mktemp("rules")
    (folder / "rules.yaml").write_text(yaml.safe_dump(RULE_OBJECT["spec"]))
    for file in TEST_FILES:
        shutil.copy(file, folder)
    return folder


def promtool(folder: Path, *arguments: str) -> None:
    done = subprocess.run(["promtool", *arguments], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_is_what_the_prometheus_operator_takes() -> None:
    assert RULE_OBJECT["apiVersion"] == "monitoring.coreos.com/v1"
    assert RULE_OBJECT["kind"] == "PrometheusRule"


def test_promtool_finds_the_rules_valid(rules_folder: Path) -> None:
    promtool(rules_folder, "check", "rules", "--lint=all", "--lint-fatal", "rules.yaml")


def test_promtool_finds_that_alerts_fire_and_do_not(rules_folder: Path) -> None:
    promtool(rules_folder, "test", "rules", *(file.name for file in TEST_FILES))


@pytest.mark.parametrize("alert", sorted(ALERTS))
def test_every_alert_is_tested_both_ways(alert: str) -> None:
    cases = [
        bool(case.get("exp_alerts"))
        for test in TESTS
        for case in test.get("alert_rule_test", [])
        if case["alertname"] == alert
    ]
    assert True in cases, "no test in which it fires"
    assert False in cases, "no test in which it does not fire"


@pytest.mark.parametrize("alert", sorted(ALERTS))
def test_every_alert_has_a_severity_and_a_runbook(alert: str) -> None:
    rule = ALERTS[alert]
    assert rule["labels"]["severity"] in {"critical", "warning"}
    assert rule["annotations"]["summary"] and rule["annotations"]["description"]
    file, anchor = rule["annotations"]["runbook_url"].split("#")
    headings = re.findall(r"^#+ (.+)$", (ROOT / file).read_text(), re.MULTILINE)
    assert anchor in {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.get("alert") or rule["record"])
def test_every_rule_is_about_metrics_that_exist(
    prometheus: Prometheus, known_metrics: set[str], rule: Json
) -> None:
    prometheus.query(rule["expr"])
    assert metric_names(rule["expr"]) - known_metrics == set()
    recorded = set(re.findall(r"\bsession_router:[\w:]+", rule["expr"]))
    assert recorded <= RECORDED
    assert metric_names(rule["expr"]) or recorded
