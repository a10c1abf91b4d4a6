"""Exports a Hugging Face causal language model as a model folder of the functional form.

    forward(ids [1, T], past [layers, 2, kv_heads, P, head_dim])
        -> (logits [1, vocabulary] of the last token,
            keys and values [layers, 2, kv_heads, P + T, head_dim])

P may be 0. The model is traced, and the trace is then held against the model itself, with other
lengths than it was traced with; if they differ, nothing is written.
"""

import argparse
import json
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Optional, Tuple

import torch
from torch import Tensor, nn
from transformers import AutoModelForCausalLM, AutoTokenizer, DynamicCache

DTYPES = {"float32": torch.float32, "float16": torch.float16}
TOLERANCE = {torch.float32: 1e-3, torch.float16: 5e-2}


class ExportError(Exception):
    """The model cannot be served by the container; the message says why."""


class FunctionalForm(nn.Module):
    """A Hugging Face model behind the functional signature, in operations that can be traced."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: Tensor, past: Tensor) -> Tuple[Tensor, Tensor]:
        old, new = past.size(3), ids.size(1)
        key_positions = torch.arange(old + new, device=ids.device)
        positions = key_positions[old:]
        # Given in full, so that nothing in the model decides by a length that the trace would fix.
        mask = (key_positions.unsqueeze(0) <= positions.unsqueeze(1)).unsqueeze(0).unsqueeze(0)
        lowest = torch.finfo(past.dtype).min
        additive_mask = torch.zeros_like(mask, dtype=past.dtype).masked_fill(~mask, lowest)
        cache = DynamicCache([(layer[0:1], layer[1:2]) for layer in past.unbind(0)])
        result = self.model(
            input_ids=ids,
            attention_mask=additive_mask,
            position_ids=positions.unsqueeze(0),
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
        )
        grown = [torch.cat((layer.keys, layer.values)) for layer in cache.layers]
        return result.logits[:, -1], torch.stack(grown)


@dataclass(frozen=True)
class CacheShape:
    """The constant part of the cache's shape."""

    layers: int
    kv_heads: int
    head_dim: int

    def empty(self, dtype: torch.dtype) -> Tensor:
        return torch.zeros(self.layers, 2, self.kv_heads, 0, self.head_dim, dtype=dtype)


def cache_shape(model: nn.Module) -> CacheShape:
    """Finds the shape by running the model once; refuses caches that are not one per layer."""
    with torch.no_grad():
        result = model(torch.zeros(1, 2, dtype=torch.long), use_cache=True)
    layers = result.past_key_values.layers
    if any(type(layer).__name__ != "DynamicLayer" for layer in layers):
        kinds = sorted({type(layer).__name__ for layer in layers})
        raise ExportError(f"cache layers {', '.join(kinds)} (expected full attention only)")
    shapes = {tuple(part.shape) for layer in layers for part in (layer.keys, layer.values)}
    if len(shapes) != 1:
        raise ExportError(f"{len(shapes)} shapes of cache (expected one for all layers)")
    _, kv_heads, _, head_dim = shapes.pop()
    return CacheShape(len(layers), kv_heads, head_dim)


def load_model(source: str, dtype: Optional[str]) -> nn.Module:
    """Loads the model in `dtype`, or as it was saved."""
    wanted = DTYPES[dtype] if dtype else "auto"
    model = AutoModelForCausalLM.from_pretrained(source, dtype=wanted, attn_implementation="sdpa")
    if model.dtype not in DTYPES.values():
        raise ExportError(
            f"the model is in {str(model.dtype).removeprefix('torch.')}, which the container's "
            "engine cannot run (expected --dtype float16 or --dtype float32)"
        )
    return model.eval().requires_grad_(False)


def trace(model: nn.Module, shape: CacheShape) -> torch.jit.ScriptModule:
    form = FunctionalForm(model).eval()
    past = torch.zeros(shape.layers, 2, shape.kv_heads, 5, shape.head_dim, dtype=model.dtype)
    with warnings.catch_warnings(), torch.no_grad():
        # What the tracer warns of, lengths that became constants, is what `check` looks for.
        warnings.simplefilter("ignore")
        return torch.jit.trace(form, (torch.tensor([[1, 2, 3]]), past), check_trace=False)


