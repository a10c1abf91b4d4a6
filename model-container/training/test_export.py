"""Tests of both exported forms. They need torch and transformers: `pytest` in this folder."""

import json
from pathlib import Path
from typing import List

import data
import export_hf
import pytest
import torch
from export import export
from model import LanguageModel, ModelConfig
from tokenizer import SPECIAL_TOKENS, Tokenizer
from tokenizers import Tokenizer as FastTokenizer
from tokenizers import decoders, models, pre_tokenizers, trainers
from tokenizers.processors import TemplateProcessing
from transformers import (
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    PreTrainedTokenizerFast,
)

TEXT = "My cat is called Zebulon. I live in Quarrington."
VOCABULARY = 300


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    """A model of random weights whose every part has a say in the logits."""
    torch.manual_seed(5)
    model = LanguageModel(ModelConfig(Tokenizer(data.word_list()).vocab_size))
    for weight in model.parameters():
        torch.nn.init.normal_(weight, std=0.1)
    made: LanguageModel = model.eval()
    return made


@pytest.fixture(scope="module")
def folder(model: LanguageModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ragged")
    export(model, Tokenizer(data.word_list()), folder)
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> torch.jit.ScriptModule:
    return torch.jit.load(str(folder / "model.pt"))


def random_ids(length: int, seed: int, vocabulary: int = 2000) -> torch.Tensor:
    return torch.randint(vocabulary, (length,), generator=torch.Generator().manual_seed(seed))


def empty_cache(model: LanguageModel, capacity: int) -> torch.Tensor:
    # Not zeros: what is beyond the cached tokens must never matter.
    return torch.full((model.layers, 2, model.heads, capacity, model.head_dim), float("nan"))


def run(
    server: torch.jit.ScriptModule, ids: torch.Tensor, chunks: List[int], cache: torch.Tensor
) -> torch.Tensor:
    """Feeds one session in chunks; returns the logits after each of them."""
    logits, past = [], 0
    for chunk in chunks:
        new = ids[past : past + chunk]
        logits.append(server(new, torch.tensor([chunk]), torch.tensor([past]), [cache]))
        past += chunk
    return torch.cat(logits)


def whole(model: LanguageModel, ids: torch.Tensor) -> torch.Tensor:
    """The logits after every token, by the form that training uses."""
    with torch.no_grad():
        positions = torch.arange(len(ids)).unsqueeze(0)
        return model.logits(model(ids.unsqueeze(0), positions))[0]


def test_token_by_token_equals_training_form(model: LanguageModel, server: torch.jit.ScriptModule) -> None:
    ids = random_ids(50, 1)
    got = run(server, ids, [1] * 50, empty_cache(model, 64))
    torch.testing.assert_close(got, whole(model, ids), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("chunks", [[50], [1, 49], [49, 1], [20, 1, 1, 28]])
def test_chunks_equal_one_shot(
    model: LanguageModel, server: torch.jit.ScriptModule, chunks: List[int]
) -> None:
    ids = random_ids(50, 2)
    got = run(server, ids, chunks, empty_cache(model, 50))
    torch.testing.assert_close(got[-1], whole(model, ids)[-1], rtol=1e-4, atol=1e-4)


def test_ragged_batch_equals_sessions_alone(model: LanguageModel, server: torch.jit.ScriptModule) -> None:
    ids = [random_ids(length, 10 + length) for length in (1, 30, 45, 12)]
    past = [0, 29, 20, 0]  # a first token, a decode step, a later chunk, a first prefill
    alone, caches = [], []
    for session, old in zip(ids, past, strict=True):
        cache = empty_cache(model, 64)
        chunks = [old, len(session) - old] if old else [len(session)]
        alone.append(run(server, session, chunks, cache)[-1])
        cache[:, :, :, old:] = float("nan")
        caches.append(cache)
    new = [session[old:] for session, old in zip(ids, past, strict=True)]
    lens = torch.tensor([len(part) for part in new])
    together = server(torch.cat(new), lens, torch.tensor(past), caches)
    torch.testing.assert_close(together, torch.stack(alone), rtol=1e-4, atol=1e-4)
    for cache, session in zip(caches, ids, strict=True):
        assert cache[:, :, :, : len(session)].isfinite().all(), "new tokens are in the cache"
        assert cache[:, :, :, len(session) :].isnan().all(), "nothing beyond them is written"


def test_capacity_is_not_exceeded(model: LanguageModel, server: torch.jit.ScriptModule) -> None:
    with pytest.raises(RuntimeError, match="exceeds dimension size"):
        run(server, random_ids(11, 3), [11], empty_cache(model, 10))


def test_description_is_true(model: LanguageModel, folder: Path) -> None:
    description = json.loads((folder / "model.json").read_text())
    words = (folder / "words.txt").read_text().split("\n")[:-1]
    assert description["signature"] == "ragged-kv"
    assert description["vocab_size"] == len(SPECIAL_TOKENS) + 256 + len(words)
    assert description["vocab_size"] == model.embedding.num_embeddings
    assert description["special_tokens"] == list(SPECIAL_TOKENS)
    names = {
        role: [description["special_tokens"][token] for token in tokens]
        for role, tokens in description["chat"].items()
    }
    assert names == {
        "begin": ["<bos>"],
        "user": ["<user>"],
        "assistant": ["<bot>"],
        "end": ["<end>"],
    }


@pytest.mark.parametrize("text", [TEXT, "", "Zürich, 東京 🐈!\n\tok  ", "a b", " 4711 "])
def test_tokenizer_gives_text_back(folder: Path, text: str) -> None:
    tokenizer = Tokenizer.read(folder / "words.txt")
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_tokenizer_spells_unknown_words_in_pairs() -> None:
    tokenizer = Tokenizer([" Z", "eb", "ul", " cat"])
    spelled = [tokenizer.decode([token]) for token in tokenizer.encode(" cat Zebula")]
    assert spelled == [" cat", " Z", "eb", "ul", "a"]


def write_tokenizer(folder: Path, begins: bool) -> None:
    """A byte-level BPE tokenizer trained on a few words; with `begins` it puts <s> in front."""
    tokenizer = FastTokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=["<s>", "</s>", "<|user|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator([TEXT], trainer)
    if begins:
        tokenizer.post_processor = TemplateProcessing(
            single="<s> $A", special_tokens=[("<s>", tokenizer.token_to_id("<s>"))]
        )
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>").save_pretrained(
        folder
    )


def write_gpt2(folder: Path) -> None:
    torch.manual_seed(1)
    config = GPT2Config(
        vocab_size=VOCABULARY,
        n_positions=256,
        n_embd=32,
        n_layer=2,
        n_head=4,
        initializer_range=0.5,
    )
    GPT2LMHeadModel(config).save_pretrained(folder)
    write_tokenizer(folder, begins=False)


def write_llama(folder: Path, dtype: torch.dtype = torch.float32, seed: int = 2) -> None:
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=3,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        initializer_range=0.3,
    )
    LlamaForCausalLM(config).to(dtype).save_pretrained(folder)
    write_tokenizer(folder, begins=True)


def assert_equals_hugging_face(source: Path, exported: Path) -> None:
    """Chunks of any length over the cache give the logits of the model's own whole pass."""
    reference = export_hf.load_model(str(source), None)
    description = json.loads((exported / "model.json").read_text())
    served = torch.jit.load(str(exported / "model.pt"))
    ids = random_ids(60, 4, VOCABULARY).unsqueeze(0)
    with torch.no_grad():
        expected = reference(ids, use_cache=False).logits[0]
    assert expected.std() > 0.1, "the random model distinguishes tokens"
    past = torch.zeros(description["layers"], 2, description["kv_heads"], 0, description["head_dim"])
    for end in (20, 21, 22, 50, 60):
        logits, past = served(ids[:, past.size(3) : end], past)
        assert past.size(3) == end
        torch.testing.assert_close(logits[0], expected[end - 1], rtol=1e-3, atol=1e-3)


def test_gpt2_export(tmp_path: Path) -> None:
    write_gpt2(tmp_path / "gpt2")
    export_hf.export(str(tmp_path / "gpt2"), tmp_path / "out")
    assert_equals_hugging_face(tmp_path / "gpt2", tmp_path / "out")
    description = json.loads((tmp_path / "out" / "model.json").read_text())
    assert description == {
        "format": "session-router/causal-lm/1",
        "signature": "functional-kv",
        "layers": 2,
        "kv_heads": 4,
        "head_dim": 8,
        "dtype": "float32",
        "vocab_size": VOCABULARY,
        "context_length": 256,
        "tokenizer": {"type": "huggingface", "file": "tokenizer.json"},
        "chat": {"begin": [], "user": [], "assistant": [], "end": [1]},
    }


def test_llama_export_with_grouped_heads(tmp_path: Path) -> None:
    write_llama(tmp_path / "llama")
    export_hf.export(str(tmp_path / "llama"), tmp_path / "out", user="<|user|>")
    assert_equals_hugging_face(tmp_path / "llama", tmp_path / "out")
    description = json.loads((tmp_path / "out" / "model.json").read_text())
    assert (description["layers"], description["kv_heads"], description["head_dim"]) == (3, 2, 8)
    assert description["chat"] == {"begin": [0], "user": [2], "assistant": [], "end": [1]}
    exported = FastTokenizer.from_file(str(tmp_path / "out" / "tokenizer.json"))
    assert exported.decode(exported.encode(TEXT, add_special_tokens=False).ids) == TEXT


def test_float16_export(tmp_path: Path) -> None:
    write_llama(tmp_path / "llama")
    export_hf.export(str(tmp_path / "llama"), tmp_path / "out", dtype="float16")
    served = torch.jit.load(str(tmp_path / "out" / "model.pt"))
    logits, past = served(torch.tensor([[1, 2]]), torch.zeros(3, 2, 2, 0, 8, dtype=torch.float16))
    assert (logits.dtype, past.dtype) == (torch.float16, torch.float16)
    assert json.loads((tmp_path / "out" / "model.json").read_text())["dtype"] == "float16"


def test_bfloat16_is_refused(tmp_path: Path) -> None:
    write_llama(tmp_path / "llama", torch.bfloat16)
    with pytest.raises(export_hf.ExportError, match=r"in bfloat16.*expected --dtype float16"):
        export_hf.export(str(tmp_path / "llama"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_sliding_window_is_refused(tmp_path: Path) -> None:
    config = MistralConfig(
        vocab_size=VOCABULARY,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        sliding_window=16,
    )
    MistralForCausalLM(config).save_pretrained(tmp_path / "mistral")
    write_tokenizer(tmp_path / "mistral", begins=True)
    with pytest.raises(export_hf.ExportError, match="expected full attention only"):
        export_hf.export(str(tmp_path / "mistral"), tmp_path / "out")


def test_wrong_trace_is_noticed(tmp_path: Path) -> None:
    write_llama(tmp_path / "llama", seed=2)
    write_llama(tmp_path / "other", seed=3)
    model = export_hf.load_model(str(tmp_path / "llama"), None)
    other = export_hf.load_model(str(tmp_path / "other"), None)
    shape = export_hf.cache_shape(model)
    with pytest.raises(export_hf.ExportError, match="the traced model differs"):
        export_hf.check(model, export_hf.trace(other, shape), shape)
