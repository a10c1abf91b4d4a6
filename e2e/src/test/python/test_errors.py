"""Failures, as boto3 raises them."""

import json
from typing import TYPE_CHECKING

import pytest
from client import Conversation, Refusal, make_client, response
from conftest import ENDPOINT

if TYPE_CHECKING:
    from client import Runtime
    from mypy_boto3_sagemaker_runtime.type_defs import InvokeEndpointOutputTypeDef

FACTS = "The door is green."


def call(
    runtime: "Runtime", payload: object = None, endpoint: str = ENDPOINT, **arguments: str
) -> "InvokeEndpointOutputTypeDef":
    if payload is None:
        payload = {"inputs": "Hello."}
    body = payload if isinstance(payload, bytes) else json.dumps(payload)
    return runtime.invoke_endpoint(
        EndpointName=endpoint, ContentType="application/json", Body=body, **arguments
    )


def refused(
    runtime: "Runtime", payload: object = None, endpoint: str = ENDPOINT, **arguments: str
) -> Refusal:
    """The response of the ValidationError that the call raises."""
    with pytest.raises(runtime.exceptions.ValidationError) as raised:
        call(runtime, payload, endpoint, **arguments)
    return response(raised.value)


def test_container_error_is_a_model_error(runtime: "Runtime") -> None:
    with pytest.raises(runtime.exceptions.ModelError) as raised:
        call(runtime, b"{ this is no JSON")

    refusal = response(raised.value)
    assert refusal["Error"]["Code"] == "ModelError"
    assert refusal["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert refusal["OriginalStatusCode"] == 400
    assert "not valid JSON" in refusal["OriginalMessage"]
    assert "client error (400) from" in refusal["Error"]["Message"]
    assert refusal["ResponseMetadata"]["RequestId"]


def test_model_error_leaves_the_session_as_it_was(conversation: Conversation) -> None:
    conversation.open("My cat is called Zorro.")

    with pytest.raises(conversation.runtime.exceptions.ModelError):
        conversation.invoke(conversation.id, {"inputs": 5})

    assert "Zorro" in conversation.ask("What is my cat called?")


def test_unknown_session(runtime: "Runtime") -> None:
    refusal = refused(runtime, SessionId="never-opened-by-anybody")

    assert refusal["Error"]["Code"] == "ValidationError"
    assert refusal["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert "never-opened-by-anybody" in refusal["Error"]["Message"]


def test_closed_session(conversation: Conversation) -> None:
    conversation.open(FACTS)
    conversation.close()

    refusal = refused(conversation.runtime, SessionId=conversation.id)

    assert "closed" in refusal["Error"]["Message"]


@pytest.mark.parametrize("session", ["under_score", "-begins", "ends-", "a.b", "a b", "a:b", "a" * 257])
def test_malformed_session_id(unchecked_runtime: "Runtime", session: str) -> None:
    refusal = refused(unchecked_runtime, SessionId=session)

    assert refusal["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_unknown_endpoint(runtime: "Runtime") -> None:
    refusal = refused(runtime, endpoint="no-such-endpoint")

    assert "no-such-endpoint" in refusal["Error"]["Message"]
    assert "not found" in refusal["Error"]["Message"]


def test_unknown_variant(runtime: "Runtime") -> None:
    refusal = refused(runtime, TargetVariant="no-such-variant")

    assert "no-such-variant" in refusal["Error"]["Message"]


def test_body_over_the_limit(runtime: "Runtime") -> None:
    refusal = refused(runtime, b"x" * 2000, endpoint="small")

    assert refusal["ResponseMetadata"]["HTTPStatusCode"] == 413


def test_body_far_over_the_limit(runtime: "Runtime") -> None:
    """So long that the answer comes while boto3 still sends."""
    refusal = refused(runtime, b"x" * 30_000_000)

    assert refusal["ResponseMetadata"]["HTTPStatusCode"] == 413


def test_no_instance_is_service_unavailable(runtime: "Runtime") -> None:
    with pytest.raises(runtime.exceptions.ServiceUnavailable) as raised:
        call(runtime, endpoint="down")

    metadata = response(raised.value)["ResponseMetadata"]
    assert metadata["HTTPStatusCode"] == 503
    assert int(metadata["HTTPHeaders"]["retry-after"]) >= 1


def test_service_unavailable_is_tried_again(router_url: str) -> None:
    runtime = make_client(router_url, retries={"mode": "standard", "total_max_attempts": 3})

    with pytest.raises(runtime.exceptions.ServiceUnavailable) as raised:
        call(runtime, endpoint="down")

    assert response(raised.value)["ResponseMetadata"]["RetryAttempts"] == 2


def test_model_error_and_validation_error_are_not_tried_again(router_url: str) -> None:
    """Sending them again could only fail again."""
    runtime = make_client(router_url, retries={"mode": "legacy", "total_max_attempts": 5})

    assert refused(runtime, SessionId="unknown")["ResponseMetadata"]["RetryAttempts"] == 0
    with pytest.raises(runtime.exceptions.ModelError) as raised:
        call(runtime, b"{")
    assert response(raised.value)["ResponseMetadata"]["RetryAttempts"] == 0
