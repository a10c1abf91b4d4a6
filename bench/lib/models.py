"""The model that the container brings along, and a form of it whose replies are as long as asked."""

import json
import os
import pathlib
import shutil
from typing import TypedDict

from .errors import BenchError


class Chat(TypedDict):
    """The ids of the marks around a conversation."""

    begin: list[int]
    end: list[int]


class Manifest(TypedDict):
    """What is used here of a model.json."""

    context_length: int
    chat: Chat


def bundled(container_jar: pathlib.Path) -> pathlib.Path:
    """The folder of the one model beside the container's jar."""
    manifests = sorted(container_jar.parent.glob("models/*/model.json"))
    if len(manifests) != 1:
        raise BenchError(
            f"no single models/*/model.json beside {container_jar}; build it:"
            " mvn -f model-container package -DskipTests"
        )
    return manifests[0].parent


def context_length(model: pathlib.Path) -> int:
    """How many tokens a conversation may have."""
    return _manifest(model)["context_length"]


def endless(model: pathlib.Path, folder: pathlib.Path) -> pathlib.Path:
    """A copy of a model in a folder, that never ends its replies: its end mark is the padding."""
    manifest = _manifest(model)
    if 0 in manifest["chat"]["end"]:
        raise BenchError(f"{model}: id 0 ends its replies (expected: it is the padding)")
    manifest["chat"]["end"] = [0]
    copied = shutil.copytree(model, folder / "endless", copy_function=os.symlink)
    (copied / "model.json").unlink()
    (copied / "model.json").write_text(json.dumps(manifest))
    return copied


def _manifest(model: pathlib.Path) -> Manifest:
    manifest: Manifest = json.loads((model / "model.json").read_text())
    return manifest
