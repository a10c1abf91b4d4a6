"""A TorchServe handler that adds up what each sequence was sent.

Of the shape of pytorch/serve's stateful examples (sequence_continuous_batching): TorchServe makes
the id of a sequence and marks its first request; the handler echoes the id, and names it once more
in the header that ends it.
"""

from typing import TYPE_CHECKING, Any

from ts.torch_handler.base_handler import BaseHandler

if TYPE_CHECKING:
    from ts.context import Context


class Sequence(BaseHandler):
    """0 ends the sequence; every other number is added to its sum."""

    def initialize(self, context: "Context") -> None:
        self.context = context
        context.cache = {}
        self.initialized = True

    def preprocess(self, data: list[Any]) -> list[str]:
        return [self._add(index, row) for index, row in enumerate(data)]

    def _add(self, index: int, row: dict[str, Any]) -> str:
        context = self.context
        sequence = context.get_sequence_id(index)
        context.set_response_header(index, context.header_key_sequence_id, sequence)
        if context.get_request_header(index, context.header_key_sequence_start):
            context.cache[sequence] = 0
        number = int(row.get("data") or row["body"])
        if sequence not in context.cache:
            raise RuntimeError(f"unknown sequence: {sequence}")
        context.cache[sequence] += number
        total = context.cache[sequence]
        if number == 0:
            context.set_response_header(index, context.header_key_sequence_end, sequence)
            del context.cache[sequence]
        return str(total)

    def inference(self, data: list[str], *args: object, **kwargs: object) -> list[str]:
        return data

    def postprocess(self, data: list[str]) -> list[str]:
        # With continuous batching a request ends when its criterion says None: nothing streams here.
        self.context.stopping_criteria = [lambda result: None for _ in data]
        return data
