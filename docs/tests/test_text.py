"""The README stays short, and the documents stay plain."""

import re
from pathlib import Path

import pytest
from documents import CODE, ROOT, documents, guides, prose

# What the field has a word for, or what hides who acts.
PLAIN = {
    r"\b(is|are|was|were|be) told\b": "receives, is configured",
    r"\btells?\b": "reports",
    r"\bhears?\b": "receives, learns",
    r"\bgives? back\b": "releases",
    r"\blets? go\b": "releases",
    r"\bset anew\b": "reset",
    r"\banew\b": "again, new",
    r"\bmanners\b": "behaviour",
    r"\bthe container's affair\b": "the container defines it",
    r"\bby themselves\)": "automatically",
    r"^Asked (is|are)\b": "name who asks",
    r"\bNever old as new\b": "Stale data is always marked",
    r"\bours does\b": "the bundled one does",
    r"\bjudges?\b": "decides",
    r"\bwants (a|an|to|what)\b": "needs",
}


def test_the_readme_is_read_in_three_minutes() -> None:
    lines = (ROOT / "README.md").read_text().splitlines()
    assert len(lines) <= 200


PAGES = [d for d in guides() if d.parent == ROOT / "docs"]


@pytest.mark.parametrize("document", PAGES, ids=lambda d: d.name)
def test_guides_say_whom_they_are_for(document: Path) -> None:
    beginning = [line.text for line in prose(document)[:6]]
    assert beginning[0].startswith("# "), "it begins with its question"
    assert any(re.match(r"For [\w-]", line) for line in beginning), "it says for whom it is"


@pytest.mark.parametrize("document", documents(), ids=lambda d: str(d.relative_to(ROOT)))
def test_words_are_those_of_the_field(document: Path) -> None:
    if document.name == "CONTRIBUTING.md":
        return
    for line in prose(document):
        text = CODE.sub("", line.text)
        for pattern, better in PLAIN.items():
            found = re.search(pattern, text, re.IGNORECASE)
            assert not found, f"{line}: '{found[0]}'; say: {better}"
