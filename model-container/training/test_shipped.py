"""Tests of the shipped model folder as it lies in the repository."""

import json
from pathlib import Path
from typing import List

import pytest
from evaluate import Chat
from examples import Example

FOLDER = Path(__file__).parent.parent / "models" / "facts"
EXAMPLES: List[Example] = json.loads((FOLDER / "examples.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def chat() -> Chat:
    return Chat(FOLDER)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["answer"])
def test_example_is_answered(chat: Chat, example: Example) -> None:
    chat.restart()
    chat.say(example["context"])
    assert chat.say(example["question"]) == example["answer"]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["question"])
def test_fresh_session_does_not_know(chat: Chat, example: Example) -> None:
    chat.restart()
    reply = chat.say(example["question"])
    assert reply.endswith(" I do not know."), reply


def test_model_file_is_small() -> None:
    assert (FOLDER / "model.pt").stat().st_size <= 8 * 1024 * 1024