def check(model: nn.Module, traced: torch.jit.ScriptModule, shape: CacheShape) -> None:
    """Compares chunks over the cache with the model's own pass over the whole text."""
    generator = torch.Generator().manual_seed(1)
    length = min(40, context_length(model))
    ids = torch.randint(model.config.vocab_size, (1, length), generator=generator)
    with torch.no_grad():
        whole = model(ids, use_cache=False).logits[0]
        past = shape.empty(model.dtype)
        for end in (1, 2, 11, 12, length):
            logits, past = traced(ids[:, past.size(3) : end], past)
            expected = whole[end - 1]
            allowed = TOLERANCE[model.dtype] * max(1.0, expected.abs().max().item())
            worst = (logits[0] - expected).abs().max().item()
            if not worst <= allowed:
                raise ExportError(
                    f"after {end} tokens the traced model differs by {worst:.3g} "
                    f"(expected <= {allowed:.3g}): this architecture cannot be traced"
                )


def context_length(model: nn.Module) -> int:
    length = getattr(model.config, "max_position_embeddings", None)
    if not length:
        raise ExportError("max_position_embeddings is missing in the model's configuration")
    return int(length)


def token_ids(tokenizer: AutoTokenizer, text: Optional[str]) -> List[int]:
    return tokenizer.encode(text, add_special_tokens=False) if text else []


def chat_tokens(
    tokenizer: AutoTokenizer, user: Optional[str], assistant: Optional[str], end: Optional[str]
) -> Dict[str, List[int]]:
    """The tokens around the turns of a conversation."""
    with_special = tokenizer.encode("a")
    bos = tokenizer.bos_token_id
    end_ids = token_ids(tokenizer, end or tokenizer.eos_token)
    if len(end_ids) != 1:
        raise ExportError(f"the end of a reply is {len(end_ids)} tokens (expected 1: --end)")
    return {
        "begin": [bos] if bos is not None and with_special[:1] == [bos] else [],
        "user": token_ids(tokenizer, user),
        "assistant": token_ids(tokenizer, assistant),
        "end": end_ids,
    }


def write_tokenizer(tokenizer: AutoTokenizer, folder: Path) -> None:
    """Writes tokenizer.json alone, of all the files that the library saves."""
    if not tokenizer.is_fast:
        raise ExportError("the tokenizer has no tokenizer.json form (expected a fast tokenizer)")
    with tempfile.TemporaryDirectory() as scratch:
        tokenizer.save_pretrained(scratch)
        text = (Path(scratch) / "tokenizer.json").read_text(encoding="utf-8")
    (folder / "tokenizer.json").write_text(text, encoding="utf-8")


def export(
    source: str,
    folder: Path,
    dtype: Optional[str] = None,
    user: Optional[str] = None,
    assistant: Optional[str] = None,
    end: Optional[str] = None,
) -> None:
    """Writes the model folder."""
    model = load_model(source, dtype)
    tokenizer = AutoTokenizer.from_pretrained(source)
    shape = cache_shape(model)
    traced = trace(model, shape)
    check(model, traced, shape)
    description = {
        "format": "session-router/causal-lm/1",
        "signature": "functional-kv",
        "layers": shape.layers,
        "kv_heads": shape.kv_heads,
        "head_dim": shape.head_dim,
        "dtype": str(model.dtype).removeprefix("torch."),
        "vocab_size": model.config.vocab_size,
        "context_length": context_length(model),
        "tokenizer": {"type": "huggingface", "file": "tokenizer.json"},
        "chat": chat_tokens(tokenizer, user, assistant, end),
    }
    folder.mkdir(parents=True, exist_ok=True)
    traced.save(str(folder / "model.pt"))
    write_tokenizer(tokenizer, folder)
    text = json.dumps(description, indent=2) + "\n"
    (folder / "model.json").write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", help="a model's folder or its name on the hub")
    parser.add_argument("folder", type=Path, help="where the model folder goes")
    parser.add_argument("--dtype", choices=sorted(DTYPES), help="default: as the model was saved")
    parser.add_argument("--user", help="text of the tokens before a user's turn, if any")
    parser.add_argument("--assistant", help="text of the tokens before a reply, if any")
    parser.add_argument("--end", help="the token that ends a reply; default: the model's own")
    options = parser.parse_args()
    try:
        export(
            options.model,
            options.folder,
            options.dtype,
            options.user,
            options.assistant,
            options.end,
        )
    except ExportError as error:
        raise SystemExit(f"{options.model}: {error}") from error


if __name__ == "__main__":
    main()
