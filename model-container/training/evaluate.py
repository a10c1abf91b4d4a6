"""Measures an exported model folder on held-out conversations, the way the container serves it.

A conversation is held turn by turn over one cache with greedy decoding, and the model's own replies
stay in the cache. An answer is right only if it is the expected one to the letter. Every fact is
asked once, in mixed order with things that were never told. Half of the conversations tell all in
the first turn, half turn by turn; those with a fixed length of filler tell all in the first turn.
"""

import argparse
import json
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, Iterator, List, Tuple

import data
import torch
from tokenizer import Tokenizer

CHUNK = 512
LONGEST_REPLY = 40


class Chat:
    """One session of a served model."""

    def __init__(self, folder: Path) -> None:
        self.description = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        self.tokenizer = Tokenizer.read(
            folder / self.description["tokenizer"]["file"], self.description["special_tokens"]
        )
        self.server = torch.jit.load(str(folder / "model.pt"))
        self.tokens = self.description["chat"]
        shape = self.description
        self.cache = torch.zeros(
            shape["layers"], 2, shape["kv_heads"], shape["context_length"], shape["head_dim"]
        )
        self.restart()

    def restart(self) -> None:
        self.cached = 0

    @torch.no_grad()
    def feed(self, ids: List[int]) -> torch.Tensor:
        """Appends tokens, in chunks as the container does; returns the logits after the last."""
        logits = torch.empty(0)
        for start in range(0, len(ids), CHUNK):
            chunk = ids[start : start + CHUNK]
            lens, past = torch.tensor([len(chunk)]), torch.tensor([self.cached])
            logits = self.server(torch.tensor(chunk), lens, past, [self.cache])[0]
            self.cached += len(chunk)
        return logits

    def say(self, text: str) -> str:
        """One turn: returns the model's reply."""
        begin = [] if self.cached else self.tokens["begin"]
        prompt = [*begin, *self.tokens["user"], *self.tokenizer.encode(text)]
        logits = self.feed([*prompt, *self.tokens["assistant"]])
        reply: List[int] = []
        while len(reply) < LONGEST_REPLY:
            token = int(logits.argmax())
            if token in self.tokens["end"]:
                break
            reply.append(token)
            logits = self.feed([token])
        self.feed(self.tokens["end"])
        return self.tokenizer.decode(reply)


@dataclass(frozen=True)
class Scenario:
    """What is told in each conversation."""

    name: str
    facts: int
    filler_sentences: int = 0
    filler_tokens: int = 0
    unknown: int = 2
    conversations: int = 50


SCENARIOS = (
    Scenario("3 facts", 3, unknown=1, conversations=120),
    Scenario("8 facts, 10 filler sentences", 8, filler_sentences=10, conversations=50),
    Scenario("18 facts, 40 filler sentences", 18, filler_sentences=40, conversations=20),
    Scenario("8 facts in 1,000 tokens of filler", 8, filler_tokens=1000, conversations=40),
    Scenario("8 facts in 4,000 tokens of filler", 8, filler_tokens=4000, conversations=25),
    Scenario("8 facts in 5,000 tokens of filler", 8, filler_tokens=5000, conversations=25),
    Scenario("8 facts in 15,500 tokens of filler", 8, filler_tokens=15500, conversations=13),
)


@dataclass
class Score:
    """Counts of right answers of one scenario."""

    asked: Dict[str, int] = field(default_factory=dict)
    right: Dict[str, int] = field(default_factory=dict)
    mistakes: List[Tuple[str, str, str]] = field(default_factory=list)

    def count(self, kind: str, right: bool) -> None:
        self.asked[kind] = self.asked.get(kind, 0) + 1
        self.right[kind] = self.right.get(kind, 0) + right

    def __str__(self) -> str:
        return ", ".join(
            f"{kind} {self.right[kind]}/{asked} = {100 * self.right[kind] / asked:.1f} %"
            for kind, asked in sorted(self.asked.items())
        )


def conversations(scenario: Scenario, tokenizer: Tokenizer, seed: int) -> Iterator[data.Conversation]:
    rng = random.Random(seed)
    per_sentence = sum(len(tokenizer.encode(data.filler_sentence(rng) + " ")) for _ in range(1000)) / 1000
    filler = scenario.filler_sentences + round(scenario.filler_tokens / per_sentence)
    for number in range(scenario.conversations):
        at_once = scenario.filler_tokens > 0 or number % 2 == 0
        yield data.evaluation_conversation(rng, scenario.facts, filler, scenario.unknown, at_once)


def measure(chat: Chat, scenario: Scenario, seed: int) -> Score:
    score = Score()
    for conversation in conversations(scenario, chat.tokenizer, seed):
        chat.restart()
        probes = {probe.turn: probe for probe in conversation.probes}
        for turn, (user, expected) in enumerate(conversation.turns):
            reply = chat.say(user)
            if turn not in probes:
                continue
            probe = probes[turn]
            score.count("known" if probe.known else "unknown", reply == expected)
            if probe.named:
                score.count("known, a name", reply == expected)
            if reply != expected:
                score.mistakes.append((user, expected, reply))
    return score


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the model folder")
    parser.add_argument("--seed", type=int, default=99)
    parser.add_argument("--scenarios", type=int, default=len(SCENARIOS), help="only the first N")
    parser.add_argument("--mistakes", type=int, default=0, help="show up to N of each scenario")
    options = parser.parse_args()
    torch.set_num_threads(1)
    chat = Chat(options.folder)
    for scenario in SCENARIOS[: options.scenarios]:
        score = measure(chat, scenario, options.seed)
        print(f"{scenario.name}: {score}", flush=True)
        for user, expected, reply in score.mistakes[: options.mistakes]:
            print(f"  {user}  expected: {expected}  got: {reply}")


if __name__ == "__main__":
    main()
