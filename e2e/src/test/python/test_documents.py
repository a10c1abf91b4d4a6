"""What the documents show can be copied: every call of the README, the smoke test, and the container."""

import contextlib
import io
import json
import os
import re
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from client import Conversation

if TYPE_CHECKING:
    from client import Runtime
    from mypy_boto3_sagemaker_runtime.type_defs import InvokeEndpointOutputTypeDef

ROOT = next(p for p in Path(__file__).resolve().parents if (p / "docs/calling.md").exists())
ADDRESS = "http://127.0.0.1:8080"
PATIENCE = 20


def block(document: str, language: str, number: int = 0) -> str:
    text = (ROOT / document).read_text()
    found: list[str] = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return found[number]


def command(document: str, part: str) -> str:
    """The one block of commands with such a part."""
    text = (ROOT / document).read_text()
    found: list[str] = re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    (one,) = [each for each in found if part in each]
    return one


def run_python(source: str, names: dict[str, object]) -> str:
    """Runs a block as it stands, and answers what it printed."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(source, "block", "exec"), names)
    return printed.getvalue()


def run_shell(source: str) -> str:
    here = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    keys = {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any", "BEARER_KEY": "any"}
    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", source],
        env={**os.environ, **keys, "PATH": here},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.mark.parametrize("document", ["README.md", "docs/calling.md"])
def test_boto3_opens_a_session_and_asks_in_it(document: str, router_url: str) -> None:
    assert "Zorro" in run_python(block(document, "python").replace(ADDRESS, router_url), {})


def test_boto3_streams(router_url: str, conversation: Conversation) -> None:
    conversation.open("My cat is called Zorro.")
    names: dict[str, object] = {"runtime": conversation.runtime, "session": conversation.id, "json": json}

    assert "Zorro" in "".join(
        json.loads(line.removeprefix("data:"))["token"]["text"]
        for line in run_python(block("docs/calling.md", "python", 2), names).splitlines()
        if line.startswith("data:")
    )


def test_openais_client_opens_a_session_and_asks_in_it(
    router_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEARER_KEY", "any")
    assert "Zorro" in run_python(block("docs/calling.md", "python", 1).replace(ADDRESS, router_url), {})


def test_curl_gets_a_reply_in_openais_form(router_url: str) -> None:
    asked = command("docs/calling.md", "/openai/").replace(ADDRESS, router_url)
    reply = json.loads(run_shell(asked))
    assert reply["object"] == "chat.completion"
    assert reply["choices"][0]["message"]["content"]


@pytest.mark.parametrize("document", ["README.md", "docs/calling.md"])
def test_the_aws_cli_opens_a_session(document: str, router_url: str) -> None:
    printed = run_shell(command(document, "aws sagemaker-runtime").replace(ADDRESS, router_url))
    assert '"generated_text"' in printed
    assert '"NewSessionId"' in printed


def test_curl_opens_a_session(router_url: str) -> None:
    printed = run_shell(command("README.md", "curl -i").replace(ADDRESS, router_url))
    assert re.search(
        r"^X-Amzn-SageMaker-New-Session-Id: [^;]+; Expires=", printed, re.MULTILINE | re.IGNORECASE
    )


def test_the_smoke_test_passes(router_url: str) -> None:
    assert "opened, continued and closed" in run_shell(f"'{ROOT}/compose/smoke' '{router_url}'")


@pytest.fixture
def own_container(tmp_path: Path, scripted_port: int, management_url: str) -> Iterator[str]:
    """The container that docs/containers.md shows, where the router expects an instance of "scripted"."""
    program = tmp_path / "container.py"
    program.write_text(block("docs/containers.md", "python"))
    process = subprocess.Popen([sys.executable, program, str(scripted_port)], stderr=subprocess.DEVNULL)
    try:
        await_healthy(f"{management_url}/v1/endpoints/scripted/instances", process)
        yield "scripted"
    finally:
        process.terminate()
        process.wait(PATIENCE)


def await_healthy(instances: str, process: subprocess.Popen[bytes]) -> None:
    waited = threading.Event()
    for _ in range(PATIENCE * 20):
        assert process.poll() is None, "the container ended"
        with urllib.request.urlopen(instances) as answer:
            if b'"HEALTHY"' in answer.read():
                return
        waited.wait(0.05)
    pytest.fail(f"the container is not healthy after {PATIENCE} s")


def ask(
    runtime: "Runtime", endpoint: str, session: str, **body: object
) -> "tuple[InvokeEndpointOutputTypeDef, Any]":
    answer = runtime.invoke_endpoint(
        EndpointName=endpoint, ContentType="application/json", SessionId=session, Body=json.dumps(body)
    )
    return answer, json.load(answer["Body"])


def test_the_container_of_the_documents_keeps_sessions_behind_the_router(
    runtime: "Runtime", own_container: str
) -> None:
    opened, _ = ask(runtime, own_container, "NEW_SESSION", inputs="My cat is called Zorro.")
    session = opened["NewSessionId"].split(";")[0]

    _, continued = ask(runtime, own_container, session, inputs="What is my cat called?")
    closed, _ = ask(runtime, own_container, session, requestType="CLOSE")

    assert continued == {"turns": 2, "first": "My cat is called Zorro."}
    assert closed["ClosedSessionId"] == session
    with pytest.raises(runtime.exceptions.ValidationError, match="closed"):
        ask(runtime, own_container, session, inputs="And now?")
