"""What one instance with all the room could do with the same requests, one after the other."""

import collections
from collections.abc import Sequence


def popular(wanted: Sequence[int], room: int) -> float:
    """The share of the requests that ask for the most popular models, as many as have room."""
    counts = collections.Counter(wanted)
    return sum(count for _, count in counts.most_common(room)) / len(wanted)


def least_recently_used(wanted: Sequence[int], room: int) -> int:
    """Loads, if the model that was not used for the longest time gives way."""
    held: collections.OrderedDict[int, bool] = collections.OrderedDict()
    loads = 0
    for model in wanted:
        if model not in held:
            loads += 1
            if len(held) == room:
                held.popitem(last=False)
        held[model] = True
        held.move_to_end(model)
    return loads


def fewest(wanted: Sequence[int], room: int) -> int:
    """Loads that no placement can do with less: the model gives way that is not needed longest."""
    following = _following(wanted)
    held: dict[int, int] = {}
    loads = 0
    for model, again in zip(wanted, following, strict=True):
        if model not in held:
            loads += 1
            if len(held) == room:
                del held[max(held, key=held.__getitem__)]
        held[model] = again
    return loads


def _following(wanted: Sequence[int]) -> list[int]:
    """For each request, the place of the next one for the same model."""
    later: dict[int, int] = {}
    places = []
    for place in range(len(wanted) - 1, -1, -1):
        places.append(later.get(wanted[place], len(wanted)))
        later[wanted[place]] = place
    return places[::-1]
