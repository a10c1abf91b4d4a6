"""Text of a wanted length in the model's own tokens."""

from collections.abc import Callable

_SENTENCES = [
    "My cat is called Zebulon.",
    "Anna lives in Dublin.",
    "The train leaves on Friday.",
    "Ben has a green bicycle.",
    "My sister works in Boston.",
    "The key is under the stone.",
    "Clara bought a red lamp in Berlin.",
    "It was a quiet day in the town.",
]
CLOSE_ENOUGH = 16


def text(sentences: int) -> str:
    """So many sentences of filler."""
    whole, rest = divmod(sentences, len(_SENTENCES))
    return " ".join(_SENTENCES * whole + _SENTENCES[:rest])


def of_tokens(wanted: int, count: Callable[[str], int]) -> tuple[str, int]:
    """A text of the wanted number of tokens or a few less, by a function that counts them.

    Returns the text and its real count.
    """
    # Small at first: marks around the text make the rate too high, so every guess stays below.
    sentences = len(_SENTENCES)
    best: tuple[str, int] | None = None
    for _ in range(12):
        found = count(text(sentences))
        if found <= wanted and (best is None or found > best[1]):
            best = text(sentences), found
        if best and wanted - best[1] <= CLOSE_ENOUGH:
            return best
        sentences = _next(sentences, found, wanted)
    if best is None:
        raise ValueError(f"no text of at most {wanted} tokens found")
    return best


def _next(sentences: int, found: int, wanted: int) -> int:
    """The next guess: by the tokens that a sentence has taken so far, always another one."""
    guess = max(1, int(sentences * wanted / found))
    return guess if guess != sentences else sentences + (1 if found < wanted else -1)
