"""Trains the bundled model on synthetic conversations, on one CPU thread.

Every step is a batch of conversations (data.py) or, less often, of drills: made-up entries of
random words, told once and repeated in another order. Drills have no language to learn; they keep
looking up and copying sharp. Lengths grow over three stages. Matrices are trained by Muon, all else
by AdamW; the circuit that init.py set is held for the first steps, until what reads it has adapted.
"""

import argparse
import math
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Iterator, List, Tuple

import data
import torch
import torch.nn.functional as F
from init import set_induction_circuit
from model import LanguageModel, ModelConfig
from tokenizer import ASSISTANT, BEGIN, END, PAD, USER, Tokenizer
from torch import Tensor

FACT_COUNTS = ((1, 2, 3, 4), (2, 3, 4, 6, 8), (1, 2, 3, 4, 8, 8, 12, 18))
FILLER_COUNTS = ((0, 0, 0, 2), (0, 0, 4, 10), (0, 0, 5, 10, 20, 40))
LENGTH_LIMITS = (256, 512, 1280)
STAGE_STARTS = (0.0, 0.2, 0.5)
AVERAGED_FROM = 0.8


@dataclass
class Example:
    """One sequence: token ids, which of them are learned, and where turns end."""

    ids: List[int]
    learned: List[bool]
    turn_ends: List[int]


@dataclass
class Batch:
    """Examples padded to one length."""

    ids: Tensor
    learned: Tensor
    positions: Tensor


def encode(conversation: data.Conversation, tokenizer: Tokenizer) -> Example:
    example = Example([BEGIN], [False], [])
    for user, reply in conversation.turns:
        asked = [USER, *tokenizer.encode(user), ASSISTANT]
        answered = [*tokenizer.encode(reply), END]
        example.ids += asked + answered
        example.learned += [False] * len(asked) + [True] * len(answered)
        example.turn_ends.append(len(example.ids))
    return example


class Examples:
    """Draws conversations and drills."""

    def __init__(self, tokenizer: Tokenizer, rng: random.Random) -> None:
        self.tokenizer = tokenizer
        self.rng = rng
        ids = tokenizer.ids
        self.words = [token for word, token in ids.items() if len(word) > 2]
        self.pieces = [token for word, token in ids.items() if len(word) == 2 and word.islower()]
        self.capitals = [ids[" " + letter.upper()] for letter in data.LETTERS]
        self.digits = [ids[digit] for digit in "0123456789"]
        self.full_stop = ids["."]

    def conversation(self, stage: int) -> Example:
        rng = self.rng
        if stage and rng.random() < 0.25:
            stage = rng.randrange(stage)
        facts = rng.choice(FACT_COUNTS[stage])
        filler = rng.choice(FILLER_COUNTS[stage])
        questions = facts + rng.randint(3, 8)
        return encode(data.training_conversation(rng, facts, questions, filler), self.tokenizer)

    def drill(self, stage: int) -> Example:
        """key words, value, full stop: some entries, then some again, whose values are learned.

        Entries share their words, so that only all words of a key together tell which one it is.
        """
        rng = self.rng
        subjects = [rng.choices(self.words, k=rng.randint(1, 2)) for _ in range(rng.randint(2, 6))]
        relations = [rng.choices(self.words, k=rng.randint(1, 3)) for _ in range(rng.randint(1, 4))]
        keys = [tuple(s + r) for s in subjects for r in relations]
        keys = rng.sample(keys, min(len(keys), rng.randint(2, 8 * (stage + 1))))
        entries = [(list(key), self.drill_value()) for key in keys]
        example = Example([BEGIN], [False], [])
        for key, value in entries:
            example.ids += [*key, *value, self.full_stop]
            example.learned += [False] * (len(key) + len(value) + 1)
            example.turn_ends.append(len(example.ids))
        for key, value in rng.choices(entries, k=len(entries) + 4):
            example.ids += [*key, *value, self.full_stop]
            example.learned += [False] * len(key) + [True] * (len(value) + 1)
        return example

    def drill_value(self) -> List[int]:
        dice = self.rng.random()
        if dice < 0.6:
            return [
                self.rng.choice(self.capitals),
                *self.rng.choices(self.pieces, k=self.rng.randint(1, 4)),
            ]
        if dice < 0.75:
            return self.rng.choices(self.digits, k=4)
        return [self.rng.choice(self.words)]

    def batches(self, stage: int, tokens: int, drill: bool) -> List[Batch]:
        """Some batches of about `tokens` tokens each, of examples of like length."""
        draw = self.drill if drill else self.conversation
        pool: List[Example] = []
        total = 0
        while total < 6 * tokens:
            example = draw(stage)
            if len(example.ids) <= LENGTH_LIMITS[stage]:
                pool.append(example)
                total += len(example.ids)
        pool.sort(key=lambda example: len(example.ids))
        batches: List[Batch] = []
        group: List[Example] = []
        for example in pool:
            if group and len(example.ids) * (len(group) + 1) > tokens:
                batches.append(self.collate(group, stage))
                group = []
            group.append(example)
        return batches  # the last, unfilled group is left out

    def collate(self, examples: List[Example], stage: int) -> Batch:
        length = max(len(example.ids) for example in examples)
        ids = torch.full((len(examples), length), PAD)
        learned = torch.zeros(len(examples), length, dtype=torch.bool)
        positions = torch.arange(length).repeat(len(examples), 1)
        for row, example in enumerate(examples):
            ids[row, : len(example.ids)] = torch.tensor(example.ids)
            learned[row, : len(example.ids)] = torch.tensor(example.learned)
            if stage > 0 and self.rng.random() < 0.5:
                self.jump(positions[row], example.turn_ends)
        return Batch(ids, learned, positions)

    def jump(self, positions: Tensor, turn_ends: List[int]) -> None:
        """Shifts positions at ends of turns, as if much text stood between them."""
        for _ in range(self.rng.randint(1, 3)):
            distance = math.exp(self.rng.uniform(math.log(10), math.log(8000)))
            positions[self.rng.choice(turn_ends) :] += int(distance)


