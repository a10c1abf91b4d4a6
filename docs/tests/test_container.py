"""The container of docs/containers.md does what the page says a container must do."""

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from typing import Any

import pytest
from documents import ROOT, blocks

SESSION = "X-Amzn-SageMaker-Session-Id"


def program() -> str:
    page = ROOT / "docs/containers.md"
    (only,) = blocks("python", among=[page])
    return only.text


@pytest.fixture(scope="module")
def container(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    file = tmp_path_factory.mktemp("own") / "container.py"
    file.write_text(program())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, file, str(port)], stderr=subprocess.DEVNULL)
    try:
        await_port(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def await_port(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        assert process.poll() is None, "the container ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    pytest.fail("the container does not listen")


def post(container: str, body: dict[str, str], headers: dict[str, str]) -> tuple[int, Message, Any]:
    request = urllib.request.Request(
        container + "/invocations", json.dumps(body).encode(), {"Content-Type": "application/json", **headers}
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, error.headers, json.load(error)


def opened(container: str, inputs: str) -> str:
    status, headers, _ = post(container, {"inputs": inputs}, {"X-Session-Router-Session": "new"})
    assert status == 200
    return str(headers[SESSION])


def test_it_is_short() -> None:
    assert len([line for line in program().splitlines() if line.strip()]) <= 45


def test_ping_is_answered(container: str) -> None:
    with urllib.request.urlopen(container + "/ping", timeout=10) as answer:
        assert answer.status == 200
        assert answer.headers["X-Session-Router-Boot-Id"]


def test_an_opening_is_answered_with_an_id_and_an_end(container: str) -> None:
    identity, _, expires = opened(container, "My cat is called Zorro.").partition("; Expires=")

    assert identity
    left = time.mktime(time.strptime(expires, "%Y-%m-%dT%H:%M:%SZ")) - time.mktime(time.gmtime())
    assert 1100 < left <= 1200


def test_a_session_has_its_state_and_no_other(container: str) -> None:
    mine = opened(container, "mine").split(";")[0]
    other = opened(container, "other").split(";")[0]

    assert post(container, {"inputs": "again"}, {SESSION: mine})[2] == {"turns": 2, "first": "mine"}
    assert post(container, {"inputs": "again"}, {SESSION: other})[2] == {"turns": 2, "first": "other"}


def test_a_closed_session_is_gone(container: str) -> None:
    session = opened(container, "a")
    identity = session.split(";")[0]

    status, headers, _ = post(container, {"requestType": "CLOSE"}, {SESSION: identity})

    assert (status, headers["X-Amzn-SageMaker-Closed-Session-Id"]) == (200, identity)
    assert post(container, {"inputs": "b"}, {SESSION: identity})[0] == 404


def test_a_request_without_a_session_keeps_nothing(container: str) -> None:
    status, headers, answer = post(container, {"inputs": "a"}, {})

    assert (status, answer, headers[SESSION]) == (200, {"turns": 0}, None)
