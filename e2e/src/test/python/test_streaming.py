"""Response streams by boto3, from a container that the tests drive."""

import json
import random
import threading
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

import pytest
from line_iterator import lmi_outputs, tgi_tokens
from scripted import Answer, ScriptedContainer

if TYPE_CHECKING:
    from client import Runtime
    from mypy_boto3_sagemaker_runtime.type_defs import InvokeEndpointWithResponseStreamOutputTypeDef

ENDPOINT = "scripted"
PATIENCE = 60
Script: TypeAlias = Callable[[Answer], None]
WORDS = [" Grüße", " from", " the", " 東京", " 🙂", ' "quoted"', " {brace}", " end."] * 5


@pytest.fixture(scope="module")
def running(scripted_port: int, management_url: str) -> Iterator[ScriptedContainer]:
    started = ScriptedContainer(scripted_port)
    await_healthy(f"{management_url}/v1/endpoints/{ENDPOINT}/instances")
    yield started
    started.close()


@pytest.fixture
def container(running: ScriptedContainer) -> Iterator[ScriptedContainer]:
    running.failures.clear()
    yield running
    assert running.failures == []


def await_healthy(url: str) -> None:
    waited = threading.Event()
    for _ in range(PATIENCE * 10):
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            if '"HEALTHY"' in answer.read().decode():
                return
        waited.wait(0.1)
    pytest.fail(f"the scripted container is not healthy after {PATIENCE} s")


@pytest.fixture
def client_has_it() -> threading.Semaphore:
    """Released when the client has got what was sent; a container's script waits for it."""
    return threading.Semaphore(0)


def stream(runtime: "Runtime", **arguments: str) -> "InvokeEndpointWithResponseStreamOutputTypeDef":
    return runtime.invoke_endpoint_with_response_stream(
        EndpointName=ENDPOINT, ContentType="application/json", Body=b"{}", **arguments
    )


def one_by_one(tokens: Sequence[bytes], client_has_it: threading.Semaphore) -> Script:
    """A script that makes the next token only when the client has the last one in hand."""

    def script(answer: Answer) -> None:
        answer.begin("text/event-stream")
        for token in tokens:
            assert client_has_it.acquire(timeout=PATIENCE), "the client never got the last token"
            answer.write(token)
        assert client_has_it.acquire(timeout=PATIENCE), "the client never got the last token"
        answer.end()

    return script


TOKENS = [b"token %02d" % number for number in range(30)]


def test_every_token_arrives_before_the_next_is_made(
    runtime: "Runtime", container: ScriptedContainer, client_has_it: threading.Semaphore
) -> None:
    container.script = one_by_one(TOKENS, client_has_it)
    got = []

    answer = stream(runtime)
    client_has_it.release()
    for event in answer["Body"]:
        got.append(event["PayloadPart"]["Bytes"])
        client_has_it.release()

    assert got == TOKENS
    assert answer["ContentType"] == "text/event-stream"
    assert answer["InvokedProductionVariant"] == "main"


def test_a_plain_answer_streams_too(
    runtime: "Runtime", container: ScriptedContainer, client_has_it: threading.Semaphore
) -> None:
    container.script = one_by_one(TOKENS, client_has_it)
    got = []

    body = runtime.invoke_endpoint(EndpointName=ENDPOINT, Body=b"{}")["Body"]
    client_has_it.release()
    for _ in TOKENS:
        got.append(body.read(len(TOKENS[0])))
        client_has_it.release()

    assert got == TOKENS
    assert body.read() == b""


def test_a_container_that_dies_ends_the_stream_with_an_error(
    runtime: "Runtime", container: ScriptedContainer
) -> None:
    def dies(answer: Answer) -> None:
        answer.begin("text/event-stream")
        answer.write(b"the beginning")
        answer.break_off()

    container.script = dies
    got = []

    with pytest.raises(runtime.exceptions.ClientError) as raised:
        for event in stream(runtime)["Body"]:
            got.append(event["PayloadPart"]["Bytes"])

    assert got == [b"the beginning"]
    assert raised.value.response["Error"]["Code"] == "ModelStreamError"
    assert "closed the connection" in raised.value.response["Error"]["Message"]


def test_a_stream_error_is_an_error_of_the_operation(runtime: "Runtime") -> None:
    """Before the head: as with invoke_endpoint."""
    with pytest.raises(runtime.exceptions.ValidationError):
        stream(runtime, SessionId="never-opened-by-anybody")
    with pytest.raises(runtime.exceptions.ServiceUnavailable):
        runtime.invoke_endpoint_with_response_stream(EndpointName="down", Body=b"{}")


def cut(whole: bytes, size: int, seed: int) -> list[bytes]:
    """The same bytes in pieces of about that size."""
    dice = random.Random(seed)
    pieces = []
    while whole:
        length = dice.randint(1, 2 * size)
        pieces.append(whole[:length])
        whole = whole[length:]
    return pieces


def sends(content_type: str, whole: bytes, size: int) -> Script:
    def script(answer: Answer) -> None:
        answer.begin(content_type)
        for piece in cut(whole, size, seed=size):
            answer.write(piece)
        answer.end()

    return script


def tgi_line(number: int, word: str, last: bool) -> bytes:
    token = {"id": number, "text": word, "logprob": -0.5, "special": False}
    text = "".join(WORDS) if last else None
    message = {"token": token, "generated_text": text, "details": None}
    return b"data:" + json.dumps(message, ensure_ascii=False).encode() + b"\n\n"


@pytest.mark.parametrize("size", [1, 2, 10, 100, 1000, 100_000])
def test_tgi_lines_are_read_wherever_they_are_cut(
    runtime: "Runtime", container: ScriptedContainer, size: int
) -> None:
    lines = [tgi_line(i, word, i == len(WORDS) - 1) for i, word in enumerate(WORDS)]
    container.script = sends("text/event-stream", b"".join(lines), size)

    messages = list(tgi_tokens(stream(runtime)["Body"]))

    assert [message["token"]["text"] for message in messages] == WORDS
    assert messages[-1]["generated_text"] == "".join(WORDS)


@pytest.mark.parametrize("size", [1, 2, 10, 100, 1000, 100_000])
def test_lmi_lines_are_read_wherever_they_are_cut(
    runtime: "Runtime", container: ScriptedContainer, size: int
) -> None:
    lines = [json.dumps({"outputs": [w]}, ensure_ascii=False).encode() + b"\n" for w in WORDS]
    container.script = sends("application/jsonlines", b"".join(lines), size)

    assert list(lmi_outputs(stream(runtime)["Body"])) == WORDS
