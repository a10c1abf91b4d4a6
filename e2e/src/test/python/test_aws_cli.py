"""The AWS CLI against the router."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import pytest

Json: TypeAlias = dict[str, Any]
# The finished process, the fields it printed and the body; nothing in either if it failed.
Done: TypeAlias = tuple[subprocess.CompletedProcess[str], Json, Json]


class Aws(Protocol):
    """Calls invoke-endpoint."""

    def __call__(self, payload: Json, *options: str, endpoint: str = "chat") -> Done: ...


@pytest.fixture
def aws(router_url: str, tmp_path: Path) -> Aws:
    """Calls invoke-endpoint; returns the finished process, the fields it printed and the body."""
    program = os.path.join(os.path.dirname(sys.executable), "aws")

    def invoke(payload: Json, *options: str, endpoint: str = "chat") -> Done:
        answer = tmp_path / "answer"
        request = tmp_path / "request"
        request.write_text(json.dumps(payload))
        command = [program, "sagemaker-runtime", "invoke-endpoint", "--output", "json"]
        command += ["--endpoint-url", router_url, "--endpoint-name", endpoint]
        command += ["--content-type", "application/json", "--body", f"fileb://{request}"]
        done = subprocess.run(
            [*command, *options, str(answer)],
            env={**os.environ, "AWS_MAX_ATTEMPTS": "1", "AWS_PAGER": ""},
            capture_output=True,
            text=True,
            timeout=120,
        )
        if done.returncode != 0:
            return done, {}, {}
        return done, json.loads(done.stdout), json.loads(answer.read_text())

    return invoke


def test_conversation(aws: Aws) -> None:
    done, opened, _ = aws(
        {"requestType": "NEW_SESSION", "inputs": "My cat is called Zorro."},
        "--session-id",
        "NEW_SESSION",
    )
    assert done.returncode == 0, done.stderr
    assert opened["InvokedProductionVariant"] == "main"
    session = opened["NewSessionId"].split(";")[0]

    _, _, answer = aws({"inputs": "What is my cat called?"}, "--session-id", session)
    assert "Zorro" in answer["generated_text"]

    _, closed, _ = aws({"requestType": "CLOSE"}, "--session-id", session)
    assert closed["ClosedSessionId"] == session


def test_validation_error(aws: Aws) -> None:
    done, _, _ = aws({"inputs": "Hello."}, "--session-id", "never-opened")

    assert done.returncode != 0
    assert "ValidationError" in done.stderr
    assert "never-opened" in done.stderr


def test_model_error(aws: Aws) -> None:
    done, _, _ = aws({"inputs": 5})

    assert done.returncode != 0
    assert "(ModelError)" in done.stderr
