"""TorchServe's sequence batching, with handlers of the shape of its and AWS's examples."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import pytest
from conftest import End
from servers import eventually

if TYPE_CHECKING:
    from mypy_boto3_sagemaker_runtime.type_defs import InvokeEndpointOutputTypeDef
    from servers import Runtime


def add(
    runtime: "Runtime", number: int, session: str | None = None
) -> "tuple[int, InvokeEndpointOutputTypeDef]":
    """The answer to a number, with the sum in its place."""
    arguments = {"SessionId": session} if session else {}
    answer = runtime.invoke_endpoint(
        EndpointName="sequence", ContentType="application/json", Body=str(number), **arguments
    )
    return int(answer["Body"].read()), answer


def new_id(answer: "InvokeEndpointOutputTypeDef") -> str:
    session, _, expires = answer["NewSessionId"].partition("; Expires=")
    assert session.startswith("ts-seq-")
    assert expires.endswith("Z")
    return session


def draw(
    runtime: "Runtime", session: str | None = None, **request: str
) -> "tuple[Any, InvokeEndpointOutputTypeDef]":
    """The answer of the handler that keeps a picture."""
    arguments = {"SessionId": session} if session else {}
    answer = runtime.invoke_endpoint(
        EndpointName="picture",
        ContentType="application/json",
        Body=json.dumps(request),
        **arguments,
    )
    return json.loads(answer["Body"].read()), answer


def open_picture(runtime: "Runtime", path: str) -> str:
    said, answer = draw(runtime, "NEW_SESSION", type="start_session", path=path)
    session = new_id(answer)
    assert said["session_id"] == session
    return session


def refusal(runtime: "Runtime", call: Callable[[], object]) -> str:
    with pytest.raises(runtime.exceptions.ValidationError) as raised:
        call()
    return raised.value.response["Error"]["Message"]


def test_a_sequence_is_opened_continued_and_closed(runtime: "Runtime") -> None:
    total, opened = add(runtime, 7, "NEW_SESSION")
    session = new_id(opened)
    assert total == 7
    total, continued = add(runtime, 8, session)
    assert total == 15
    assert "NewSessionId" not in continued
    total, closed = add(runtime, 0, session)
    assert total == 15
    assert closed["ClosedSessionId"] == session
    assert "is closed" in refusal(runtime, lambda: add(runtime, 1, session))


def test_a_sequence_that_nobody_asked_for_is_told(runtime: "Runtime", end: End) -> None:
    _total, answer = add(runtime, 5)
    session = new_id(answer)
    assert add(runtime, 6, session)[0] == 11
    end("sequence", session)


def test_a_sequence_that_ends_at_once_is_no_session(runtime: "Runtime") -> None:
    total, answer = add(runtime, 0)
    assert total == 0
    assert "NewSessionId" not in answer


def test_a_session_that_is_ended_makes_room_in_the_server(runtime: "Runtime", end: End) -> None:
    sessions = [new_id(add(runtime, number, "NEW_SESSION")[1]) for number in (1, 2, 3)]
    with pytest.raises(runtime.exceptions.ModelError) as full:
        add(runtime, 4, "NEW_SESSION")
    # botocore's own type of a response has only what every error has.
    response = cast("dict[str, Any]", full.value.response)
    assert "maxSequenceJobQueueSize" in response["OriginalMessage"]

    for session in sessions:
        end("sequence", session)

    def opens() -> bool:
        try:
            sessions.append(new_id(add(runtime, 5, "NEW_SESSION")[1]))
        except runtime.exceptions.ModelError:
            return False
        return True

    eventually(opens, "TorchServe has room for a sequence")
    add(runtime, 0, sessions[-1])


def test_a_picture_is_asked_about_and_closed_by_its_client(runtime: "Runtime") -> None:
    session = open_picture(runtime, "cat.png")
    said, _ = draw(runtime, session, type="send_text_prompt", text="what is")
    assert said == {"answer": "what is cat.png"}
    _, closed = draw(runtime, session, type="close_session", session_id=session)
    assert closed["ClosedSessionId"] == session
    ask = {"type": "send_text_prompt", "text": "what is"}
    assert "is closed" in refusal(runtime, lambda: draw(runtime, session, **ask))


def test_the_router_closes_with_the_id_in_the_body(runtime: "Runtime", end: End) -> None:
    left, watcher = open_picture(runtime, "dog.png"), open_picture(runtime, "bird.png")
    end("picture", left)
    eventually(lambda: left not in open_sessions(runtime, watcher), "the picture is dropped")
    assert watcher in open_sessions(runtime, watcher)
    draw(runtime, watcher, type="close_session", session_id=watcher)


def test_the_router_closes_an_idle_session(runtime: "Runtime") -> None:
    left, watcher = open_picture(runtime, "dog.png"), open_picture(runtime, "bird.png")
    eventually(lambda: left not in open_sessions(runtime, watcher), "the idle picture is dropped")
    ask = {"type": "send_text_prompt", "text": "what is"}
    assert "has expired" in refusal(runtime, lambda: draw(runtime, left, **ask))
    draw(runtime, watcher, type="close_session", session_id=watcher)


def open_sessions(runtime: "Runtime", session: str) -> list[str]:
    """What the server still holds, by its own word."""
    held: list[str] = draw(runtime, session, type="open_sessions")[0]["open"]
    return held
