"""Medians of ratios: what survives on a machine whose speed changes from one minute to the next."""

import dataclasses
import statistics


@dataclasses.dataclass(frozen=True)
class Ratio:
    """The median of the rounds' ratios and their range; no value where no round had one."""

    median: float | None
    low: float | None
    high: float | None

    def __str__(self):
        if self.median is None:
            return "n/a"
        return f"{self.median:.2f} ({self.low:.2f}–{self.high:.2f})"


def ratio(numerators, denominators):
    """Compares round by round; a round whose denominator is not positive says nothing."""
    found = [n / d for n, d in zip(numerators, denominators, strict=True) if d > 0]
    if len(found) * 2 <= len(numerators):
        return Ratio(None, None, None)
    return Ratio(statistics.median(found), min(found), max(found))


def percentile(values, percent):
    """The smallest value that so many percent of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]
