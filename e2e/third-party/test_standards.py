"""AWS's model-hosting-container-standards, as vLLM's SageMaker images have them."""

import json
from typing import TYPE_CHECKING

import pytest
from conftest import End, Metric, Stage
from servers import eventually

if TYPE_CHECKING:
    from mypy_boto3_sagemaker_runtime.type_defs import InvokeEndpointOutputTypeDef
    from servers import Runtime


def invoke(
    runtime: "Runtime", session: str | None = None, endpoint: str = "standards", **payload: object
) -> "InvokeEndpointOutputTypeDef":
    arguments = {"SessionId": session} if session else {}
    return runtime.invoke_endpoint(
        EndpointName=endpoint,
        ContentType="application/json",
        Body=json.dumps(payload),
        **arguments,
    )


def new_id(answer: "InvokeEndpointOutputTypeDef") -> str:
    session, _, expires = answer["NewSessionId"].partition("; Expires=")
    assert expires.endswith("Z")
    return session


def held(stage: Stage) -> set[str]:
    """The sessions that the server itself has."""
    folder = stage.standards.sessions
    return {entry.name for entry in folder.iterdir()} if folder.exists() else set()


@pytest.mark.parametrize("endpoint", ["standards", "forwarded"])
def test_a_session_is_opened_continued_and_closed(runtime: "Runtime", stage: Stage, endpoint: str) -> None:
    session = new_id(invoke(runtime, "NEW_SESSION", endpoint, requestType="NEW_SESSION"))
    assert session in held(stage)
    continued = invoke(runtime, session, endpoint, prompt="hi")
    assert json.load(continued["Body"]) == {"echo": {"prompt": "hi"}}
    assert "NewSessionId" not in continued
    closed = invoke(runtime, session, endpoint, requestType="CLOSE")
    assert closed["ClosedSessionId"] == session
    assert session not in held(stage)
    with pytest.raises(runtime.exceptions.ValidationError, match="is closed"):
        invoke(runtime, session, endpoint, prompt="hi")


def test_a_session_that_only_the_body_asks_for_is_told(runtime: "Runtime", stage: Stage, end: End) -> None:
    session = new_id(invoke(runtime, requestType="NEW_SESSION"))
    assert json.load(invoke(runtime, session, prompt="hi")["Body"]) == {"echo": {"prompt": "hi"}}
    end("standards", session)
    eventually(lambda: session not in held(stage), "the session is closed on the server")


def test_a_session_begun_within_another_is_told_too(runtime: "Runtime", stage: Stage, end: End) -> None:
    first = new_id(invoke(runtime, "NEW_SESSION", requestType="NEW_SESSION"))
    second = new_id(invoke(runtime, first, requestType="NEW_SESSION"))
    assert {first, second} <= held(stage)
    for session in (first, second):
        end("standards", session)
    eventually(lambda: not {first, second} & held(stage), "both are closed on the server")


def test_a_request_without_a_session_stays_without(runtime: "Runtime", stage: Stage) -> None:
    before = held(stage)
    answer = invoke(runtime, prompt="hi")
    assert "NewSessionId" not in answer
    assert held(stage) == before


def test_sessions_that_would_live_longer_are_counted(runtime: "Runtime", metric: Metric, end: End) -> None:
    series = 'session_router_session_expiries_replaced_total{endpoint="standards",reason="cut"}'
    before = metric(series)
    session = new_id(invoke(runtime, "NEW_SESSION", requestType="NEW_SESSION"))
    assert metric(series) == before + 1
    end("standards", session)
