"""Sessions with models: each stays with its instance, its model and its memory."""

import json

import pytest
from client import Conversation
from conftest import FACTS, Archive, Converse
from zoo import Container, Router

QUESTION = "What is my cat called?"


def refusal(conversation: Conversation, **arguments: str) -> str:
    """The message of the ValidationError that a request in the session raises."""
    runtime = conversation.runtime
    with pytest.raises(runtime.exceptions.ValidationError) as raised:
        runtime.invoke_endpoint(
            EndpointName=conversation.endpoint,
            SessionId=conversation.id,
            ContentType="application/json",
            Body=json.dumps({"inputs": QUESTION}),
            **arguments,
        )
    return raised.value.response["Error"]["Message"]


def test_a_session_stays_with_its_instance_and_its_model(
    converse: Converse, archive: Archive, router: Router, zoo: list[Container]
) -> None:
    session = converse(archive("stays.tar.gz"))
    home = router.instance_of(session)

    for _ in range(5):
        assert "Zorro" in session.ask(QUESTION)

    assert router.instance_of(session) == home
    holders = [c.instance for c in zoo if "stays.tar.gz" in c.models()]
    assert holders == [home]


def test_sessions_of_two_models_are_kept_apart(converse: Converse, archive: Archive) -> None:
    first, second = archive("first.tar.gz"), archive("second.tar.gz")
    one = converse(first, "My cat is called Zorro.")
    other = converse(second, "My cat is called Fergus.")

    for _ in range(3):
        assert "Zorro" in one.ask(QUESTION)
        assert "Fergus" in other.ask(QUESTION)

    assert first in refusal(one, TargetModel=second)
    assert second in refusal(other, TargetModel=first)
    assert "Zorro" in one.ask(QUESTION)


def test_every_request_of_a_session_names_its_model(converse: Converse, archive: Archive) -> None:
    session = converse(archive("named.tar.gz"))

    assert "TargetModel is missing" in refusal(session)


def test_two_sessions_of_one_model_know_nothing_of_each_other(converse: Converse, archive: Archive) -> None:
    target = archive("shared.tar.gz")
    told, fresh = converse(target, FACTS), converse(target, "The door is green.")

    assert "Zorro" in told.ask(QUESTION)
    assert "Zorro" not in fresh.ask(QUESTION)


def test_a_session_is_lost_with_its_model(
    converse: Converse, archive: Archive, router: Router, zoo: list[Container]
) -> None:
    session = converse(archive("unloaded.tar.gz"))
    home = next(c for c in zoo if c.instance == router.instance_of(session))

    home.unload("unloaded.tar.gz")

    assert "gone" in refusal(session, TargetModel="unloaded.tar.gz")
    again = converse("unloaded.tar.gz")
    assert "Zorro" in again.ask(QUESTION)
    assert "gone" in refusal(session, TargetModel="unloaded.tar.gz")
