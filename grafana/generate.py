#!/usr/bin/env python3
"""Writes the dashboards and rules.yaml: grafana/generate.py [--check]

The JSON files in dashboards/ are made by this script and by nothing else; --check says whether they
are. Change a panel in panels/, run it, and commit both. rules.yaml is what alerts.yaml has under spec,
for a Prometheus without the operator. It needs Python's standard library only.
"""

import json
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

sys.dont_write_bytecode = True

from panels import cold_starts, instances, internals, overview, sessions  # noqa: E402
from panels.grafana import dashboard_json  # noqa: E402
from panels.parts import Dashboard  # noqa: E402

FOLDER = Path(__file__).resolve().parent / "dashboards"
ALERTS = FOLDER.parent / "alerts.yaml"
RULES = FOLDER.parent / "rules.yaml"
DASHBOARDS = {
    "overview": overview.OVERVIEW,
    "sessions": sessions.SESSIONS,
    "instances": instances.INSTANCES,
    "cold-starts": cold_starts.COLD_STARTS,
    "internals": internals.INTERNALS,
}


def files() -> dict[Path, str]:
    """Each file's name and text."""
    made = {FOLDER / f"{name}.json": text(dashboard) for name, dashboard in DASHBOARDS.items()}
    return made | {RULES: rules()}


def rules() -> str:
    _, _, spec = ALERTS.read_text().partition("\nspec:\n")
    head = "# Written by generate.py from alerts.yaml, for a Prometheus without the operator.\n"
    return head + textwrap.dedent(spec)


def text(dashboard: Dashboard) -> str:
    others = [other for other in DASHBOARDS.values() if other is not dashboard]
    return json.dumps(dashboard_json(dashboard, others), indent=2) + "\n"


def outdated() -> list[Path]:
    made = files()
    stale = [path for path, new in made.items() if not path.exists() or path.read_text() != new]
    return stale + [path for path in FOLDER.glob("*.json") if path not in made]


def main(arguments: Sequence[str]) -> int:
    if arguments == ["--check"]:
        stale = outdated()
        for path in stale:
            print(f"{path.name} is not what generate.py writes", file=sys.stderr)
        return 1 if stale else 0
    if arguments:
        print(__doc__, file=sys.stderr)
        return 2
    FOLDER.mkdir(exist_ok=True)
    for path, made in files().items():
        path.write_text(made)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
