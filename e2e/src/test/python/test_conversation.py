"""A conversation by boto3: a session remembers what another one was never told."""

import json
import os
import re
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, TypedDict

import pytest
from client import Conversation
from conftest import ENDPOINT

if TYPE_CHECKING:
    from client import Runtime


class Example(TypedDict):
    """A context, and what can be asked about it."""

    context: str
    question: str
    answer: str


with open(os.environ["EXAMPLES"], encoding="utf-8") as file:
    EXAMPLES: list[Example] = json.load(file)[:12]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["question"])
def test_continued_session_remembers(conversation: Conversation, example: Example) -> None:
    conversation.open(example["context"])

    assert example["answer"] in conversation.ask(example["question"])

    conversation.close()


def test_fresh_session_does_not_know(runtime: "Runtime") -> None:
    def knows(example: Example) -> bool:
        fresh = Conversation(runtime).open()
        answer = fresh.ask(example["question"])
        fresh.close()
        return example["answer"] in answer

    known = [example["question"] for example in EXAMPLES if knows(example)]

    # A lucky guess of a colour is possible, knowledge is not.
    assert len(known) <= len(EXAMPLES) // 4, f"answered without having been told: {known}"


def test_stateless_call_carries_everything(runtime: "Runtime") -> None:
    example = EXAMPLES[0]

    answer = runtime.invoke_endpoint(
        EndpointName=ENDPOINT,
        ContentType="application/json",
        Body=json.dumps({"inputs": f"{example['context']} {example['question']}"}),
    )

    assert json.loads(answer["Body"].read())["usage"]["cached_tokens"] == 0
    assert "NewSessionId" not in answer
    assert "ClosedSessionId" not in answer


def test_new_session_tells_its_id_and_end(conversation: Conversation) -> None:
    before = datetime.now(timezone.utc)

    opened = conversation.open("The door is green.").opened["NewSessionId"]

    found = re.fullmatch(r"([a-zA-Z0-9](-*[a-zA-Z0-9])*); Expires=(\S+Z)", opened)
    assert found, opened
    assert len(found[1]) <= 226
    expires = datetime.strptime(found[3], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    assert before < expires <= before + timedelta(minutes=21)


def test_only_the_first_answer_tells_a_new_session(conversation: Conversation) -> None:
    conversation.open("The door is green.")

    continued = conversation.invoke(conversation.id, {"inputs": "Hello."})

    assert "NewSessionId" not in continued
    assert "ClosedSessionId" not in continued


def test_close_tells_the_closed_session(conversation: Conversation) -> None:
    conversation.open("The door is green.")

    assert conversation.close()["ClosedSessionId"] == conversation.id


def test_continued_session_sends_only_what_is_new(conversation: Conversation) -> None:
    """The tokens of the context are in the cache, not in the request."""
    context = " ".join(example["context"] for example in EXAMPLES)
    conversation.open(context)

    answer = conversation.invoke(conversation.id, {"inputs": "Hello."})

    usage = json.loads(answer["Body"].read())["usage"]
    computed = usage["prompt_tokens"] - usage["cached_tokens"]
    assert usage["cached_tokens"] > 5 * computed > 0, usage


@pytest.mark.parametrize("session", ["NEW_SESSION", None])
def test_every_answer_names_the_variant_and_the_request(runtime: "Runtime", session: str | None) -> None:
    arguments = {"SessionId": session} if session else {}
    body = {"requestType": "NEW_SESSION"} if session else {"inputs": "Hello."}

    answer = runtime.invoke_endpoint(
        EndpointName=ENDPOINT, ContentType="application/json", Body=json.dumps(body), **arguments
    )

    assert answer["InvokedProductionVariant"] == "main"
    assert answer["ContentType"].startswith("application/json")
    assert answer["ResponseMetadata"]["RequestId"]
