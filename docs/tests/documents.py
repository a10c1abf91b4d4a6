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

    def __str__(self):
        return f"{self.document.relative_to(ROOT)}:{self.line}"


@dataclass(frozen=True)
class Line:
    """A line of prose, outside of fenced blocks."""

    document: Path
    number: int
    text: str

    def __str__(self):
        return f"{self.document.relative_to(ROOT)}:{self.number}"


@cache
def files():
    """Everything that is written by hand."""
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [f for f in folders if f not in MADE]
        found += [Path(folder) / name for name in names]
    return sorted(found)


@cache
def documents():
    """All documents."""
    return [f for f in files() if f.suffix == ".md"]


@cache
def guides():
    """What is held to more: the README, what stands beside it, and docs."""
    return [d for d in documents() if d.parent == ROOT or d.is_relative_to(ROOT / "docs")]


@cache
def split(document):
    """The blocks and the lines of a document."""
    blocks, prose, begun = [], [], None
    for number, text in enumerate(document.read_text().splitlines(), 1):
        fence = FENCE.match(text)
        if fence and begun is None:
            begun = (fence[1], fence[2], number + 1, [])
        elif fence and not fence[2]:
            indent, language, first, content = begun
            blocks.append(Block(document, language, first, "\n".join(content) + "\n"))
            begun = None
        elif begun is not None:
            begun[3].append(text.removeprefix(begun[0]))
        else:
            prose.append(Line(document, number, text))
    assert begun is None, f"{document.relative_to(ROOT)}:{begun[2]} begins a block without an end"
    return blocks, prose


def blocks(*languages, among=None):
    """The blocks in one of the languages."""
    found = [b for d in among or guides() for b in split(d)[0] if b.language in languages]
    assert found, f"no block in {languages}"
    return found


def prose(document):
    return split(document)[1]


def written(document):
    """The prose without the tables that are generated."""
    found, generated = [], False
    for line in prose(document):
        generated = (generated or line.text.endswith(":begin -->")) and not line.text.endswith(":end -->")
        if not generated:
            found.append(line)
    return found


def inline(document):
    """Each piece of code within a line, with its line."""
    return [(line, code) for line in prose(document) for code in CODE.findall(line.text)]


def slug(heading):
    """The anchor that forges make of a heading."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


@cache
def anchors(document):
    seen, found = {}, set()
    for line in prose(document):
        heading = HEADING.match(line.text)
        if heading:
            name = slug(heading[1])
            count = seen.get(name, 0)
            seen[name] = count + 1
            found.add(f"{name}-{count}" if count else name)
    return found


def links(document):
    """The targets of a document's links and pictures, with their lines."""
    text = [(line, CODE.sub("", line.text)) for line in prose(document)]
    return [(line, target) for line, rest in text for target in LINK.findall(rest)]


def first_column(document, pattern):
    """The names in the first column of a document's tables that match the pattern."""
    rows = (re.match(r"\| (.*?) \|", line.text) for line in prose(ROOT / document))
    names = {name for row in rows if row for name in re.findall(r"`(" + pattern + r")`", row[1])}
    assert names, f"{document} has no table of {pattern}"
    return names
