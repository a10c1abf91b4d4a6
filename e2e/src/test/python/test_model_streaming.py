"""Response streams of the real model, read as AWS's notebooks for Llama 2 do."""

import json
import re
import threading
import urllib.request
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest
from client import Conversation, response
from conftest import ENDPOINT
from line_iterator import Message, lmi_outputs, tgi_tokens

if TYPE_CHECKING:
    from botocore.eventstream import EventStream
    from client import Runtime
    from mypy_boto3_sagemaker_runtime.type_defs import (
        InvokeEndpointWithResponseStreamOutputTypeDef,
        ResponseStreamTypeDef,
    )

FACTS = "My cat is called Zorro."
QUESTION = "What is my cat called?"
PATIENCE = 60


def stream(
    runtime: "Runtime",
    inputs: object,
    session: str | None = None,
    accept: str | None = None,
    **payload: object,
) -> "InvokeEndpointWithResponseStreamOutputTypeDef":
    arguments = {"SessionId": session} if session else {}
    arguments |= {"Accept": accept} if accept else {}
    return runtime.invoke_endpoint_with_response_stream(
        EndpointName=ENDPOINT,
        ContentType="application/json",
        Body=json.dumps({"inputs": inputs, **payload}),
        **arguments,
    )


def texts(messages: Iterable[Message]) -> str:
    return "".join(m["token"]["text"] for m in messages if not m["token"]["special"])


def test_tgi_style_answer_is_the_plain_answer(conversation: Conversation, runtime: "Runtime") -> None:
    conversation.open(FACTS)
    plain = conversation.ask(QUESTION)

    answer = stream(runtime, QUESTION, conversation.id, stream=True)
    messages = list(tgi_tokens(answer["Body"]))

    assert answer["ContentType"].startswith("text/event-stream")
    assert "Zorro" in plain
    assert messages[-1]["generated_text"] == plain
    assert texts(messages) == plain
    assert all(message["generated_text"] is None for message in messages[:-1])
    conversation.close()


def test_lmi_style_answer_is_the_plain_answer(conversation: Conversation, runtime: "Runtime") -> None:
    conversation.open(FACTS)
    plain = conversation.ask(QUESTION)

    answer = stream(runtime, QUESTION, conversation.id, accept="application/jsonlines")

    assert answer["ContentType"].startswith("application/jsonlines")
    assert "".join(lmi_outputs(answer["Body"])) == plain
    conversation.close()


def test_accept_alone_asks_for_events(runtime: "Runtime") -> None:
    messages = list(tgi_tokens(stream(runtime, "Hello.", accept="text/event-stream")["Body"]))

    assert messages[-1]["generated_text"] == texts(messages)


def test_a_plain_call_streams_what_the_model_streams(runtime: "Runtime") -> None:
    answer = runtime.invoke_endpoint(
        EndpointName=ENDPOINT,
        ContentType="application/json",
        Accept="text/event-stream",
        Body=json.dumps({"inputs": "Hello."}),
    )

    lines = [line for line in answer["Body"].iter_lines() if line]

    assert len(lines) > 1
    assert all(line.startswith(b"data:{") for line in lines)


def test_a_session_is_opened_by_a_stream(runtime: "Runtime", conversation: Conversation) -> None:
    """The operation has no field for it; the header is the one of invoke_endpoint."""
    opened = stream(runtime, FACTS, "NEW_SESSION", stream=True, requestType="NEW_SESSION")
    messages = list(tgi_tokens(opened["Body"]))
    header = opened["ResponseMetadata"]["HTTPHeaders"]["x-amzn-sagemaker-new-session-id"]

    conversation.id = header.split(";")[0]

    assert messages[-1]["generated_text"]
    assert "Zorro" in conversation.ask(QUESTION)
    assert conversation.close()["ClosedSessionId"] == conversation.id


def test_what_cannot_be_answered_is_an_error_before_the_stream(runtime: "Runtime") -> None:
    with pytest.raises(runtime.exceptions.ModelError) as raised:
        stream(runtime, 5, stream=True)

    assert response(raised.value)["OriginalStatusCode"] == 400


class Containers:
    """What the model containers tell of themselves."""

    def __init__(self, urls: Iterable[str]) -> None:
        self._urls = urls

    def sum(self, name: str) -> float:
        return sum(self._value(url, name) for url in self._urls)

    def _value(self, url: str, name: str) -> float:
        with urllib.request.urlopen(f"{url}/q/metrics", timeout=PATIENCE) as answer:
            found = re.search(rf"^{re.escape(name)} (\S+)$", answer.read().decode(), re.MULTILINE)
        assert found, f"{url} has no metric {name}"
        return float(found[1])

    def generated(self) -> float:
        return self.sum('model_container_tokens_total{kind="generated"}')

    def await_rest(self) -> None:
        waited = threading.Event()
        for _ in range(PATIENCE * 20):
            if self.sum("model_container_sequences_active") == 0:
                return
            waited.wait(0.05)
        pytest.fail("the containers still generate")


@pytest.fixture
def containers(container_urls: list[str]) -> Containers:
    return Containers(container_urls)


def rambling(runtime: "Runtime", seed: int, tokens: int) -> "EventStream[ResponseStreamTypeDef]":
    """Words drawn almost at random: an end comes about once in two thousand tokens."""
    parameters = {"max_new_tokens": tokens, "temperature": 10, "seed": seed}
    return stream(runtime, "Hello.", stream=True, parameters=parameters)["Body"]


def cut_short(runtime: "Runtime", containers: Containers, seed: int) -> tuple[float, int]:
    """Tokens generated for a client that left, and for one that asked the same and stayed."""
    before = containers.generated()
    leaving = rambling(runtime, seed, 5000)
    for _, _ in zip(range(3), tgi_tokens(leaving), strict=False):
        pass
    leaving.close()
    containers.await_rest()
    for_leaver = containers.generated() - before
    staying = len(list(tgi_tokens(rambling(runtime, seed, int(for_leaver) + 200))))
    return for_leaver, staying


def test_a_client_that_leaves_ends_the_generation(runtime: "Runtime", containers: Containers) -> None:
    """Unless the reply was at its end by itself, which another seed would show."""
    seen = []
    for seed in range(1, 6):
        for_leaver, staying = cut_short(runtime, containers, seed)
        seen.append((for_leaver, staying))
        if for_leaver < staying:
            return
    pytest.fail(f"as many tokens for a client that left as for one that stayed: {seen}")
