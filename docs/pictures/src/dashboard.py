"""Draws what a dashboard shows, in its own layout. It is not Grafana that draws."""

import io
import itertools
import json
import math
import pathlib
from collections.abc import Callable, Sequence
from typing import TypeAlias

import boards
import matplotlib
import png
from matplotlib.axes import Axes
from matplotlib.ticker import Locator, MaxNLocator, MultipleLocator

matplotlib.use("Agg")
from matplotlib import pyplot
from matplotlib.patches import FancyBboxPatch, Rectangle
from PIL import Image
from prometheus import Prometheus, Series, Window, legend
from units import shown

DPI = 100
COLUMN, LINE, GAP = 60, 30, 8
GRID_WIDTH = 24
HEAD, FOOT = 46, 26
COLORS = (
    "#2a6f97", "#e09f3e", "#5a8f5a", "#c44e52", "#7b6ba8", "#4fa3a5",
    "#b5838d", "#8d99ae", "#a68a3f", "#3d5a80", "#d17b88", "#6a994e",
)  # fmt: skip
SPANS = {
    "green": "#5a8f5a", "orange": "#e09f3e", "red": "#c44e52", "blue": "#2a6f97", "gray": "#b8bfc9",
}  # fmt: skip
NAMED = {"green": "#3f7d4e", "orange": "#c77d1e", "red": "#b5383d"}
INK, QUIET, RULE, PAGE = "#22272e", "#6b7480", "#e4e7eb", "#f2f4f6"
MOST_NAMES = 9
# From the left, from the top, width, height.
Box: TypeAlias = tuple[float, float, float, float]
# A series under the name that a legend has for it.
Named: TypeAlias = tuple[str, Series]
KEPT = (*COLORS, *SPANS.values(), *NAMED.values(), INK, QUIET, RULE, PAGE, "#ffffff")


