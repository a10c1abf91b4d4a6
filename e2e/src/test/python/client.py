"""How the tests speak to a router: boto3, and conversations held by it."""

import json
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict, cast

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_sagemaker_runtime import SageMakerRuntimeClient
    from mypy_boto3_sagemaker_runtime.type_defs import InvokeEndpointOutputTypeDef

    # boto3's client is made at run time; these are its types.
    Runtime: TypeAlias = SageMakerRuntimeClient


class Retries(TypedDict, total=False):
    """What boto3 may be told of trying again."""

    mode: Literal["legacy", "standard", "adaptive"]
    max_attempts: int
    total_max_attempts: int


class Reason(TypedDict):
    """Of an error, as boto3 has it."""

    Code: str
    Message: str


class Metadata(TypedDict):
    """Of an answer, as boto3 has it."""

    RequestId: str
    HTTPStatusCode: int
    HTTPHeaders: dict[str, str]
    RetryAttempts: int


class Refusal(TypedDict):
    """The response in an error of boto3; the last two are those of a ModelError."""

    Error: Reason
    ResponseMetadata: Metadata
    OriginalStatusCode: int
    OriginalMessage: str


def response(error: ClientError) -> Refusal:
    """The whole of it: botocore's own type has only what every error has."""
    return cast("Refusal", error.response)


def make_client(
    router_url: str, retries: Retries | None = None, parameter_validation: bool = True
) -> "Runtime":
    return boto3.client(
        "sagemaker-runtime",
        endpoint_url=router_url,
        region_name="us-east-1",
        aws_access_key_id="demo",
        aws_secret_access_key="demo",
        config=Config(read_timeout=70, retries=retries, parameter_validation=parameter_validation),
    )


class Conversation:
    """A session with the model; further arguments, such as TargetModel, go with every request."""

    def __init__(self, runtime: "Runtime", endpoint: str = "chat", **arguments: str) -> None:
        self.runtime = runtime
        self.endpoint = endpoint
        self.arguments = arguments

    def open(self, context: str | None = None) -> "Conversation":
        payload: dict[str, Any] = {"requestType": "NEW_SESSION"}
        if context is not None:
            payload["inputs"] = context
        self.opened = self.invoke("NEW_SESSION", payload)
        self.id = self.opened["NewSessionId"].split(";")[0]
        return self

    def ask(self, question: str) -> str:
        answer = self.invoke(self.id, {"inputs": question})
        text: str = json.loads(answer["Body"].read())["generated_text"]
        return text

    def close(self) -> "InvokeEndpointOutputTypeDef":
        return self.invoke(self.id, {"requestType": "CLOSE"})

    def invoke(self, session: str, payload: dict[str, Any]) -> "InvokeEndpointOutputTypeDef":
        return self.runtime.invoke_endpoint(
            EndpointName=self.endpoint,
            SessionId=session,
            ContentType="application/json",
            Body=json.dumps(payload),
            **self.arguments,
        )
