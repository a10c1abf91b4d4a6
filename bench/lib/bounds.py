"""What one instance with all the room could do with the same requests, one after the other."""

import collections


def popular(wanted, room):
    """The share of the requests that ask for the most popular models, as many as have room."""
    counts = collections.Counter(wanted)
    return sum(count for _, count in counts.most_common(room)) / len(wanted)


def least_recently_used(wanted, room):
    """Loads, if the model that was not used for the longest time gives way."""
    held, loads = collections.OrderedDict(), 0
    for model in wanted:
        if model not in held:
            loads += 1
            if len(held) == room:
                held.popitem(last=False)
        held[model] = True
        held.move_to_end(model)
    return loads


def fewest(wanted, room):
    """Loads that no placement can do with less: the model gives way that is not needed longest."""
    following = _following(wanted)
    held, loads = {}, 0
    for model, again in zip(wanted, following, strict=True):
        if model not in held:
            loads += 1
            if len(held) == room:
                del held[max(held, key=held.get)]
        held[model] = again
    return loads


def _following(wanted):
    """For each request, the place of the next one for the same model."""
    later, places = {}, []
    for place in range(len(wanted) - 1, -1, -1):
        places.append(later.get(wanted[place], len(wanted)))
        later[wanted[place]] = place
    return places[::-1]
