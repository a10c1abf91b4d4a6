"""Failures, as boto3 raises them."""

import json

import pytest
from client import make_client
from conftest import ENDPOINT

FACTS = "The door is green."


def call(runtime, payload=None, endpoint=ENDPOINT, **arguments):
    if payload is None:
        payload = {"inputs": "Hello."}
    body = payload if isinstance(payload, bytes) else json.dumps(payload)
    return runtime.invoke_endpoint(
        EndpointName=endpoint, ContentType="application/json", Body=body, **arguments
    )


def refused(runtime, *args, **kwargs):
    """The response of the ValidationError that the call raises."""
    with pytest.raises(runtime.exceptions.ValidationError) as raised:
        call(runtime, *args, **kwargs)
    return raised.value.response


def test_container_error_is_a_model_error(runtime):
    with pytest.raises(runtime.exceptions.ModelError) as raised:
        call(runtime, b"{ this is no JSON")

    response = raised.value.response
    assert response["Error"]["Code"] == "ModelError"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert response["OriginalStatusCode"] == 400
    assert "not valid JSON" in response["OriginalMessage"]
    assert "client error (400) from" in response["Error"]["Message"]
    assert response["ResponseMetadata"]["RequestId"]


def test_model_error_leaves_the_session_as_it_was(conversation):
    conversation.open("My cat is called Zorro.")

    with pytest.raises(conversation.runtime.exceptions.ModelError):
        conversation.invoke(conversation.id, {"inputs": 5})

    assert "Zorro" in conversation.ask("What is my cat called?")


def test_unknown_session(runtime):
    response = refused(runtime, SessionId="never-opened-by-anybody")

    assert response["Error"]["Code"] == "ValidationError"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert "never-opened-by-anybody" in response["Error"]["Message"]


def test_closed_session(conversation):
    conversation.open(FACTS)
    conversation.close()

    response = refused(conversation.runtime, SessionId=conversation.id)

    assert "closed" in response["Error"]["Message"]


@pytest.mark.parametrize("session", ["under_score", "-begins", "ends-", "a.b", "a b", "a:b", "a" * 257])
def test_malformed_session_id(unchecked_runtime, session):
    response = refused(unchecked_runtime, SessionId=session)

    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_unknown_endpoint(runtime):
    response = refused(runtime, endpoint="no-such-endpoint")

    assert "no-such-endpoint" in response["Error"]["Message"]
    assert "not found" in response["Error"]["Message"]


def test_unknown_variant(runtime):
    response = refused(runtime, TargetVariant="no-such-variant")

    assert "no-such-variant" in response["Error"]["Message"]


def test_body_over_the_limit(runtime):
    response = refused(runtime, b"x" * 2000, endpoint="small")

    assert response["ResponseMetadata"]["HTTPStatusCode"] == 413


def test_body_far_over_the_limit(runtime):
    """So long that the answer comes while boto3 still sends."""
    response = refused(runtime, b"x" * 30_000_000)

    assert response["ResponseMetadata"]["HTTPStatusCode"] == 413


def test_no_instance_is_service_unavailable(runtime):
    with pytest.raises(runtime.exceptions.ServiceUnavailable) as raised:
        call(runtime, endpoint="down")

    metadata = raised.value.response["ResponseMetadata"]
    assert metadata["HTTPStatusCode"] == 503
    assert int(metadata["HTTPHeaders"]["retry-after"]) >= 1


def test_service_unavailable_is_tried_again(router_url):
    runtime = make_client(router_url, retries={"mode": "standard", "total_max_attempts": 3})

    with pytest.raises(runtime.exceptions.ServiceUnavailable) as raised:
        call(runtime, endpoint="down")

    assert raised.value.response["ResponseMetadata"]["RetryAttempts"] == 2


def test_model_error_and_validation_error_are_not_tried_again(router_url):
    """Sending them again could only fail again."""
    runtime = make_client(router_url, retries={"mode": "legacy", "total_max_attempts": 5})

    assert refused(runtime, SessionId="unknown")["ResponseMetadata"]["RetryAttempts"] == 0
    with pytest.raises(runtime.exceptions.ModelError) as raised:
        call(runtime, b"{")
    assert raised.value.response["ResponseMetadata"]["RetryAttempts"] == 0
