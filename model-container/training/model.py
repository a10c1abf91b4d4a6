"""The bundled language model and the module that serves it.

`LanguageModel` is a small decoder-only transformer: pre-norm blocks, rotary positions on a part of
each head, squared-ReLU MLPs, tied input and output embeddings. `RaggedServer` wraps it for export:
it runs a batch of sessions of different lengths in one call and appends to their caches in place.
"""

from dataclasses import asdict, dataclass
from typing import Dict, List, Tuple, Union

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class ModelConfig:
    """The shape of a `LanguageModel`."""

    vocab_size: int
    width: int = 192
    layers: int = 4
    heads: int = 6
    mlp_width: int = 256
    rotary_frequencies: int = 4
    rotary_base: float = 10000.0

    @property
    def head_dim(self) -> int:
        return self.width // self.heads

    def to_dict(self) -> Dict[str, Union[int, float]]:
        return asdict(self)


class Block(nn.Module):
    """One transformer layer: attention and MLP, each added to the residual stream."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.head_dim = config.head_dim
        self.attention_norm = nn.LayerNorm(config.width)
        self.mlp_norm = nn.LayerNorm(config.width)
        self.qkv = nn.Linear(config.width, 3 * config.width, bias=True)
        self.attention_out = nn.Linear(config.width, config.width, bias=False)
        self.mlp_up = nn.Linear(config.width, config.mlp_width, bias=False)
        self.mlp_down = nn.Linear(config.mlp_width, config.width, bias=False)
        nn.init.zeros_(self.qkv.bias)
        for layer in (self.qkv, self.mlp_up):
            nn.init.normal_(layer.weight, std=config.width**-0.5)
        for layer in (self.attention_out, self.mlp_down):
            nn.init.zeros_(layer.weight)

    def project(
        self, x: Tensor, cos: Tensor, sin: Tensor, query_scale: Tensor
    ) -> Tuple[Tensor, Tensor, Tensor]:
        """Returns rotated queries and keys, and values: each [..., tokens, heads, head_dim]."""
        mixed = self.qkv(self.attention_norm(x)).unflatten(-1, (3, self.heads, self.head_dim))
        query_key = mixed.narrow(-3, 0, 2)
        pairs = cos.size(-1)
        left = query_key[..., :pairs]
        right = query_key[..., pairs : 2 * pairs]
        rest = query_key[..., 2 * pairs :]
        query_key = torch.cat((left * cos - right * sin, right * cos + left * sin, rest), -1)
        return query_key.select(-3, 0) * query_scale, query_key.select(-3, 1), mixed.select(-3, 2)

    def finish(self, x: Tensor, attended: Tensor) -> Tensor:
        """Adds what attention found, then the MLP, to the residual stream."""
        x = x + self.attention_out(attended)
        return x + self.mlp_down(F.relu(self.mlp_up(self.mlp_norm(x))).square())

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, query_scale: Tensor) -> Tensor:
        """Causal attention over whole sequences [batch, tokens, width], without a cache."""
        query, key, value = self.project(x, cos, sin, query_scale)
        attended = F.scaled_dot_product_attention(
            query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2), is_causal=True
        )
        return self.finish(x, attended.transpose(1, 2).flatten(2))


class LanguageModel(nn.Module):
    """The transformer itself; its `forward` is the cache-free form used in training."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.layers = config.layers
        self.heads = config.heads
        self.head_dim = config.head_dim
        self.width = config.width
        self.embedding = nn.Embedding(config.vocab_size, config.width)
        self.blocks = nn.ModuleList([Block(config) for _ in range(config.layers)])
        self.final_norm = nn.LayerNorm(config.width)
        steps = torch.arange(0, config.rotary_frequencies).float() / config.rotary_frequencies
        self.register_buffer("frequencies", config.rotary_base**-steps)
        nn.init.normal_(self.embedding.weight, std=0.02)

    def angles(self, positions: Tensor, keys_before: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
        """Returns cosines and sines of the rotation, and the factor for the queries."""
        angle = positions.to(self.frequencies.dtype).unsqueeze(-1) * self.frequencies
        # Grows with the number of keys, so that attention does not blur over long contexts.
        query_scale = torch.log(keys_before.to(self.frequencies.dtype) + 8.0) * 0.2
        return (
            torch.cos(angle).unsqueeze(-2).unsqueeze(-2),
            torch.sin(angle).unsqueeze(-2).unsqueeze(-2),
            query_scale.unsqueeze(-1).unsqueeze(-1),
        )

    def forward(self, ids: Tensor, positions: Tensor) -> Tensor:
        """ids, positions [batch, tokens] -> final hidden states [batch, tokens, width].

        Positions may jump, as if text stood in between; the count of keys stays the true one.
        """
        keys_before = torch.arange(ids.size(1), device=ids.device).expand_as(ids)
        cos, sin, query_scale = self.angles(positions, keys_before)
        x = self.embedding(ids)
        for block in self.blocks:
            x = block(x, cos, sin, query_scale)
        return self.final_norm(x)

    def logits(self, hidden: Tensor) -> Tensor:
        """Scores of the next token, by the tied embedding."""
        return F.linear(hidden, self.embedding.weight)


class RaggedServer(nn.Module):
    """The exported form: many sessions in one call, each with its own cache, written in place."""

    def __init__(self, model: LanguageModel) -> None:
        super().__init__()
        self.model = model
        self.width = model.width

    def forward(self, ids: Tensor, lens: Tensor, past: Tensor, kv: List[Tensor]) -> Tensor:
        """Appends new tokens to every session and returns the logits after each one's last.

        ids [N]: the new tokens of all sessions, one session after another.
        lens [B], past [B], on the CPU: how many tokens are new, and how many are cached already.
        kv[i] [layers, 2, heads, capacity, head_dim]: capacity >= past[i] + lens[i].
        Returns logits [B, vocabulary].
        """
        new: List[int] = lens.tolist()
        old: List[int] = past.tolist()
        position_list: List[Tensor] = []
        mask_list: List[Tensor] = []
        last: List[int] = []
        end = 0
        for i in range(len(new)):
            position_list.append(torch.arange(old[i], old[i] + new[i], device=ids.device))
            mask_list.append(self.mask(new[i], old[i], ids))
            end += new[i]
            last.append(end - 1)
        positions = torch.cat(position_list)
        cos, sin, query_scale = self.model.angles(positions, positions)
        x = self.model.embedding(ids)
        layer = 0
        for block in self.model.blocks:
            query, key, value = block.project(x, cos, sin, query_scale)
            outputs: List[Tensor] = []
            start = 0
            for i in range(len(new)):
                attended = self.attend(
                    query.narrow(0, start, new[i]).transpose(0, 1),
                    key.narrow(0, start, new[i]).transpose(0, 1),
                    value.narrow(0, start, new[i]).transpose(0, 1),
                    kv[i][layer],
                    old[i],
                    mask_list[i],
                )
                outputs.append(attended)
                start += new[i]
            x = block.finish(x, torch.cat(outputs))
            layer += 1
        x = x[torch.tensor(last, device=ids.device)]
        return self.model.logits(self.model.final_norm(x))

    def mask(self, new: int, old: int, ids: Tensor) -> Tensor:
        """What each new token may see; empty where attention needs no mask of its own."""
        if new > 1 and old > 0:
            full = torch.ones(new, old + new, dtype=torch.bool, device=ids.device)
            return full.tril(old)
        return torch.empty(0, device=ids.device)

    def attend(
        self, query: Tensor, key: Tensor, value: Tensor, cache: Tensor, old: int, mask: Tensor
    ) -> Tensor:
        """Writes key and value behind the `old` cached ones and attends over all: [new, width]."""
        new = query.size(1)
        cache[0].narrow(1, old, new).copy_(key)
        cache[1].narrow(1, old, new).copy_(value)
        keys = cache[0].narrow(1, 0, old + new).unsqueeze(0)
        values = cache[1].narrow(1, 0, old + new).unsqueeze(0)
        if mask.numel() > 0:
            out = F.scaled_dot_product_attention(query.unsqueeze(0), keys, values, attn_mask=mask)
        else:
            out = F.scaled_dot_product_attention(query.unsqueeze(0), keys, values, is_causal=new > 1)
        return out.squeeze(0).transpose(0, 1).reshape(new, self.width)
