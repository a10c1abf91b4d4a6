"""What can be known of the workflows without the forge: they are valid, pinned, and name what exists."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from documents import ROOT

GITHUB = ROOT / ".github"
WORKFLOWS = sorted(GITHUB.glob("workflows/*.yml"))
FORMS = [f for f in sorted(GITHUB.glob("ISSUE_TEMPLATE/*.yml")) if f.name != "config.yml"]

every_workflow = pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda w: w.name)


def jobs(workflow: Path) -> Any:
    return yaml.safe_load(workflow.read_text())["jobs"]


def steps(workflow: Path) -> list[Any]:
    return [step for job in jobs(workflow).values() for step in job.get("steps", [])]


def require_schema(schema: str, *found: Path) -> None:
    assert found
    run = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", *found],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_files_are_what_the_forge_reads() -> None:
    require_schema("github-workflows", *WORKFLOWS)
    require_schema("github-issue-forms", *FORMS)
    require_schema("github-issue-config", GITHUB / "ISSUE_TEMPLATE/config.yml")
    require_schema("dependabot", GITHUB / "dependabot.yml")


def test_the_linter_of_workflows_finds_nothing() -> None:
    linter = Path(sys.executable).parent / "zizmor"
    run = subprocess.run(
        [linter, "--offline", "--no-progress", "--min-severity", "medium", GITHUB],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@every_workflow
def test_actions_are_pinned_to_a_commit_with_its_version(workflow: Path) -> None:
    uses = re.findall(r"uses: (.+)", workflow.read_text())
    assert uses
    for action in uses:
        if action.startswith("./"):
            assert (ROOT / action).exists()
        else:
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action)


def test_an_action_has_one_version_everywhere() -> None:
    used: dict[str, set[str]] = {}
    for workflow in WORKFLOWS:
        for action, version in re.findall(r"uses: ([\w/-]+)@(.+)", workflow.read_text()):
            used.setdefault(action, set()).add(version)
    assert [action for action, versions in used.items() if len(versions) > 1] == []


@every_workflow
def test_nothing_may_be_written_unless_a_job_asks(workflow: Path) -> None:
    assert yaml.safe_load(workflow.read_text())["permissions"] == {"contents": "read"}


@every_workflow
def test_every_job_ends(workflow: Path) -> None:
    assert [
        n for n, job in jobs(workflow).items() if "uses" not in job and "timeout-minutes" not in job
    ] == []


@every_workflow
def test_steps_are_shell(workflow: Path) -> None:
    for step in steps(workflow):
        if "run" in step:
            run = subprocess.run(["bash", "-n"], input=step["run"], capture_output=True, text=True)
            assert run.returncode == 0, run.stderr
            assert "${{" not in step["run"], "values of the forge come by env, so that they are no code"


@every_workflow
def test_scripts_of_the_repository_exist(workflow: Path) -> None:
    for step in steps(workflow):
        for script in re.findall(r"^(\.?\w+/\w+)\b", step.get("run", ""), re.MULTILINE):
            assert (ROOT / script).stat().st_mode & 0o100, script


def test_images_of_a_release_are_those_of_the_dockerfiles() -> None:
    build = jobs(GITHUB / "workflows/release.yml")["build"]["strategy"]["matrix"]
    images = {entry["image"]: entry for entry in build["include"] if "image" in entry}
    assert images.keys() == set(build["image"])
    for entry in images.values():
        assert (ROOT / entry["file"]).is_file()
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"].values()
    built = {service["image"].split(":")[0] for service in compose if "build" in service}
    assert built <= images.keys()


def test_what_is_built_is_what_is_published() -> None:
    release = jobs(GITHUB / "workflows/release.yml")
    assert (
        release["publish"]["strategy"]["matrix"]["image"] == release["build"]["strategy"]["matrix"]["image"]
    )


def test_a_release_is_tested_first() -> None:
    release = jobs(GITHUB / "workflows/release.yml")
    assert release["test"]["uses"] == "./.github/workflows/ci.yml"
    assert [release[job]["needs"] for job in ("build", "publish", "draft")] == ["test", "build", "publish"]


def test_the_notes_of_a_release_are_its_part_of_the_changelog(tmp_path: Path) -> None:
    (draft,) = [
        s["run"]
        for s in jobs(GITHUB / "workflows/release.yml")["draft"]["steps"]
        if "awk" in s.get("run", "")
    ]
    script = draft[: draft.index("gh release")]
    changelog = (ROOT / "CHANGELOG.md").read_text()
    newest, *_ = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$", changelog, re.MULTILINE)
    (tmp_path / "CHANGELOG.md").write_text(changelog + "\n## [0.0.9] - 2025-01-01\n\n- Older.\n")

    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env={"GITHUB_REF_NAME": f"v{newest}", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )

    assert run.returncode == 0, run.stderr
    notes = (tmp_path / "notes.md").read_text()
    assert "### Added" in notes and "## [" not in notes and "Older" not in notes
    assert "Unreleased" not in notes


def test_the_changelog_is_of_the_form() -> None:
    text = (ROOT / "CHANGELOG.md").read_text()
    sections = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert sections[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", s) for s in sections[1:])
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert set(re.findall(r"^### (.+)$", text, re.MULTILINE)) <= kinds


def test_the_license_is_whole() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License\n                           Version 2.0, January 2004" in text
    assert all(f"   {number}. " in text for number in range(1, 10))
    assert "END OF TERMS AND CONDITIONS" in text
