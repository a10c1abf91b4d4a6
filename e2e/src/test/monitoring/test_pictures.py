"""What docs/pictures/run does with numbers and queries; it draws with packages that tests do not have."""

import math
import sys

import pytest
from conftest import ROOT

sys.path.insert(0, str(ROOT / "docs/pictures/src"))

import prometheus as pictured
import units


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0, "s", "0 s"),
        (0.000_25, "s", "250 µs"),
        (0.0123, "s", "12.3 ms"),
        (59.5, "s", "59.5 s"),
        (360, "s", "6 min"),
        (0.9994, "percentunit", "99.9%"),
        (1234, "short", "1.23 K"),
        (12, "short", "12"),
        (0.25, "reqps", "0.25 req/s"),
        (1536, "bytes", "1.5 KiB"),
        (2_500_000, "Bps", "2.5 MB/s"),
        (0, "dateTimeAsIso", "1970-01-01 00:00"),
        (math.nan, "short", "–"),
    ],
)
def test_shows_numbers_as_a_dashboard_does(value: float, unit: str, text: str) -> None:
    assert units.shown(value, unit) == text


def test_every_unit_of_a_panel_is_known() -> None:
    import test_dashboards

    for name in test_dashboards.NAMES:
        for panel in test_dashboards.panels(name):
            assert panel["fieldConfig"]["defaults"]["unit"] in units.FORMATS, panel["title"]


def test_fills_in_what_grafana_fills_in() -> None:
    window = pictured.Window.of(0, 2400)
    expr = 'rate(a{job=~"$job", endpoint=~"$endpoint"}[$__rate_interval]) + b[$__interval]'

    assert pictured.concrete(expr, window) == ('rate(a{job=~"session-router", endpoint=~".*"}[15s]) + b[10s]')


def test_names_series_by_their_labels() -> None:
    labels = {"__name__": "a", "endpoint": "chat", "cause": "closed"}

    assert pictured.legend("{{endpoint}} {{ cause }}", labels) == "chat closed"
    assert pictured.legend("__auto", labels) == "cause=closed, endpoint=chat"


def test_a_line_has_a_gap_where_there_was_nothing() -> None:
    points = [(10, "1"), (12, "2"), (20, "3")]

    filled = pictured.series({}, pictured.with_gaps(points, 2))

    assert filled.times == [10, 12, 14, 20]
    assert filled.values[:2] == [1, 2] and math.isnan(filled.values[2]) and filled.values[3] == 3
    assert filled.last == 3 and filled.sum == 6
