"""Writes a dashboard as Grafana reads it."""

from collections.abc import Iterable

from .parts import BY_ENDPOINT, BY_VARIANT, ROUTER, Dashboard, Json, M, P, Panel, Query, Row

SOURCE = {"type": "prometheus", "uid": "${datasource}"}
WIDTH = 24

VARIABLES = {
    "job": ("Router job", f"label_values({P}build_info, job)"),
    "endpoint": ("Endpoint", f'label_values({P}sessions_opened_total{{job=~"$job"}}, endpoint)'),
    "variant": ("Variant", f"label_values({P}instance_healthy{{{BY_ENDPOINT}}}, variant)"),
    "model_instance": (
        "Instance",
        f"label_values({P}instance_healthy{{{BY_VARIANT}}}, model_instance)",
    ),
    "container_job": ("Container job", f"label_values({M}device_memory_free_bytes, job)"),
}

ANNOTATIONS = (
    (
        "Deploys",
        "blue",
        (
            f"process_start_time_seconds{{{ROUTER}}} * 1000 * on (job, instance)"
            f" group_left (version) {P}build_info{{{ROUTER}}}"
        ),
        "{{instance}} started",
        "version {{version}}",
        True,
    ),
    (
        "Lost instances",
        "red",
        (
            "max by (endpoint, variant, to) (increase("
            f'{P}instance_state_changes_total{{{ROUTER}, to=~"gone|left"}}[$__interval])) > 0'
        ),
        "Instance {{to}}",
        "{{endpoint}} {{variant}}",
        False,
    ),
)


def variable(name: str) -> Json:
    label, query = VARIABLES[name]
    return {
        "name": name,
        "label": label,
        "type": "query",
        "datasource": SOURCE,
        "definition": query,
        "query": {"qryType": 1, "query": query, "refId": "variable-" + name},
        "refresh": 2,
        "sort": 1,
        "multi": True,
        "includeAll": True,
        # Any job would be any program's; all jobs are the routers', or the containers'.
        "allValue": None if name.endswith("job") else ".*",
        "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
        "options": [],
        "regex": "",
        "hide": 0,
    }


def datasource() -> Json:
    return {
        "name": "datasource",
        "label": "Prometheus",
        "type": "datasource",
        "query": "prometheus",
        "current": {},
        "options": [],
        "refresh": 1,
        "regex": "",
        "hide": 0,
        "multi": False,
        "includeAll": False,
    }


def annotation(name: str, color: str, expr: str, title: str, text: str, value_is_time: bool) -> Json:
    return {
        "name": name,
        "enable": True,
        "hide": False,
        "iconColor": color,
        "datasource": SOURCE,
        "expr": expr,
        "step": "60s",
        "titleFormat": title,
        "textFormat": text,
        "useValueForTime": value_is_time,
    }


def link(dashboard: Dashboard) -> Json:
    return {
        "title": dashboard.title.removeprefix("Session Router / "),
        "type": "link",
        "url": "/d/" + dashboard.uid,
        "tooltip": dashboard.description,
        "icon": "dashboard",
        "asDropdown": False,
        "includeVars": True,
        "keepTime": True,
        "targetBlank": False,
        "tags": [],
    }


def target(index: int, query: Query, kind: str) -> Json:
    return {
        "refId": chr(ord("A") + index),
        "datasource": SOURCE,
        "editorMode": "code",
        "expr": query.expr,
        "legendFormat": query.legend,
        "exemplar": query.exemplars,
        "instant": query.instant,
        "range": not query.instant,
        "format": "table" if kind == "table" else "time_series",
    }


TIMESERIES_OPTIONS: Json = {
    "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
    "tooltip": {"mode": "multi", "sort": "desc"},
}
TIMESERIES_CUSTOM: Json = {"drawStyle": "line", "fillOpacity": 10, "lineWidth": 1, "showPoints": "never"}


def panel_json(number: int, panel: Panel, x: int, y: int) -> Json:
    defaults = {"unit": panel.unit, **panel.defaults}
    options = dict(panel.options)
    if panel.kind == "timeseries":
        defaults["custom"] = {**TIMESERIES_CUSTOM, **panel.defaults.get("custom", {})}
        options = {**TIMESERIES_OPTIONS, **options}
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.description,
        "datasource": SOURCE,
        "gridPos": {"x": x, "y": y, "w": panel.width, "h": panel.height},
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": options,
        "targets": [target(i, q, panel.kind) for i, q in enumerate(panel.queries)],
    }


def row_json(number: int, row: Row, y: int) -> Json:
    return {
        "id": number,
        "type": "row",
        "title": row.title,
        "collapsed": False,
        "gridPos": {"x": 0, "y": y, "w": WIDTH, "h": 1},
        "panels": [],
    }


def panels_json(rows: Iterable[Row]) -> list[Json]:
    """Lays panels out from left to right, and on a new line when one is full."""
    panels: list[Json] = []
    y = 0
    for row in rows:
        panels.append(row_json(len(panels) + 1, row, y))
        x, y, line = 0, y + 1, 0
        for panel in row.panels:
            if x + panel.width > WIDTH:
                x, y, line = 0, y + line, 0
            panels.append(panel_json(len(panels) + 1, panel, x, y))
            x, line = x + panel.width, max(line, panel.height)
        y += line
    return panels


def dashboard_json(dashboard: Dashboard, others: Iterable[Dashboard]) -> Json:
    """With links to the others."""
    return {
        "uid": dashboard.uid,
        "title": dashboard.title,
        "description": dashboard.description,
        "tags": ["session-router"],
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "refresh": "30s",
        "time": {"from": "now-1h", "to": "now"},
        "timezone": "",
        "templating": {"list": [datasource()] + [variable(v) for v in dashboard.variables]},
        "annotations": {"list": [annotation(*a) for a in ANNOTATIONS]},
        "links": [link(other) for other in others],
        "panels": panels_json(dashboard.rows),
    }
