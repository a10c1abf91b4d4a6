"""A hand-set start: an induction circuit that can look up and copy before any training.

From a random start a model this small does not learn to copy within an hour on one CPU core. So
the circuit that such models end up with is put in by hand, and training goes on from there:

- The embedding fills the first half of the residual stream. The second half has one slot for each
  head of layer 0.
- Layer 0: head h attends to the token h + 1 places back, by rotary position alone, and writes a
  random projection of it to its slot. So every position knows the tokens before it.
- Layer 1: head h looks for earlier positions whose h + 1 tokens before them are the present token
  and the ones before it, and copies the token found there. Long matches and short ones are looked
  for by different heads; three heads together carry the whole of a token.
"""

import torch
from model import Block, LanguageModel
from torch import Tensor

EMBEDDING_SCALE = 0.14
POSITION_SHARPNESS = 120.0
SLOT_SCALE = 0.17
MATCH_SCALE = 2.2


def set_induction_circuit(model: LanguageModel, seed: int = 7) -> None:
    """Overwrites the embedding and the attention of layers 0 and 1."""
    generator = torch.Generator().manual_seed(seed)
    half = model.width // 2
    if half % model.heads or half % model.head_dim or half != 3 * model.head_dim:
        raise ValueError(f"width {model.width} with {model.heads} heads (expected 6 heads, width / 6 each)")
    with torch.no_grad():
        embedding = model.embedding.weight
        embedding.zero_()
        embedding[:, :half] = gaussian(generator, embedding.size(0), half) * EMBEDDING_SCALE
        slot = half // model.heads
        reader = gaussian(generator, slot, half) / half**0.5
        set_look_back(model.blocks[0], model.frequencies, reader)
        set_match_and_copy(model.blocks[1], 2 * model.frequencies.numel(), reader, generator)


def gaussian(generator: torch.Generator, rows: int, columns: int) -> Tensor:
    return torch.randn(rows, columns, generator=generator)


def rows_of(block: Block, part: int, head: int) -> slice:
    """The rows of the qkv projection of one head; part 0 is queries, 1 keys, 2 values."""
    start = (part * block.heads + head) * block.head_dim
    return slice(start, start + block.head_dim)


def set_look_back(block: Block, frequencies: Tensor, reader: Tensor) -> None:
    """Makes head h of layer 0 fetch the token h + 1 places back."""
    slot, half = reader.shape
    count = frequencies.numel()
    for head in range(block.heads):
        query, key, value = (rows_of(block, part, head) for part in range(3))
        block.qkv.weight[query] *= 0.02
        block.qkv.weight[key] *= 0.02
        # Constant vectors whose rotated product is greatest at a distance of head + 1.
        angle = -frequencies * (head + 1)
        block.qkv.bias[query] = 0
        block.qkv.bias[key] = 0
        block.qkv.bias[query.start : query.start + count] = POSITION_SHARPNESS * angle.cos()
        block.qkv.bias[query.start + count : query.start + 2 * count] = POSITION_SHARPNESS * angle.sin()
        block.qkv.bias[key.start : key.start + count] = 1.0
        block.qkv.weight[value] = 0
        block.qkv.weight[value.start : value.start + slot, :half] = reader
        out = block.attention_out.weight
        columns = slice(head * block.head_dim, (head + 1) * block.head_dim)
        out[:, columns] = 0
        place = half + head * slot
        out[place : place + slot, columns][:, :slot] = torch.eye(slot) * SLOT_SCALE


def set_match_and_copy(block: Block, rotated: int, reader: Tensor, generator: torch.Generator) -> None:
    """Makes head h of layer 1 match h + 1 tokens of context and copy what follows them."""
    slot, half = reader.shape
    content = block.head_dim - rotated
    basis = torch.linalg.qr(gaussian(generator, half, half))[0]
    for head in range(block.heads):
        query, key, value = (rows_of(block, part, head) for part in range(3))
        match_query = torch.zeros(block.head_dim, 2 * half)
        match_key = torch.zeros(block.head_dim, 2 * half)
        for back in range(head + 1):
            lift = torch.zeros(block.head_dim, slot)
            lift[rotated:] = torch.linalg.qr(gaussian(generator, content, slot))[0]
            # The token `back` places back from here, against `back + 1` places back from there.
            if back == 0:
                match_query[:, :half] += lift @ reader
            else:
                match_query[:, half + (back - 1) * slot : half + back * slot] += lift
            match_key[:, half + back * slot : half + (back + 1) * slot] += lift
        block.qkv.weight[query] = match_query * MATCH_SCALE
        block.qkv.weight[key] = match_key * MATCH_SCALE
        block.qkv.bias[query] = 0
        block.qkv.bias[key] = 0
        part = head % (half // block.head_dim)
        carried = basis[:, part * block.head_dim : (part + 1) * block.head_dim]
        block.qkv.weight[value] = 0
        block.qkv.weight[value, :half] = carried.T
        columns = slice(head * block.head_dim, (head + 1) * block.head_dim)
        block.attention_out.weight[:, columns] = 0
        block.attention_out.weight[:half, columns] = carried
