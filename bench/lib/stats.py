"""Medians of ratios: what survives on a machine whose speed changes from one minute to the next."""

import dataclasses
import math
import statistics
from collections.abc import Iterable, Sequence


@dataclasses.dataclass(frozen=True)
class Ratio:
    """The median of the rounds' ratios and their range; no value where no round had one."""

    median: float | None
    low: float | None
    high: float | None

    def __str__(self) -> str:
        if self.median is None:
            return "n/a"
        return f"{self.median:.2f} ({self.low:.2f}–{self.high:.2f})"


@dataclasses.dataclass(frozen=True)
class Interval:
    """The median of the rounds' ratios, and bounds that hold its true value with 95 %."""

    median: float | None
    low: float | None
    high: float | None

    def __str__(self) -> str:
        if self.median is None:
            return "n/a"
        return f"{self.median:.3f} [{self.low:.3f}, {self.high:.3f}]"


def interval(numerators: Sequence[float], denominators: Sequence[float]) -> Interval:
    """As ratio, with the bounds that order statistics give whatever the distribution.

    Fewer than six rounds have no such bounds.
    """
    found = sorted(n / d for n, d in zip(numerators, denominators, strict=True) if d > 0)
    outside = _outside(len(found))
    if outside is None or len(found) * 2 <= len(numerators):
        return Interval(None, None, None)
    return Interval(statistics.median(found), found[outside], found[-1 - outside])


def _outside(count: int) -> int | None:
    """How many of so many values may be left out on each side, so that 95 % remain covered."""
    tail = 0.5**count
    outside: int | None = None
    for left_out in range(count // 2):
        if tail > 0.025:
            break
        outside = left_out
        tail += math.comb(count, left_out + 1) * 0.5**count
    return outside


def ratio(numerators: Sequence[float], denominators: Sequence[float]) -> Ratio:
    """Compares round by round; a round whose denominator is not positive says nothing."""
    found = [n / d for n, d in zip(numerators, denominators, strict=True) if d > 0]
    if len(found) * 2 <= len(numerators):
        return Ratio(None, None, None)
    return Ratio(statistics.median(found), min(found), max(found))


def percentile(values: Iterable[float], percent: int) -> float:
    """The smallest value that so many percent of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]
