"""What kubectl makes of the overlays, and which settings the documents list."""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import yaml

K8S = Path(__file__).resolve().parent.parent
ROOT = K8S.parent
OVERLAYS = sorted(p.parent.name for p in (K8S / "overlays").glob("*/kustomization.yaml"))
PRODUCTION = [o for o in OVERLAYS if o.startswith("production")]
KUBECTL = Path(sys.executable).parent / "kubectl"

ROUTER = "session-router"
MODEL = "model-chat"

# What kubectl prints of an object; the schemas of test_schemas.py say what may be in it.
Object: TypeAlias = dict[str, Any]

every_overlay = pytest.mark.parametrize("overlay", OVERLAYS)


@cache
def rendered(overlay: str) -> list[Object]:
    run = subprocess.run([KUBECTL, "kustomize", K8S / "overlays" / overlay], capture_output=True, text=True)
    assert run.returncode == 0, f"kubectl kustomize {overlay}: {run.stderr}"
    return list(yaml.safe_load_all(run.stdout))


def named(overlay: str, kind: str, name: str | None = None) -> Object:
    found = [
        o for o in rendered(overlay) if o["kind"] == kind and (name is None or o["metadata"]["name"] == name)
    ]
    assert found, f"{overlay} has no {kind} {name or ''}"
    return found[0]


def of_kinds(overlay: str, *kinds: str) -> list[Object]:
    return [o for o in rendered(overlay) if o["kind"] in kinds]


def workloads(overlay: str) -> list[Object]:
    return of_kinds(overlay, "Deployment", "StatefulSet")


def container(workload: Object) -> Object:
    only: Object
    (only,) = workload["spec"]["template"]["spec"]["containers"]
    return only


def environment(workload: Object) -> dict[str, str]:
    return {e["name"]: e.get("value") for e in container(workload).get("env", [])}


def router_properties(overlay: str) -> dict[str, str]:
    name = container_config(overlay)
    text = named(overlay, "ConfigMap", name)["data"]["application.properties"]
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def container_config(overlay: str) -> str:
    volumes = named(overlay, "Deployment", "session-router")["spec"]["template"]["spec"]["volumes"]
    config: str
    (config,) = [
        source["configMap"]["name"]
        for v in volumes
        for source in v.get("projected", {}).get("sources", [v])
        if "configMap" in source
    ]
    return config


def first_column(document: str, pattern: str) -> dict[str, str]:
    """The names in the first column of the document's tables, with the rest of their rows."""
    rows = {}
    for line in (ROOT / document).read_text().splitlines():
        row = re.match(r"\| `(" + pattern + r")`(?:, `[^`]*`)* \|(.*)", line)
        if row:
            rows[row[1]] = row[2]
    return rows


def match(pattern: str, text: str, flags: int = 0) -> str:
    """The first group of the pattern's first match."""
    found = re.search(pattern, text, flags)
    assert found, f"not found: {pattern}"
    return found[1]


def router_keys() -> dict[str, str]:
    return first_column("docs/configuration.md", r"session-router\.[^`]+")


def router_default(key: str) -> str:
    return match(r" `([^`]*)`", router_keys()[key])


def container_keys() -> dict[str, str]:
    return first_column("model-container/README.md", r"model\.[^`]+")


def recorded_series() -> set[str]:
    """What the recording rules make of them."""
    rules = yaml.safe_load((ROOT / "grafana/alerts.yaml").read_text())["spec"]["groups"]
    return {rule["record"] for group in rules for rule in group["rules"] if "record" in rule}


def seconds(duration: str) -> float:
    """Of 250ms, 5s, 20m, 1h."""
    found = re.fullmatch(r"(\d+)(ms|s|m|h)", duration)
    assert found, f"{duration} (expected: a number and ms, s, m or h)"
    return int(found[1]) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600}[found[2]]


def labels(workload: Object) -> dict[str, str]:
    found: dict[str, str] = workload["spec"]["template"]["metadata"]["labels"]
    return found


def selects(selector: dict[str, str], workload: Object) -> bool:
    return selector.items() <= labels(workload).items()


def ports(workload: Object) -> dict[str, int]:
    return {p["name"]: p["containerPort"] for p in container(workload)["ports"]}


def pod(workload: Object) -> Object:
    spec: Object = workload["spec"]["template"]["spec"]
    return spec
