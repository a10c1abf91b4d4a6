"""LangChain for Python; the content handlers are those of its documentation."""

import json
from typing import Any

import boto3
import driving
from botocore.config import Config
from langchain_aws.llms.sagemaker_endpoint import LLMContentHandler, SagemakerEndpoint

client = boto3.client(
    "sagemaker-runtime", config=Config(max_pool_connections=64, retries={"max_attempts": 0})
)


class Handler(LLMContentHandler):
    content_type = "application/json"
    accepts = "application/json"

    def transform_input(self, prompt: str, model_kwargs: dict[str, Any]) -> bytes:
        return json.dumps({"inputs": prompt, "parameters": {}, **model_kwargs}).encode()

    def transform_output(self, output: Any) -> str:
        text: str = json.loads(output.read())[0]["generated_text"]
        return text


class LineHandler(Handler):
    def transform_output(self, output: Any) -> str:
        line = bytes(output).strip()
        text: str = json.loads(line.removeprefix(b"data:"))["token"]["text"] if line else ""
        return text


def _model(endpoint: str, handler: Handler, **more: object) -> SagemakerEndpoint:
    return SagemakerEndpoint(endpoint_name=endpoint, client=client, content_handler=handler, **more)


def plain(endpoint: str, prompt: str) -> str:
    text: str = _model(endpoint, Handler()).invoke(prompt)
    return text


def stream(endpoint: str, prompt: str) -> str:
    model = _model(endpoint, LineHandler(), streaming=True, model_kwargs={"stream": True})
    return "".join(model.stream(prompt))


def session(endpoint: str, prompt: str) -> str:
    model = _model(endpoint, Handler(), endpoint_kwargs={"SessionId": driving.SESSIONS[endpoint]})
    text: str = model.invoke(prompt)
    return text


driving.drive(
    driving.version("langchain-aws", "boto3"), {"plain": plain, "stream": stream, "session": session}
)
