"""Which model gives way when its container is full."""

from typing import TYPE_CHECKING

import pytest
from client import Refusal, response
from conftest import Archive, Converse
from test_sessions import QUESTION
from test_target_model import call
from zoo import Container, Router, until

if TYPE_CHECKING:
    from client import Runtime


def test_the_least_recently_used_model_gives_way(
    patient: "Runtime", archive: Archive, solo: Container
) -> None:
    a, b, c, d = (archive(f"lru-{letter}.tar.gz") for letter in "abcd")
    for target in (a, b, c, a):
        call(patient, target, "solo")
    assert solo.models().keys() == {a, b, c}

    call(patient, d, "solo")

    assert solo.models().keys() == {a, c, d}


def test_a_model_with_a_session_stays_whatever_else_is_asked_for(
    converse: Converse, patient: "Runtime", archive: Archive, router: Router, zoo: list[Container]
) -> None:
    session = converse(archive("kept.tar.gz"))
    home = router.instance_of(session)

    for number in range(8):
        call(patient, archive(f"passing-{number}.tar.gz"))
        assert all(len(container.models()) <= 2 for container in zoo)

    assert "Zorro" in session.ask(QUESTION)
    assert router.instance_of(session) == home
    held = set().union(*(container.models() for container in zoo))
    assert {"kept.tar.gz", "passing-7.tar.gz"} <= held


def test_where_every_model_has_a_session_there_is_no_room_until_one_ends(
    converse: Converse, runtime: "Runtime", patient: "Runtime", archive: Archive, solo: Container
) -> None:
    targets = [archive(f"bound-{number}.tar.gz") for number in range(3)]
    sessions = [converse(target, endpoint="solo") for target in targets]
    further = archive("further.tar.gz")

    def refused() -> Refusal | None:
        with pytest.raises(runtime.exceptions.ClientError) as raised:
            call(runtime, further, "solo")
        # A load that is slow to be refused is not ready first.
        refusal = response(raised.value)
        assert refusal["Error"]["Code"] in ("ServiceUnavailable", "ModelNotReadyException")
        return refusal if refusal["Error"]["Code"] == "ServiceUnavailable" else None

    refusal = until(refused, "the container is full")
    assert "has memory for model further.tar.gz" in refusal["Error"]["Message"]
    assert int(refusal["ResponseMetadata"]["HTTPHeaders"]["retry-after"]) >= 1
    assert solo.models().keys() == set(targets)

    sessions[1].close()

    call(patient, further, "solo")
    assert solo.models().keys() == {targets[0], targets[2], further}
    for session in (sessions[0], sessions[2]):
        assert "Zorro" in session.ask(QUESTION)
