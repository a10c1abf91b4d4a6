"""How AWS's notebooks for Llama 2 read a response stream: lines put together from its parts.

The parts of a stream may be cut anywhere, also within a character. What TGI sends are lines
`data:{"token":{"text":…}…}` with blank lines between, what LMI sends are lines `{"outputs":[…]}`.
"""

import io
import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from mypy_boto3_sagemaker_runtime.type_defs import ResponseStreamTypeDef


class Token(TypedDict):
    """A piece of text, and whether it is a mark and no text."""

    id: int
    text: str
    logprob: float
    special: bool


class Message(TypedDict):
    """A token, and with the last one the whole text."""

    token: Token
    generated_text: str | None


class LineIterator:
    """The lines of a stream of PayloadPart events."""

    def __init__(self, stream: "Iterable[ResponseStreamTypeDef]") -> None:
        self._events = iter(stream)
        self._buffer = io.BytesIO()
        self._position = 0

    def __iter__(self) -> "LineIterator":
        return self

    def __next__(self) -> bytes:
        line = self._line()
        while line is None:
            try:
                event = next(self._events)
            except StopIteration:
                # Here the notebooks' loop would never end.
                assert self._position == self._buffer.getbuffer().nbytes, "the last line is cut"
                raise
            self._buffer.seek(0, io.SEEK_END)
            self._buffer.write(event["PayloadPart"]["Bytes"])
            line = self._line()
        return line

    def _line(self) -> bytes | None:
        self._buffer.seek(self._position)
        line = self._buffer.readline()
        if not line.endswith(b"\n"):
            return None
        self._position += len(line)
        return line[:-1]


def tgi_tokens(stream: "Iterable[ResponseStreamTypeDef]") -> Iterator[Message]:
    """The messages of a stream as text-generation-inference sends it."""
    for line in LineIterator(stream):
        if line != b"" and b"{" in line:
            yield json.loads(line[line.find(b"{") :].decode("utf-8"))


def lmi_outputs(stream: "Iterable[ResponseStreamTypeDef]") -> Iterator[str]:
    """The pieces of text of a stream as the large-model-inference container sends it."""
    for line in LineIterator(stream):
        yield json.loads(line)["outputs"][0]