class Picture:
    """One dashboard over one window of time; lengths are pixels, from the top left."""

    def __init__(self, dashboard: boards.Dashboard, prometheus: Prometheus, window: Window) -> None:
        self._dashboard = dashboard
        self._prometheus = prometheus
        self._window = window
        grid = max(p["gridPos"]["y"] + p["gridPos"]["h"] for p in dashboard["panels"])
        self._width = GRID_WIDTH * COLUMN + 2 * GAP
        self._height = HEAD + grid * LINE + FOOT
        self._figure = pyplot.figure(figsize=(self._width / DPI, self._height / DPI), dpi=DPI, facecolor=PAGE)
        self._marks = self._annotations()

    def save(self, path: pathlib.Path) -> None:
        """Writes it as a PNG of few colours."""
        self._text(2 * GAP, 14, self._dashboard["title"], size=14, weight="bold")
        for panel in self._dashboard["panels"]:
            self._panel(panel)
        self._text(
            2 * GAP,
            self._height - FOOT + 6,
            "What the dashboard's queries find in a real Prometheus, drawn by docs/pictures/run;"
            " in Grafana it looks different.",
            size=8.5,
            color=QUIET,
        )
        raw = io.BytesIO()
        self._figure.savefig(raw, facecolor=PAGE)
        pyplot.close(self._figure)
        png.save(Image.open(raw), path, KEPT)

    # Panels

    def _panel(self, panel: boards.Panel) -> None:
        at = panel["gridPos"]
        x, y = GAP + at["x"] * COLUMN, HEAD + at["y"] * LINE
        width, height = at["w"] * COLUMN, at["h"] * LINE
        if panel["type"] == "row":
            self._text(x + GAP, y + 9, panel["title"], size=11, weight="bold", color=QUIET)
            return
        box = (x + GAP / 2, y + GAP / 2, width - GAP, height - GAP)
        self._card(*box)
        self._text(box[0] + 10, box[1] + 8, panel["title"], size=9.5, weight="bold")
        draw: Callable[[boards.Panel, Box], None] = {
            "timeseries": self._timeseries,
            "stat": self._stat,
            "state-timeline": self._states,
            "table": self._table,
        }[panel["type"]]
        draw(panel, box)

    def _series(self, panel: boards.Panel) -> list[Named]:
        """All series of a panel with their names."""
        found: list[Named] = []
        for target in panel["targets"]:
            ask = self._prometheus.instant if target["instant"] else self._prometheus.range
            for one in ask(target["expr"], self._window):
                found.append((legend(target["legendFormat"], one.labels), one))
        return sorted(found, key=lambda pair: pair[0])

    def _timeseries(self, panel: boards.Panel, box: Box) -> None:
        x, y, width, height = box
        unit = panel["fieldConfig"]["defaults"]["unit"]
        found = [(name, s) for name, s in self._series(panel) if s.last is not None]
        custom = panel["fieldConfig"]["defaults"].get("custom", {})
        stacked = "stacking" in custom
        if stacked:
            found.sort(key=lambda pair: -pair[1].sum)
        names = [name for name, _ in found]
        lines = self._legend(names, x + 10, y + height - 8, width - 20)
        axes = self._axes(x + 68, y + 34, width - 92, height - 34 - 24 - 15 * lines)
        self._time(axes)
        if not found:
            self._nothing(axes)
            return
        (self._stack if stacked else self._lines)(axes, found)
        for mark, color in self._marks:
            axes.axvline(mark, color=color, linewidth=0.9, linestyle=(0, (3, 2)))
        values = [v for _, one in found for v in one.values if not math.isnan(v)]
        self._scale(axes, panel["fieldConfig"]["defaults"], unit, values)

    def _lines(self, axes: Axes, found: Sequence[Named]) -> None:
        for (_, one), color in zip(found, itertools.cycle(COLORS)):
            minutes, values = self._minutes(one), one.values
            axes.plot(minutes, values, color=color, linewidth=1.3)
            axes.fill_between(minutes, values, color=color, alpha=0.08, linewidth=0)

    def _stack(self, axes: Axes, found: Sequence[Named]) -> None:
        moments = sorted({t for _, one in found for t in one.times})
        rows = []
        for _, one in found:
            known = {t: v for t, v in zip(one.times, one.values, strict=True) if not math.isnan(v)}
            rows.append([known.get(t, 0.0) for t in moments])
        minutes = [(t - self._window.begin) / 60 for t in moments]
        colors = [color for _, color in zip(found, itertools.cycle(COLORS))]
        axes.stackplot(minutes, rows, colors=colors, alpha=0.6, linewidth=0)

    @staticmethod
    def _scale(axes: Axes, defaults: boards.Defaults, unit: str, values: Sequence[float]) -> None:
        high = axes.get_ylim()[1] if max(values) > 0 else 1
        axes.set_ylim(defaults.get("min", 0), defaults.get("max", high))
        whole = unit == "short" and all(v.is_integer() for v in values)
        if unit == "bytes":
            locator: Locator = MultipleLocator(2 ** math.ceil(math.log2(high / 5)))
        else:
            locator = MaxNLocator(5, integer=whole, steps=[1, 2, 2.5, 5, 10])
        axes.yaxis.set_major_locator(locator)
        axes.yaxis.set_major_formatter(lambda value, _: shown(value, unit))

    def _stat(self, panel: boards.Panel, box: Box) -> None:
        x, y, width, height = box
        defaults = panel["fieldConfig"]["defaults"]
        found = [one.last for _, one in self._series(panel) if one.last is not None]
        value = found[0] if found else None
        color = threshold(value, defaults["thresholds"]["steps"]) if value is not None else QUIET
        text = shown(value, defaults["unit"]) if found else "No data"
        self._text(
            x + width / 2, y + height / 2 + 12, text,
            size=20, weight="bold", color=color, ha="center", va="center",
        )  # fmt: skip

    def _states(self, panel: boards.Panel, box: Box) -> None:
        x, y, width, height = box
        found = self._series(panel)
        if not found:
            self._nothing(self._axes(x + 10, y + 34, width - 20, height - 44))
            return
        axes = self._axes(x + 250, y + 34, width - 264, height - 34 - 28)
        self._time(axes)
        axes.grid(False)
        (mapping,) = panel["fieldConfig"]["defaults"]["mappings"]
        step = self._window.step / 60
        for row, (_, one) in enumerate(reversed(found)):
            for minute, value in zip(self._minutes(one), one.values):
                color = SPANS[mapping["options"][f"{value:g}"]["color"]]
                axes.broken_barh([(minute, step * 1.05)], (row - 0.36, 0.72), color=color, linewidth=0)
        axes.set_ylim(-0.6, len(found) - 0.4)
        axes.set_yticks(range(len(found)), [name for name, _ in reversed(found)], fontsize=8)
        axes.tick_params(axis="y", length=0)

    def _table(self, panel: boards.Panel, box: Box) -> None:
        x, y, width, _ = box
        rows = self._series(panel)
        unit = panel["fieldConfig"]["defaults"]["unit"]
        columns = sorted({key for _, one in rows for key in one.labels if key != "__name__"})
        spread = (width - 20) / (len(columns) + 1)
        for place, column in enumerate([*columns, "Value"]):
            self._text(x + 10 + place * spread, y + 36, column, size=8.5, color=QUIET)
        for line, (_, one) in enumerate(rows):
            cells = [one.labels.get(column, "") for column in columns] + [shown(one.last, unit)]
            for place, cell in enumerate(cells):
                self._text(x + 10 + place * spread, y + 58 + 20 * line, cell, size=9)

    # Parts of panels

    def _annotations(self) -> list[tuple[float, str]]:
        """When something happened, with the colour of its mark; only what began in the window."""
        marks = []
        for annotation in self._dashboard["annotations"]["list"]:
            for one in self._prometheus.range(annotation["expr"], self._window):
                at = one.values[0] / 1000 if annotation["useValueForTime"] else one.times[0]
                if at > self._window.begin:
                    marks.append(((at - self._window.begin) / 60, NAMED.get(annotation["iconColor"], INK)))
        return marks

    def _minutes(self, series: Series) -> list[float]:
        return [(t - self._window.begin) / 60 for t in series.times]

    def _axes(self, x: float, y: float, width: float, height: float) -> Axes:
        axes = self._figure.add_axes(
            (
                x / self._width,
                1 - (y + height) / self._height,
                width / self._width,
                height / self._height,
            )
        )
        axes.set_facecolor("none")
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.spines["bottom"].set_color(RULE)
        axes.tick_params(labelsize=8, length=0, colors=QUIET, labelcolor=QUIET)
        axes.grid(True, color=RULE, linewidth=0.7)
        axes.set_axisbelow(True)
        return axes

    def _time(self, axes: Axes) -> None:
        axes.set_xlim(0, (self._window.end - self._window.begin) / 60)
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g} min")

    @staticmethod
    def _nothing(axes: Axes) -> None:
        axes.set_yticks([])
        axes.text(0.5, 0.5, "No data", transform=axes.transAxes, ha="center", color=QUIET, size=9)

    def _legend(self, names: Sequence[str], x: float, bottom: float, width: float) -> int:
        """Names in lines from the bottom up; how many lines there are."""
        if len(names) > MOST_NAMES:
            names = [*names[:MOST_NAMES], f"… {len(names) - MOST_NAMES} more"]
        lines: list[list[tuple[int, str, float]]] = [[]]
        used = 0.0
        for number, name in enumerate(names):
            long = 30 + self._length(name)
            if lines[-1] and used + long > width:
                lines.append([])
                used = 0.0
            lines[-1].append((number, name, used))
            used += long
        for line, entries in enumerate(lines):
            y = bottom - 15 * (len(lines) - line) + 2
            for number, name, offset in entries:
                if number < MOST_NAMES:
                    self._line(x + offset, y + 6, COLORS[number % len(COLORS)])
                self._text(x + offset + 16, y, name, size=8, color=QUIET)
        return len(lines)

    def _length(self, name: str) -> float:
        """How wide a name of a legend is."""
        text = self._figure.text(0, 0, name, size=8)
        width = text.get_window_extent().width
        text.remove()
        return width

    def _line(self, x: float, y: float, color: str) -> None:
        self._figure.add_artist(
            Rectangle(
                (x / self._width, 1 - (y + 1.5) / self._height),
                12 / self._width,
                3 / self._height,
                color=color,
                transform=self._figure.transFigure,
            )
        )

    def _card(self, x: float, y: float, width: float, height: float) -> None:
        self._figure.add_artist(
            FancyBboxPatch(
                (x / self._width, 1 - (y + height) / self._height),
                width / self._width,
                height / self._height,
                boxstyle="square,pad=0",
                facecolor="white",
                edgecolor=RULE,
                linewidth=1,
                transform=self._figure.transFigure,
                zorder=-1,
            )
        )

    def _text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        color: str = INK,
        weight: str = "normal",
        ha: str = "left",
        va: str = "top",
    ) -> None:
        at = x / self._width, 1 - y / self._height
        self._figure.text(*at, text, size=size, color=color, weight=weight, ha=ha, va=va)


def threshold(value: float, steps: Sequence[boards.Step]) -> str:
    """The colour of the highest step that the value has reached."""
    reached = [s["color"] for s in steps if s["value"] is None or value >= s["value"]]
    return NAMED[reached[-1]]


def draw(file: pathlib.Path, prometheus: Prometheus, window: Window, path: pathlib.Path) -> None:
    """The picture of the dashboard in a JSON file."""
    Picture(json.loads(file.read_text()), prometheus, window).save(path)
