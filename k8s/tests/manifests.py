"""What kubectl makes of the overlays, and which settings the documents list."""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import yaml

K8S = Path(__file__).resolve().parent.parent
ROOT = K8S.parent
OVERLAYS = sorted(p.parent.name for p in (K8S / "overlays").glob("*/kustomization.yaml"))
PRODUCTION = [o for o in OVERLAYS if o.startswith("production")]
KUBECTL = Path(sys.executable).parent / "kubectl"

ROUTER = "session-router"
MODEL = "model-chat"

every_overlay = pytest.mark.parametrize("overlay", OVERLAYS)


@cache
def rendered(overlay):
    run = subprocess.run([KUBECTL, "kustomize", K8S / "overlays" / overlay], capture_output=True, text=True)
    assert run.returncode == 0, f"kubectl kustomize {overlay}: {run.stderr}"
    return list(yaml.safe_load_all(run.stdout))


def named(overlay, kind, name=None):
    found = [
        o for o in rendered(overlay) if o["kind"] == kind and (name is None or o["metadata"]["name"] == name)
    ]
    assert found, f"{overlay} has no {kind} {name or ''}"
    return found[0]


def of_kinds(overlay, *kinds):
    return [o for o in rendered(overlay) if o["kind"] in kinds]


def workloads(overlay):
    return of_kinds(overlay, "Deployment", "StatefulSet")


def container(workload):
    (only,) = workload["spec"]["template"]["spec"]["containers"]
    return only


def environment(workload):
    return {e["name"]: e.get("value") for e in container(workload).get("env", [])}


def router_properties(overlay):
    name = container_config(overlay)
    text = named(overlay, "ConfigMap", name)["data"]["application.properties"]
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def container_config(overlay):
    volumes = named(overlay, "Deployment", "session-router")["spec"]["template"]["spec"]["volumes"]
    (config,) = [
        source["configMap"]["name"]
        for v in volumes
        for source in v.get("projected", {}).get("sources", [v])
        if "configMap" in source
    ]
    return config


def first_column(document, pattern):
    """The names in the first column of the document's tables, with the rest of their rows."""
    rows = {}
    for line in (ROOT / document).read_text().splitlines():
        row = re.match(r"\| `(" + pattern + r")`(?:, `[^`]*`)* \|(.*)", line)
        if row:
            rows[row[1]] = row[2]
    return rows


def router_keys():
    return first_column("docs/configuration.md", r"session-router\.[^`]+")


def router_default(key):
    return re.match(r" `([^`]*)`", router_keys()[key])[1]


def container_keys():
    return first_column("model-container/README.md", r"model\.[^`]+")


def recorded_series():
    """What the recording rules make of them."""
    rules = yaml.safe_load((ROOT / "grafana/alerts.yaml").read_text())["spec"]["groups"]
    return {rule["record"] for group in rules for rule in group["rules"] if "record" in rule}


def seconds(duration):
    """Of 250ms, 5s, 20m, 1h."""
    number, unit = re.fullmatch(r"(\d+)(ms|s|m|h)", duration).groups()
    return int(number) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600}[unit]


def labels(workload):
    return workload["spec"]["template"]["metadata"]["labels"]


def selects(selector, workload):
    return selector.items() <= labels(workload).items()


def ports(workload):
    return {p["name"]: p["containerPort"] for p in container(workload)["ports"]}


def pod(workload):
    return workload["spec"]["template"]["spec"]
