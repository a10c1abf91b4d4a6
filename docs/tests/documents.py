"""The documents of the repository, cut into what can be checked."""

import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Folders that are built or fetched, not written.
MADE = {".git", ".venv", "target", "node_modules", "results", ".demo", "__pycache__", ".pytest_cache"}

FENCE = re.compile(r"^(\s*)```(\S*)\s*$")
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$")
LINK = re.compile(r"\[(?:[^\]\[]|\[[^\]]*\])*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True)
class Block:
    """A fenced block of code.

    :param line: of its first line, in the document
    """

    document: Path
    language: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.document.relative_to(ROOT)}:{self.line}"


@dataclass(frozen=True)
class Line:
    """A line of prose, outside of fenced blocks."""

    document: Path
    number: int
    text: str

    def __str__(self) -> str:
        return f"{self.document.relative_to(ROOT)}:{self.number}"


@cache
def files() -> list[Path]:
    """Everything that is written by hand."""
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [f for f in folders if f not in MADE]
        found += [Path(folder) / name for name in names]
    return sorted(found)


@cache
def documents() -> list[Path]:
    """All documents."""
    return [f for f in files() if f.suffix == ".md"]


@cache
def guides() -> list[Path]:
    """What is held to more: the README, what stands beside it, and docs."""
    return [d for d in documents() if d.parent == ROOT or d.is_relative_to(ROOT / "docs")]


@cache
def split(document: Path) -> tuple[list[Block], list[Line]]:
    """The blocks and the lines of a document."""
    blocks: list[Block] = []
    prose: list[Line] = []
    begun: tuple[str, str, int, list[str]] | None = None
    for number, text in enumerate(document.read_text().splitlines(), 1):
        fence = FENCE.match(text)
        if fence and begun is None:
            begun = (fence[1], fence[2], number + 1, [])
        elif fence and begun is not None and not fence[2]:
            _, language, first, content = begun
            blocks.append(Block(document, language, first, "\n".join(content) + "\n"))
            begun = None
        elif begun is not None:
            begun[3].append(text.removeprefix(begun[0]))
        else:
            prose.append(Line(document, number, text))
    assert begun is None, f"{document.relative_to(ROOT)}:{begun[2]} begins a block without an end"
    return blocks, prose


def blocks(*languages: str, among: list[Path] | None = None) -> list[Block]:
    """The blocks in one of the languages."""
    found = [b for d in among or guides() for b in split(d)[0] if b.language in languages]
    assert found, f"no block in {languages}"
    return found


def prose(document: Path) -> list[Line]:
    return split(document)[1]


def inline(document: Path) -> list[tuple[Line, str]]:
    """Each piece of code within a line, with its line."""
    return [(line, code) for line in prose(document) for code in CODE.findall(line.text)]


def slug(heading: str) -> str:
    """The anchor that forges make of a heading."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


@cache
def anchors(document: Path) -> set[str]:
    seen: dict[str, int] = {}
    found: set[str] = set()
    for line in prose(document):
        heading = HEADING.match(line.text)
        if heading:
            name = slug(heading[1])
            count = seen.get(name, 0)
            seen[name] = count + 1
            found.add(f"{name}-{count}" if count else name)
    return found


def links(document: Path) -> list[tuple[Line, str]]:
    """The targets of a document's links and pictures, with their lines."""
    text = [(line, CODE.sub("", line.text)) for line in prose(document)]
    return [(line, target) for line, rest in text for target in LINK.findall(rest)]


def first_column(document: str, pattern: str) -> set[str]:
    """The names in the first column of a document's tables that match the pattern."""
    rows = (re.match(r"\| (.*?) \|", line.text) for line in prose(ROOT / document))
    names = {name for row in rows if row for name in re.findall(r"`(" + pattern + r")`", row[1])}
    assert names, f"{document} has no table of {pattern}"
    return names


def router_default(key: str) -> str:
    """What the table of settings says of a key's default."""
    table = (ROOT / "docs/configuration.md").read_text()
    row = re.search(rf"^\| `{re.escape(key)}` \| `([^`]*)` \|", table, re.MULTILINE)
    assert row, key
    return row[1]


def seconds(duration: str) -> float:
    """Of 250ms, 5s, 20m, 1h."""
    parts = re.fullmatch(r"(\d+)(ms|s|m|h)", duration)
    assert parts, duration
    number, unit = parts.groups()
    return int(number) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600}[unit]
