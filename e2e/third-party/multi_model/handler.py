"""A model of MMS and of TorchServe that does what its specification says, and needs no library."""

import json
import os
import time
from typing import Any, Protocol

_name: str | None = None


class Context(Protocol):
    """What a server tells a handler."""

    system_properties: dict[str, Any]


def _load(folder: str) -> str:
    with open(os.path.join(folder, "spec.json"), encoding="utf-8") as file:
        spec = json.load(file)
    time.sleep(spec.get("seconds", 0))
    if spec.get("memory") and not os.path.exists(spec["memory"]):
        raise MemoryError("no room for the model")
    if spec.get("broken"):
        raise RuntimeError("the weights are broken")
    name: str = spec["name"]
    return name


def handle(data: list[dict[str, Any]] | None, context: Context) -> list[str] | None:
    global _name
    if _name is None:
        _name = _load(context.system_properties["model_dir"])
    if data is None:
        return None
    answers = []
    for row in data:
        body = row.get("body") or row.get("data")
        text = body.decode() if isinstance(body, (bytes, bytearray)) else str(body)
        answers.append(f"{_name}: {text}")
    return answers
