"""Tests of the language: what is held out stays held out, and answers fit what was told."""

import random
import re
from typing import Iterator

import data
import pytest


def training_texts(count: int) -> Iterator[str]:
    rng = random.Random(1)
    for _ in range(count):
        conversation = data.training_conversation(rng, rng.randint(1, 8), 8, 4)
        for user, reply in conversation.turns:
            yield user
            yield reply


def test_training_never_shows_held_out_names_or_codes() -> None:
    words, codes = set(), set()
    for text in training_texts(2000):
        words.update(re.findall("[A-Za-z]+", text))
        codes.update(re.findall("[0-9]{4}", text))
    assert len(words) > 1000 and len(codes) > 500, "enough was drawn to tell"
    assert not words & set(data.HELD_OUT_NAMES)
    assert not [code for code in codes if data.is_held_out_code(code)]


def test_held_out_names_are_spelled_and_not_words() -> None:
    words = {word.strip() for word in data.word_list()}
    assert not words & set(data.HELD_OUT_NAMES)
    assert not set(data.TRAINING_NAMES) & set(data.HELD_OUT_NAMES)


@pytest.mark.parametrize("at_once", [True, False])
def test_evaluation_asks_every_fact_once_and_the_unknown(at_once: bool) -> None:
    rng = random.Random(2)
    for _ in range(200):
        conversation = data.evaluation_conversation(rng, 8, 10, 2, at_once)
        told_turns = 1 if at_once else 8
        told = " ".join(user for user, _ in conversation.turns[:told_turns])
        probes = conversation.probes
        assert [probe.turn for probe in probes] == list(range(told_turns, told_turns + 10))
        assert sum(not probe.known for probe in probes) == 2
        answers = [conversation.turns[probe.turn][1] for probe in probes]
        assert len(set(answers)) == 10, "no two questions are about one thing"
        for probe, answer in zip(probes, answers, strict=True):
            assert answer.endswith(f" {probe.value}.")
            assert not probe.known or f" {probe.value}." in told


def test_an_unknown_thing_was_never_told() -> None:
    rng = random.Random(3)
    values = data.Values(rng, held_out=False)
    for _ in range(300):
        facts = data.draw_facts(rng, values, 6)
        assert data.draw_unknown(rng, values, facts).key not in {fact.key for fact in facts}


def test_every_sentence_is_filled_and_begins_with_a_capital() -> None:
    for text in training_texts(1000):
        assert not re.search(r"[{}]|  |\?\?|\.\.| $", text), text
        assert text[0].isupper(), text
