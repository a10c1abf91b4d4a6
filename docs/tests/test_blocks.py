"""Every example is well-formed, and every command in one can be run from the root of the repository."""

import ast
import json
import re
import shlex
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from documents import ROOT, Block, blocks, documents, files, guides, split
from test_links import general, router_keys

LANGUAGES = {"sh", "text", "python", "java", "json", "yaml", "properties", "mermaid"}

# Programs that the documents call and the repository does not have.
PROGRAMS = set(
    "aws curl docker kubectl kind mvn java python3 openssl printf echo tar cosign git export sha256sum cut"
    " grep vllm".split()
)


def every(*languages: str, among: list[Path] | None = None) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("block", blocks(*languages, among=among), ids=str)


def test_every_block_says_its_language() -> None:
    unknown = [f"{b} {b.language}" for d in guides() for b in split(d)[0] if b.language not in LANGUAGES]
    assert not unknown


def elided(text: str) -> bool:
    return "…" in text


@every("json", among=documents())
def test_json_parses(block: Block) -> None:
    if not elided(block.text):
        json.loads(block.text)


@every("yaml", among=documents())
def test_yaml_parses(block: Block) -> None:
    assert yaml.safe_load(block.text)


@every("python", among=documents())
def test_python_parses(block: Block) -> None:
    ast.parse(block.text)


@every("properties")
def test_settings_exist(block: Block) -> None:
    lines = [line for line in block.text.splitlines() if line and not line.startswith("#")]
    for line in lines:
        key, _, value = line.partition("=")
        assert value, f"{block}: {line}"
        if key.startswith("session-router."):
            assert general(key) in router_keys(), f"{block}: no setting {key}"


@every("mermaid")
def test_diagrams_are_of_states_that_are_connected(block: Block) -> None:
    first, *lines = [line.strip() for line in block.text.strip().splitlines()]
    assert first == "stateDiagram-v2"
    arrow = re.compile(r"(\[\*\]|\w+) --> (\[\*\]|\w+)(: [^:]+)?")
    assert [line for line in lines if not arrow.fullmatch(line)] == []
    arrows = [found for line in lines if (found := arrow.fullmatch(line))]
    begun = {"[*]"}
    for _ in arrows:
        begun |= {a[2] for a in arrows if a[1] in begun}
    ended = {a[1] for a in arrows}
    states = {state for a in arrows for state in (a[1], a[2])}
    assert states == begun, "every state can be reached"
    assert states == ended, "every state has a way out"


def commands(block: Block) -> list[list[str]]:
    """Each simple command of a block, in words."""
    text = re.sub(r"\\\n", " ", block.text)
    text = re.sub(r"^\s*#.*$", "", text, flags=re.MULTILINE)
    found: list[list[str]] = []
    for line in text.splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;")
        lexer.whitespace_split = True
        words: list[str] = []
        for token in lexer:
            if set(token) <= set("|&;"):
                found.append(words)
                words = []
            else:
                words.append(token)
        found.append(words)
    return [words for words in found if words]


def option(words: list[str], name: str) -> list[str]:
    """The values of an option, as -f FILE or -f=FILE."""
    return [b for a, b in pairwise(words) if a == name] + [
        w.split("=", 1)[1] for w in words if w.startswith(name + "=")
    ]


@every("sh", among=documents())
def test_shell_parses(block: Block) -> None:
    text = re.sub(r"<[a-z]+>", "X", block.text)
    run = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True)
    assert run.returncode == 0, f"{block}: {run.stderr}"


@every("sh")
def test_commands_exist(block: Block) -> None:
    for words in commands(block):
        program = words[0]
        if "/" in program:
            file = ROOT / program
            assert file.exists(), f"{block}: no {program}"
            assert file.stat().st_mode & 0o100, f"{block}: {program} is not executable"
        elif not re.match(r"\w+=", program):
            assert program in PROGRAMS, f"{block}: unknown program {program}"


@every("sh")
def test_what_maven_is_told_to_build_exists(block: Block) -> None:
    for words in commands(block):
        if words[0] != "mvn":
            continue
        for folder in option(words, "-f"):
            assert (ROOT / folder).exists(), f"{block}: no {folder}"
        for name in (w.split("=", 1)[1] for w in words if w.startswith(("-Dtest=", "-Dit.test="))):
            pattern = name.replace("*", ".*") + ".java"
            assert any(re.fullmatch(pattern, f.name) for f in files()), f"{block}: no {name}"
        goals = [w for w in words[1:] if not w.startswith("-") and w not in option(words, "-f")]
        assert set(goals) <= {"package", "verify", "test", "spotless:apply"}, f"{block}: {goals}"


@every("sh")
def test_what_kubectl_applies_exists(block: Block) -> None:
    for words in commands(block):
        if words[:2] != ["kubectl", "apply"]:
            continue
        for folder in option(words, "-k"):
            assert (ROOT / folder / "kustomization.yaml").exists(), f"{block}: no overlay {folder}"
        for file in option(words, "-f"):
            assert file == "-" or (ROOT / file).exists(), f"{block}: no {file}"


@every("sh")
def test_what_docker_builds_exists(block: Block) -> None:
    for words in commands(block):
        if words[:2] == ["docker", "build"]:
            folder = ROOT / words[-1]
            (file,) = option(words, "-f") or ["Dockerfile"]
            assert (folder / file).exists(), f"{block}: no {words[-1]}/{file}"
        if words[:2] == ["docker", "compose"]:
            assert (ROOT / "compose.yaml").exists()


def test_options_of_the_benchmarks_exist() -> None:
    document = ROOT / "bench/README.md"
    commands = set(re.findall(r"`bench/(\w+)`", document.read_text()))
    helps = {
        name: subprocess.run(
            [ROOT / "bench" / name, "--help"], capture_output=True, text=True, timeout=60
        ).stdout
        for name in commands
    }
    assert all(helps.values()), [name for name, text in helps.items() if not text]
    for flag in set(re.findall(r"`(--[a-z-]+)", document.read_text())):
        assert any(flag in text for text in helps.values()), f"no benchmark has {flag}"
