"""Draws bench/timeline's chart; run with the python of a virtual environment that has matplotlib.

Arguments: the transfers as a JSON file, the PNG to write.
"""

import json
import sys
from typing import TypedDict

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot
from matplotlib.axes import Axes

LANES = {"client": 2, "router": 1, "container": 0}
COLORS = {"connect": "#8d99ae", "request": "#2a6f97", "answer": "#c44e52"}


class Transfer(TypedDict):
    """What passed, as bench/timeline writes it."""

    at_ms: float
    sender: str
    receiver: str
    kind: str
    tokens: list[str]
    head: bool


def arrow(axes: Axes, transfer: Transfer) -> None:
    """What passed, from lane to lane at its moment."""
    start, end = LANES[transfer["sender"]], LANES[transfer["receiver"]]
    axes.annotate(
        "",
        (transfer["at_ms"], end),
        (transfer["at_ms"], start),
        arrowprops={"arrowstyle": "-|>", "color": COLORS[transfer["kind"]], "lw": 1.1,
                    "shrinkA": 0, "shrinkB": 0, "mutation_scale": 9},
    )  # fmt: skip


def first(transfers: list[Transfer], sender: str, kind: str) -> Transfer:
    return next(t for t in transfers if t["sender"] == sender and t["kind"] == kind)


def work(axes: Axes, transfers: list[Transfer]) -> None:
    """When each of them had the request: bars on the lanes."""
    begin = first(transfers, "client", "connect")["at_ms"]
    asked = first(transfers, "client", "request")["at_ms"]
    sent = first(transfers, "router", "request")["at_ms"]
    made = [t["at_ms"] for t in transfers if t["sender"] == "container"]
    told = [t["at_ms"] for t in transfers if t["sender"] == "router" and t["receiver"] == "client"]
    for lane, start, end in (
        ("client", begin, told[-1]),
        ("router", asked, told[-1]),
        ("container", sent, made[-1]),
    ):
        axes.barh(LANES[lane], end - start, left=start, height=0.09, color="#dfe3e8", zorder=0)


def words(axes: Axes, transfers: list[Transfer]) -> None:
    """The tokens' texts above the client, where it got them."""
    shown = [t for t in transfers if t["receiver"] == "client" and t["tokens"]]
    for transfer in shown:
        text = "".join(transfer["tokens"]).strip() or "⟨end⟩"
        axes.annotate(
            text, (transfer["at_ms"], LANES["client"]), (0, 7), textcoords="offset points",
            ha="left", va="bottom", rotation=45, fontsize=8, color=COLORS["answer"],
        )  # fmt: skip


def notes(axes: Axes, transfers: list[Transfer]) -> None:
    """What the arrows are that carry no word."""
    asked = first(transfers, "client", "request")["at_ms"]
    sent = first(transfers, "router", "request")["at_ms"]
    head = next(t for t in transfers if t["receiver"] == "client" and t["head"])
    last = transfers[-1]
    for text, at, lane, side in (
        ("connect, request", asked, 1.75, 1),
        ("request", sent, 0.6, 1),
        (f"head and first token\nafter {head['at_ms']:.1f} ms", head["at_ms"], 1.3, -1),
        ("end", last["at_ms"], 1.5, 1),
    ):
        axes.annotate(
            text, (at, lane), (side * 6, 0), textcoords="offset points", fontsize=8,
            ha="left" if side > 0 else "right", va="center", color="#333333",
        )  # fmt: skip


def draw(transfers: list[Transfer], path: str) -> None:
    """Three lanes over time, with an arrow for everything that passed."""
    figure, axes = pyplot.subplots(figsize=(9, 3.3), dpi=150)
    work(axes, transfers)
    for transfer in transfers:
        arrow(axes, transfer)
    words(axes, transfers)
    notes(axes, transfers)
    last = transfers[-1]["at_ms"]
    axes.set_xlim(-0.02 * last, 1.07 * last)
    axes.set_ylim(-0.25, 2.75)
    axes.set_yticks(list(LANES.values()), list(LANES))
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("milliseconds since the client's connect")
    axes.set_title("One question in a session, answered in a stream", fontsize=11)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.grid(True, axis="x", alpha=0.25)
    figure.tight_layout()
    figure.savefig(path)


if __name__ == "__main__":
    with open(sys.argv[1]) as source:
        draw(json.load(source), sys.argv[2])
