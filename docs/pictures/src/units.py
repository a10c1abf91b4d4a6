"""Numbers as a dashboard shows them."""

import datetime
import math
from collections.abc import Callable, Sequence

SI = ("", "K", "M", "G", "T")
BYTES = ("B", "KB", "MB", "GB", "TB")
IEC = ("B", "KiB", "MiB", "GiB", "TiB")


def shown(value: float | None, unit: str) -> str:
    """A value in the unit of a panel, short."""
    if value is None or math.isnan(value):
        return "–"
    return FORMATS[unit](value)


def seconds(value: float) -> str:
    """In the unit in which it is from 1 to 1000, as far as there is one."""
    for limit, factor, unit in ((1e-3, 1e6, "µs"), (1, 1e3, "ms"), (120, 1, "s")):
        if abs(value) < limit:
            return "0 s" if value == 0 else f"{digits(value * factor)} {unit}"
    return f"{digits(value / 60)} min"


def scaled(value: float, base: int, units: Sequence[str]) -> str:
    """With the prefix that leaves a number below the base."""
    power = 0
    while abs(value) >= base and power < len(units) - 1:
        value, power = value / base, power + 1
    return f"{digits(value)} {units[power]}".rstrip()


def digits(value: float) -> str:
    """Three significant digits, without zeros at the end."""
    if value == 0:
        return "0"
    places = max(0, 2 - math.floor(math.log10(abs(value))))
    text = f"{value:.{min(places, 4)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def moment(millis: float) -> str:
    return datetime.datetime.fromtimestamp(millis / 1000, datetime.timezone.utc).strftime("%Y-%m-%d %H:%M")


FORMATS: dict[str, Callable[[float], str]] = {
    "short": lambda value: scaled(value, 1000, SI),
    "s": seconds,
    "percentunit": lambda value: f"{digits(value * 100)}%",
    "reqps": lambda value: f"{scaled(value, 1000, SI)} req/s",
    "ops": lambda value: f"{scaled(value, 1000, SI)} ops/s",
    "bytes": lambda value: scaled(value, 1024, IEC),
    "Bps": lambda value: f"{scaled(value, 1000, BYTES)}/s",
    "dateTimeAsIso": moment,
}
