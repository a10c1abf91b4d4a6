"""Writes a trained checkpoint as a model folder: model.pt, words.txt and model.json."""

import argparse
import json
import warnings
from pathlib import Path
from typing import Dict, Tuple

import torch
from model import LanguageModel, ModelConfig, RaggedServer
from tokenizer import ASSISTANT, BEGIN, END, USER, Tokenizer

CONTEXT_LENGTH = 16384


def load_checkpoint(path: Path) -> Tuple[LanguageModel, Tokenizer]:
    """Reads what train.py wrote."""
    checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    model = LanguageModel(ModelConfig(**checkpoint["config"]))
    model.load_state_dict(checkpoint["weights"])
    return model.eval(), Tokenizer(checkpoint["words"])


def description(model: LanguageModel, tokenizer: Tokenizer) -> Dict[str, object]:
    """The contents of model.json."""
    return {
        "format": "session-router/causal-lm/1",
        "signature": "ragged-kv",
        "layers": model.layers,
        "kv_heads": model.heads,
        "head_dim": model.head_dim,
        "dtype": str(model.embedding.weight.dtype).removeprefix("torch."),
        "vocab_size": model.embedding.num_embeddings,
        "context_length": CONTEXT_LENGTH,
        "tokenizer": {"type": "pieces", "file": "words.txt"},
        "special_tokens": list(tokenizer.special_tokens),
        "chat": {"begin": [BEGIN], "user": [USER], "assistant": [ASSISTANT], "end": [END]},
    }


def export(model: LanguageModel, tokenizer: Tokenizer, folder: Path) -> None:
    """Writes the model folder."""
    folder.mkdir(parents=True, exist_ok=True)
    server = RaggedServer(model).eval().requires_grad_(False)
    with warnings.catch_warnings():
        # TorchScript is what DJL's engine loads, so its deprecation in newer torch does not matter.
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.jit.script(server).save(str(folder / "model.pt"))
    tokenizer.write(folder / "words.txt")
    text = json.dumps(description(model, tokenizer), indent=2)
    (folder / "model.json").write_text(text + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path, help="the file that train.py wrote")
    parser.add_argument("folder", type=Path, help="where the model folder goes")
    arguments = parser.parse_args()
    export(*load_checkpoint(arguments.checkpoint), arguments.folder)


if __name__ == "__main__":
    main()
