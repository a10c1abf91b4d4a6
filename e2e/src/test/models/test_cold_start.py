"""A model that takes longer to load than the router lets a request wait ("solo": 100 ms)."""

import json
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import boto3
import pytest
from archives import ArchiveServer
from botocore.config import Config
from conftest import Archive
from test_target_model import call
from zoo import Container, Router, until

if TYPE_CHECKING:
    from client import Runtime

Mode: TypeAlias = Literal["standard", "legacy"]
MODES: dict[str, Mode | None] = {"boto3 as it comes": None, "standard": "standard", "legacy": "legacy"}


def client(router: Router, mode: Mode | None) -> "Runtime":
    """What a user writes."""
    return boto3.client(
        "sagemaker-runtime",
        endpoint_url=router.url,
        region_name="us-east-1",
        aws_access_key_id="demo",
        aws_secret_access_key="demo",
        config=Config(retries={"mode": mode}) if mode else None,
    )


@pytest.mark.parametrize("mode", MODES)
def test_boto3_waits_it_out(
    mode: str, router: Router, archive: Archive, served: ArchiveServer, solo: Container
) -> None:
    runtime = client(router, MODES[mode])
    target = archive(f"cold-{mode.replace(' ', '-')}.tar.gz")
    before = solo.loads().get("ok", 0)
    codes = []

    def told(response: tuple[object, dict[str, Any]], **_: object) -> None:
        """Lets the load go on when the client was put off, and time pass until it is done."""
        codes.append(response[1].get("Error", {}).get("Code"))
        served.let_go()
        until(lambda: router.knows_loaded("solo", target), "the model is loaded")

    runtime.meta.events.register_first("needs-retry.sagemaker-runtime.InvokeEndpoint", told)
    served.hold()

    answer = call(runtime, target, "solo")

    assert "generated_text" in json.loads(answer["Body"].read())
    assert codes == ["ModelNotReadyException", None]
    assert (served.asked[target], solo.loads()["ok"]) == (1, before + 1)


def test_who_does_not_try_again_is_told_the_reason_and_the_load_goes_on(
    router: Router, runtime: "Runtime", archive: Archive, served: ArchiveServer
) -> None:
    target = archive("not-ready.tar.gz")
    served.hold()

    for _ in range(3):
        with pytest.raises(runtime.exceptions.ModelNotReadyException) as raised:
            call(runtime, target, "solo")
        assert "still being loaded" in raised.value.response["Error"]["Message"]
    served.let_go()

    until(lambda: router.knows_loaded("solo", target), "the model is loaded")
    call(runtime, target, "solo")
    assert served.asked[target] == 1


def test_a_model_unloaded_behind_the_routers_back_is_loaded_again(
    patient: "Runtime", archive: Archive, solo: Container
) -> None:
    target = archive("dropped.tar.gz")
    call(patient, target, "solo")

    solo.unload(target)

    call(patient, target, "solo")
    assert target in solo.models()