class Muon(torch.optim.Optimizer):
    """Momentum whose update is made orthogonal, in float32: CPUs are slow in bfloat16."""

    def __init__(self, groups: List[Dict[str, object]]) -> None:
        super().__init__(groups, {"lr": 0.01, "momentum": 0.95, "decay": 0.03})

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            if group["lr"] == 0:
                continue
            by_shape: Dict[torch.Size, List[Tuple[Tensor, Tensor]]] = {}
            for weight in group["params"]:
                state = self.state[weight]
                if not state:
                    state["mean"] = torch.zeros_like(weight)
                state["mean"].lerp_(weight.grad, 1 - group["momentum"])
                update = weight.grad.lerp(state["mean"], group["momentum"])
                by_shape.setdefault(weight.shape, []).append((weight, update))
            for shape, pairs in by_shape.items():
                updates = orthogonal(torch.stack([update for _, update in pairs]))
                scale = group["lr"] * max(1.0, shape[0] / shape[1]) ** 0.5
                for (weight, _), update in zip(pairs, updates, strict=True):
                    weight.mul_(1 - group["lr"] * group["decay"]).add_(update, alpha=-scale)


def orthogonal(matrices: Tensor) -> Tensor:
    """The nearest semi-orthogonal matrices, about, by five Newton-Schulz steps."""
    tall = matrices.size(1) > matrices.size(2)
    x = matrices.mT if tall else matrices
    x = x / (x.flatten(1).norm(dim=1)[:, None, None] + 1e-7)
    for _ in range(5):
        square = x @ x.mT
        x = 3.4445 * x + (-4.7750 * square + 2.0315 * square @ square) @ x
    return x.mT if tall else x


class Average:
    """A moving average of the weights over the last steps."""

    def __init__(self) -> None:
        self.weights: Dict[str, Tensor] = {}

    def add(self, weights: Dict[str, Tensor]) -> None:
        for name, value in weights.items():
            if name in self.weights:
                self.weights[name].lerp_(value, 0.02)
            else:
                self.weights[name] = value.clone()


class Options(argparse.Namespace):
    """The command line's; `main` says what they mean."""

    checkpoint: Path
    steps: int
    seed: int
    batch_tokens: int
    matrix_lr: float
    circuit_lr: float
    other_lr: float
    warm_up: int
    hold: float
    drill_share: float
    threads: int


