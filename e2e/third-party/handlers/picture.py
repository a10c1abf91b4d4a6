"""A TorchServe handler of the shape of AWS's stateful LLaVA example.

Every request says what it is in its body, and one that closes names its session there, too. The
answer that opens one tells when it ends, in local time.
"""

import datetime
import json
from typing import TYPE_CHECKING, Any

from ts.torch_handler.base_handler import BaseHandler

if TYPE_CHECKING:
    from ts.context import Context


class Picture(BaseHandler):
    def initialize(self, context: "Context") -> None:
        self.context = context
        context.cache = {}
        minutes = context.model_yaml_config["handler"]["sessionExpiryInMinutes"]
        self.life = datetime.timedelta(minutes=minutes)
        self.initialized = True

    def preprocess(self, data: list[Any]) -> list[str]:
        return [self._serve(index, row) for index, row in enumerate(data)]

    def _serve(self, index: int, row: dict[str, Any]) -> str:
        context = self.context
        sequence = context.get_sequence_id(index)
        context.set_response_header(index, context.header_key_sequence_id, sequence)
        body = row.get("data") or row["body"]
        request = body if isinstance(body, dict) else json.loads(body)
        kind = request["type"]
        if kind == "start_session":
            return self._start(index, sequence, request["path"])
        if kind == "open_sessions":
            return json.dumps({"open": sorted(context.cache)})
        if kind == "close_session":
            return self._close(index, sequence, request["session_id"])
        return json.dumps({"answer": f"{request['text']} {context.cache[sequence]}"})

    def _start(self, index: int, sequence: str, path: str) -> str:
        context = self.context
        context.cache[sequence] = path
        ends = (datetime.datetime.now() + self.life).strftime("%Y-%m-%dT%H:%M:%SZ")
        context.set_response_header(index, context.header_key_sequence_id, f"{sequence}; Expires={ends}")
        return json.dumps({"session_id": sequence})

    def _close(self, index: int, sequence: str, named: str) -> str:
        context = self.context
        if named != sequence:
            raise RuntimeError(f"the body closes {named}")
        del context.cache[sequence]
        context.set_response_header(index, context.header_key_sequence_end, sequence)
        return json.dumps({"success": True})

    def inference(self, data: list[str], *args: object, **kwargs: object) -> list[str]:
        return data

    def postprocess(self, data: list[str]) -> list[str]:
        self.context.stopping_criteria = [lambda result: None for _ in data]
        return data
