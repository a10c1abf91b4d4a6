"""Which model a request is for, and what is said where there is none."""

import concurrent.futures
import json
import os
import pathlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

import openai
import pytest
from client import Refusal, make_client, response
from conftest import Archive
from zoo import Container, Router

if TYPE_CHECKING:
    from client import Runtime
    from mypy_boto3_sagemaker_runtime.type_defs import InvokeEndpointOutputTypeDef

OUTSIDE = [
    "../outside.tar.gz",
    "team/../../outside.tar.gz",
    "//etc/passwd",
    "//outside.tar.gz",
    "..%2foutside.tar.gz",
    "%2e%2e/outside.tar.gz",
    "..\\outside.tar.gz",
    "./facts.tar.gz",
    "file:///etc/passwd",
    "http://127.0.0.1/facts.tar.gz",
]


def call(
    runtime: "Runtime", target: str | None = None, endpoint: str = "zoo"
) -> "InvokeEndpointOutputTypeDef":
    arguments = {"TargetModel": target} if target else {}
    return runtime.invoke_endpoint(
        EndpointName=endpoint,
        ContentType="application/json",
        Body=json.dumps({"inputs": "Hello.", "parameters": {"max_new_tokens": 1}}),
        **arguments,
    )


def refusal(runtime: "Runtime", target: str | None = None, endpoint: str = "zoo") -> str:
    """The message of the ValidationError that the call raises."""
    with pytest.raises(runtime.exceptions.ValidationError) as raised:
        call(runtime, target, endpoint)
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return raised.value.response["Error"]["Message"]


def total(containers: Iterable[Container], *outcomes: str) -> float:
    """Loads of all containers so far; of these outcomes, if any are given."""
    counts = [count for container in containers for count in container.loads().items()]
    return sum(count for outcome, count in counts if not outcomes or outcome in outcomes)


def test_openais_client_names_the_model_in_a_header(
    router: Router, patient: "Runtime", archive: Archive
) -> None:
    target = archive("team/chat.tar.gz")
    call(patient, target)
    client = openai.OpenAI(
        base_url=f"{router.url}/endpoints/zoo/openai/v1",
        api_key="unused",
        default_headers={"X-Amzn-SageMaker-Target-Model": target},
    )

    assert [each.id for each in client.models.list()] == [target]
    reply = client.chat.completions.create(
        model=target, messages=[{"role": "user", "content": "Hello."}], max_tokens=1
    )
    assert reply.model == target
    assert reply.usage is not None
    assert reply.usage.completion_tokens == 1


def test_a_model_is_loaded_when_it_is_asked_for(
    patient: "Runtime", archive: Archive, zoo: list[Container]
) -> None:
    target = archive("team/wanted.tar.gz")
    before = total(zoo, "ok")

    answer = call(patient, target)

    assert "generated_text" in json.loads(answer["Body"].read())
    assert answer["InvokedProductionVariant"] == "main"
    call(patient, target)
    assert total(zoo, "ok") == before + 1


def test_a_missing_target_model_is_refused(runtime: "Runtime") -> None:
    assert "TargetModel is missing" in refusal(runtime)


def test_a_target_model_where_there_is_one_model_is_refused(runtime: "Runtime") -> None:
    assert "single model" in refusal(runtime, "facts.tar.gz", endpoint="plain")
    assert json.loads(call(runtime, endpoint="plain")["Body"].read())


@pytest.mark.parametrize("target", OUTSIDE)
def test_a_path_that_leaves_the_prefix_is_refused_and_nothing_is_loaded(
    runtime: "Runtime", zoo: list[Container], target: str
) -> None:
    assert (pathlib.Path(os.environ["MODELS"]).parent / "outside.tar.gz").is_file()
    before = total(zoo)

    message = refusal(runtime, target)

    assert "TargetModel is invalid" in message
    assert "below the endpoint's models" in message
    assert total(zoo) == before


def test_a_model_that_is_not_there_is_a_validation_error(runtime: "Runtime", zoo: list[Container]) -> None:
    assert refusal(runtime, "no-such.tar.gz") == "Model no-such.tar.gz not found."


def test_a_broken_archive_is_one_error_and_one_load(
    router: Router, runtime: "Runtime", zoo: list[Container]
) -> None:
    path = pathlib.Path(os.environ["MODELS"], "broken.tar.gz")
    path.write_bytes(b"this is no archive")
    before = total(zoo, "bad_artifact")

    def ask(_: int) -> Refusal:
        with pytest.raises(runtime.exceptions.ModelError) as raised:
            call(make_client(router.url), path.name)  # with boto3's own retries
        return response(raised.value)

    with concurrent.futures.ThreadPoolExecutor(10) as threads:
        responses = [*threads.map(ask, range(10)), ask(10)]

    for each in responses:
        assert each["ResponseMetadata"]["HTTPStatusCode"] == 424
        assert each["ResponseMetadata"]["RetryAttempts"] == 0
        assert each["OriginalStatusCode"] == 400
        assert "broken.tar.gz could not be loaded" in each["Error"]["Message"]
        assert os.environ["MODELS"] not in each["Error"]["Message"]
    assert total(zoo, "bad_artifact") == before + 1