class Trainer:
    """Holds the model, its optimizers and the schedule."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.rng = random.Random(options.seed)
        torch.manual_seed(options.seed)
        self.tokenizer = Tokenizer(data.word_list())
        self.config = ModelConfig(self.tokenizer.vocab_size)
        self.model = LanguageModel(self.config)
        set_induction_circuit(self.model)
        self.examples = Examples(self.tokenizer, self.rng)
        self.optimizers = self.make_optimizers()
        self.stage = 0

    def make_optimizers(self) -> List[torch.optim.Optimizer]:
        circuit: List[Tensor] = []
        matrices: List[Tensor] = []
        others: List[Tensor] = []
        for name, weight in self.model.named_parameters():
            in_circuit = name.startswith(("blocks.0.", "blocks.1.")) and (
                "qkv" in name or "attention_out" in name
            )
            if weight.ndim == 2 and name.startswith("blocks."):
                (circuit if in_circuit else matrices).append(weight)
            else:
                others.append(weight)
        muon = Muon(
            [
                {"params": matrices, "base": self.options.matrix_lr, "held": False},
                {"params": circuit, "base": self.options.circuit_lr, "held": True},
            ]
        )
        adam = torch.optim.AdamW(
            [{"params": others, "base": self.options.other_lr, "held": False}],
            betas=(0.9, 0.95),
            weight_decay=0.0,
        )
        return [muon, adam]

    def set_learning_rates(self, step: int) -> None:
        """Warms up, stays, then falls in a straight line to zero."""
        done = step / self.options.steps
        fall = min(1.0, (1 - done) / 0.65)
        held_until = self.options.hold * self.options.steps
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                since = step - held_until if group["held"] else step
                warm = min(1.0, max(0.0, since + 1) / self.options.warm_up)
                group["lr"] = group["base"] * fall * warm

    def stream(self, drill: bool) -> Iterator[Batch]:
        while True:
            batches = self.examples.batches(self.stage, self.options.batch_tokens, drill)
            self.rng.shuffle(batches)
            yield from batches

    def run(self) -> None:
        steps = self.options.steps
        conversations, drills = self.stream(False), self.stream(True)
        losses: Dict[bool, List[float]] = {False: [], True: []}
        average = Average()
        began, seen = time.monotonic(), 0
        for step in range(steps):
            done = step / steps
            self.stage = sum(done >= start for start in STAGE_STARTS) - 1
            self.set_learning_rates(step)
            drill = self.rng.random() < max(0.08, self.options.drill_share * (1 - done))
            batch = next(drills if drill else conversations)
            losses[drill].append(self.learn(batch))
            seen += batch.ids.numel()
            if (step + 1) / steps > AVERAGED_FROM:
                average.add(self.model.state_dict())
            if (step + 1) % 25 == 0:
                self.report(step + 1, losses, seen, time.monotonic() - began)
        self.save(average.weights)

    def report(self, step: int, losses: Dict[bool, List[float]], seen: int, spent: float) -> None:
        print(
            f"step {step} stage {self.stage} conversations {mean(losses[False])} "
            f"drills {mean(losses[True])} {seen / 1e6:.2f} M tokens {spent:.0f} s "
            f"{seen / spent:.0f} tokens/s",
            flush=True,
        )

    def learn(self, batch: Batch) -> float:
        hidden = self.model(batch.ids, batch.positions)
        wanted = batch.learned[:, 1:]
        logits = self.model.logits(hidden[:, :-1][wanted])
        loss = F.cross_entropy(logits, batch.ids[:, 1:][wanted])
        self.model.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
        value: float = loss.item()
        return value

    def save(self, weights: Dict[str, Tensor]) -> None:
        self.options.checkpoint.parent.mkdir(parents=True, exist_ok=True)
        torch.save(
            {
                "config": self.config.to_dict(),
                "words": self.tokenizer.words,
                "weights": weights,
                "options": {name: str(value) for name, value in vars(self.options).items()},
            },
            self.options.checkpoint,
        )


def mean(losses: List[float]) -> str:
    recent = losses[-20:]
    return f"{sum(recent) / len(recent):.4f}" if recent else "-"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path, help="where the trained weights go")
    parser.add_argument("--steps", type=int, default=1700)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--batch-tokens", type=int, default=6144)
    parser.add_argument("--matrix-lr", type=float, default=0.008)
    parser.add_argument("--circuit-lr", type=float, default=0.002)
    parser.add_argument("--other-lr", type=float, default=0.002)
    parser.add_argument("--warm-up", type=int, default=60, help="steps")
    parser.add_argument("--hold", type=float, default=0.33, help="share of steps, for the circuit")
    parser.add_argument("--drill-share", type=float, default=0.35, help="at the start")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args(namespace=Options())
    torch.set_num_threads(options.threads)
    Trainer(options).run()


if __name__ == "__main__":
    main()
