"""Writes example dialogs with held-out names that a model folder answers right, for other tests.

Conversations are drawn as in evaluate.py, one fact or unknown thing asked in each; those answered
wrong are passed over, so this file says what the model can do and not how often.
"""

import argparse
import json
import random
from pathlib import Path
from typing import List, TypedDict

import data
from evaluate import Chat

UNKNOWN_EXAMPLES = 4


class Example(TypedDict):
    """A context, a question about it, and the right answer; whether the context tells it."""

    context: str
    question: str
    answer: str
    known: bool


def draw(rng: random.Random, relation: data.Relation, known: bool) -> Example:
    """A context with a fact of the relation (or, to be unknown, without), and the question."""
    values = data.Values(rng, held_out=True)
    facts = data.draw_facts(rng, values, rng.randint(2, 4))
    asked = data.draw_fact(rng, values, relation)
    facts = [fact for fact in facts if fact.key != asked.key] + ([asked] if known else [])
    return {
        "context": data.as_text(rng, facts, filler=rng.randint(1, 4)),
        "question": asked.question(rng),
        "answer": asked.answer() if known else asked.unknown_answer(),
        "known": known,
    }


def is_answered(chat: Chat, example: Example) -> bool:
    chat.restart()
    chat.say(example["context"])
    return chat.say(example["question"]) == example["answer"]


def find(chat: Chat, rng: random.Random, relation: data.Relation, known: bool) -> Example:
    for _ in range(20):
        example = draw(rng, relation, known)
        if is_answered(chat, example):
            return example
    raise SystemExit(f"20 wrong answers in a row (expected a right one): {relation.answer}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the model folder")
    parser.add_argument("--seed", type=int, default=12)
    options = parser.parse_args()
    chat, rng = Chat(options.folder), random.Random(options.seed)
    examples: List[Example] = [find(chat, rng, relation, True) for relation in data.RELATIONS]
    for relation in rng.sample(data.RELATIONS, UNKNOWN_EXAMPLES):
        examples.append(find(chat, rng, relation, False))
    text = json.dumps(examples, indent=2) + "\n"
    (options.folder / "examples.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
