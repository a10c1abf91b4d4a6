"""Draws bench/ttfb's chart; run with the python of a virtual environment that has matplotlib.

Arguments: the figures as a JSON file, the PNG to write.
"""

import json
import sys
from typing import TypedDict

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot


class Point(TypedDict):
    """One context length, as bench/ttfb writes it."""

    tokens: int
    stateless_ms: float
    continued_ms: float


def draw(figures: list[Point], path: str) -> None:
    """Time to first byte over context length, both axes logarithmic."""
    tokens = [row["tokens"] for row in figures]
    figure, axes = pyplot.subplots(figsize=(8, 5), dpi=150)
    for values, label, color in (
        ([row["stateless_ms"] for row in figures], "stateless: context sent again", "#c44e52"),
        ([row["continued_ms"] for row in figures], "continued session", "#2a6f97"),
    ):
        axes.plot(tokens, values, marker="o", color=color, label=label)
        axes.annotate(f"{values[-1]:,.0f} ms", (tokens[-1], values[-1]), (0, 8), textcoords="offset points")
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,g}")
    axes.set_xticks(tokens, [f"{count:,}" for count in tokens], rotation=30)
    axes.set_xlabel("tokens of context")
    axes.set_ylabel("time to first byte, ms (median)")
    axes.set_title("Asking one question about a context, through the router")
    axes.grid(True, which="major", alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    figure.tight_layout()
    figure.savefig(path)


if __name__ == "__main__":
    with open(sys.argv[1]) as source:
        draw(json.load(source), sys.argv[2])
