"""Every link leads somewhere, and every path, test, setting and metric that a document names exists."""

import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest
from documents import ROOT, anchors, documents, files, first_column, guides, inline, links, prose

every_document = pytest.mark.parametrize("document", documents(), ids=lambda d: str(d.relative_to(ROOT)))
every_guide = pytest.mark.parametrize("document", guides(), ids=lambda d: str(d.relative_to(ROOT)))

TEXT = {".md", ".java", ".py", ".yaml", ".yml", ".sh", ".js", ".html", ".css", ".xml", ".properties", ""}

# Codes of the model container that look like its variables.
ERRORS = {
    "MODEL_FAILED",
    "MODEL_NOT_FOUND",
    "MODEL_TOO_LARGE",
    "MODEL_LOADING",
    "MODEL_ALREADY_LOADED",
    "MODEL_IN_USE",
}

# Files that look like its settings.
FILES = {"model.pt", "model.json", "model.py", "model.tar.gz"}

ENDPOINT_KEYS = "sessions|timeouts|limits|health|ejection|models|dns|kubernetes"
ROUTER_KEYS = "http|drain|upstream|tracing|management"


@every_document
def test_links_lead_to_files_and_headings(document: Path) -> None:
    for line, target in links(document):
        if re.match(r"[a-z]+:", target):
            assert target.startswith(("https://", "http://127.0.0.1", "mailto:")), f"{line}: {target}"
            continue
        path, _, anchor = target.partition("#")
        file = (document.parent / unquote(path)).resolve() if path else document
        assert file.exists(), f"{line}: no file {target}"
        assert file.is_relative_to(ROOT), f"{line}: {target} leaves the repository"
        if anchor:
            assert file.suffix == ".md", f"{line}: {target} is not a document"
            assert anchor in anchors(file), f"{line}: no heading {target}"


def test_every_document_in_docs_is_linked() -> None:
    linked = {
        (document.parent / target.partition("#")[0]).resolve()
        for document in guides()
        for _, target in links(document)
    }
    alone = [d for d in guides() if d.is_relative_to(ROOT / "docs") and d not in linked]
    assert not alone


def test_files_name_documents_that_exist() -> None:
    for file in files():
        if file.suffix not in TEXT or file.stat().st_size > 200_000:
            continue
        try:
            text = file.read_text()
        except UnicodeDecodeError:
            continue
        for name in re.findall(r"(?<![\w/.])docs/[a-z0-9/-]+\.md", text):
            assert (ROOT / name).exists(), f"{file.relative_to(ROOT)} names {name}"


@every_document
def test_paths_in_the_text_exist(document: Path) -> None:
    for line, code in inline(document):
        path = code.split(" ")[0].rstrip("/")
        if not re.fullmatch(r"[\w.*-]+(/[\w.*-]+)+", path):
            continue
        for base in (ROOT, document.parent):
            if (base / path.split("/")[0]).exists() and not list(base.glob(path)):
                ignored = {"target", "results", ".venv", ".demo", "node_modules"} & set(path.split("/"))
                elsewhere = any(list(b.glob(path)) for b in (ROOT, document.parent))
                assert ignored or elsewhere, f"{line}: no {path}"


@every_document
def test_sources_in_the_text_exist(document: Path) -> None:
    for line, code in inline(document):
        if re.fullmatch(r"[\w/]+\.java", code):
            assert any(str(f).endswith("/" + code) for f in files()), f"{line}: no {code}"


@every_document
def test_tests_in_the_text_exist(document: Path) -> None:
    names = {f.stem for f in files() if f.suffix == ".java"}
    for line, code in inline(document):
        if re.fullmatch(r"[A-Z]\w+(Test|IT)", code):
            assert code in names, f"{line}: no test {code}"


# Options of programs that the repository does not have.
FOREIGN = {"--cli-binary-format"}


@cache
def sources() -> str:
    """What programs and scripts of the repository say."""
    kinds = {".java", ".py", ".sh", ""}
    found = [f for f in files() if f.suffix in kinds and f.stat().st_size < 200_000]
    return "\n".join(f.read_text(errors="replace") for f in found)


@every_document
def test_options_in_the_text_exist(document: Path) -> None:
    for line, code in inline(document):
        for option in re.findall(r"^(--[a-z][a-z-]+)", code):
            assert option in FOREIGN or option in sources(), f"{line}: no program has {option}"


def test_the_rooms_of_the_router_are_drawn() -> None:
    table = first_column("docs/architecture.md", r"[a-z]+")
    rooms = {f.parent.name for f in (ROOT / "src/main/java/io/sessionrouter").glob("*/package-info.java")}
    assert table == rooms


def router_keys() -> set[str]:
    return first_column("docs/configuration.md", r"session-router\.[^`]+")


def general(key: str) -> str:
    """A key as the table has it."""
    key = re.sub(r"\.endpoints\.[^.<]+", ".endpoints.<endpoint>", key)
    return re.sub(r"\.variants\.[^.<]+", ".variants.<variant>", key)


@every_document
def test_settings_of_the_router_exist(document: Path) -> None:
    known = router_keys()
    families = {key.rsplit(".", n)[0] for key in known for n in range(1, key.count(".") + 1)}
    for line in prose(document):
        for key in re.findall(r"`session-router\.([a-z.<>-]+[a-z>])(?:=[^`]*)?`", line.text):
            whole = general("session-router." + key)
            if whole.endswith(".yaml"):
                continue
            assert whole in known | families, f"{line}: no setting {whole}"


@every_guide
def test_short_names_of_settings_exist(document: Path) -> None:
    known = router_keys()
    for line, code in inline(document):
        name = code.split("=")[0]
        if re.fullmatch(rf"({ENDPOINT_KEYS}|{ROUTER_KEYS})\.[a-z-]+", name):
            assert any(key.endswith("." + name) for key in known), f"{line}: no setting {name}"


@every_document
def test_settings_of_the_model_container_exist(document: Path) -> None:
    known = first_column("model-container/README.md", r"model\.[^`]+")
    variables = {key.upper().replace(".", "_").replace("-", "_") for key in known}
    for line, code in inline(document):
        name = code.split("=")[0]
        if re.fullmatch(r"model\.[a-z.-]+", name) and name not in FILES:
            assert name in known, f"{line}: no {name}"
        if re.fullmatch(r"MODEL_[A-Z_]+", name) and name not in ERRORS:
            assert name in variables, f"{line}: no variable {name}"


@every_document
def test_metrics_exist(document: Path) -> None:
    known = first_column("docs/metrics.md", r"session_router_\w+") | first_column(
        "model-container/README.md", r"model_container_\w+"
    )
    for line, code in inline(document):
        for name in re.findall(r"\b(?:session_router|model_container)_\w+", code):
            whole = re.sub(r"_(bucket|count|sum)$", "", name)
            assert whole in known, f"{line}: no metric {name}"
