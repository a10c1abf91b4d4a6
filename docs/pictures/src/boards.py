"""What is read of a dashboard's JSON."""

from typing import TypedDict


class Grid(TypedDict):
    """Where a panel is, in columns and lines."""

    x: int
    y: int
    w: int
    h: int


class Step(TypedDict):
    """From which value on a number has a colour; the first step has none."""

    color: str
    value: float | None


class Thresholds(TypedDict):
    """The steps from the lowest value on."""

    steps: list[Step]


class Word(TypedDict):
    """How a value is shown as a word."""

    text: str
    color: str


class Mapping(TypedDict):
    """The words of values."""

    options: dict[str, Word]


class Defaults(TypedDict, total=False):
    """How a panel's values are shown; every panel has a unit."""

    unit: str
    min: float
    max: float
    custom: dict[str, object]
    thresholds: Thresholds
    mappings: list[Mapping]


class FieldConfig(TypedDict):
    """The defaults, and nothing else that is drawn."""

    defaults: Defaults


class Target(TypedDict):
    """A query, and how its series are called."""

    expr: str
    legendFormat: str
    instant: bool


class Panel(TypedDict):
    """One picture, or the heading of a row, which has no targets."""

    type: str
    title: str
    gridPos: Grid
    targets: list[Target]
    fieldConfig: FieldConfig


class Annotation(TypedDict):
    """A query whose series are marks in all panels."""

    expr: str
    iconColor: str
    useValueForTime: bool


class Annotations(TypedDict):
    """All of a dashboard."""

    list: list[Annotation]


class Dashboard(TypedDict):
    """One page."""

    title: str
    panels: list[Panel]
    annotations: Annotations
