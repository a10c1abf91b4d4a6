"""LlamaIndex."""

import json
import sys
import types
from typing import BinaryIO

# Only for a prompt format that is not used here, its package wants llama.cpp compiled.
llama_cpp = types.ModuleType("llama_cpp")
llama_cpp.__dict__["Llama"] = object
sys.modules.setdefault("llama_cpp", llama_cpp)

import driving  # noqa: E402
from llama_index.llms.sagemaker_endpoint import SageMakerLLM  # noqa: E402
from llama_index.llms.sagemaker_endpoint.utils import BaseIOHandler  # noqa: E402


class Handler(BaseIOHandler):
    """Text-generation-inference's form; its own handler knows its plain form only."""

    content_type: str = "application/json"
    accept: str = "application/json"
    stream: bool = False

    def serialize_input(self, request: str, model_kwargs: dict[str, object]) -> bytes:
        return json.dumps({"inputs": request, "stream": self.stream}).encode()

    def deserialize_output(self, response: BinaryIO) -> str:
        text: str = json.load(response)[0]["generated_text"]
        return text

    def deserialize_streaming_output(self, response: bytes) -> str:
        lines = response.decode().split("\n")
        return "".join(json.loads(line.removeprefix("data:"))["token"]["text"] for line in lines if line)

    def remove_prefix(self, raw_text: str, prompt: str) -> str:
        return raw_text


def _model(endpoint: str, handler: Handler, **more: object) -> SageMakerLLM:
    return SageMakerLLM(
        endpoint_name=endpoint,
        content_handler=handler,
        aws_region_name="eu-central-1",
        aws_access_key_id="any",
        aws_secret_access_key="any",
        messages_to_prompt=lambda messages: messages[-1].content,
        completion_to_prompt=lambda prompt, system: prompt,
        max_retries=0,
        **more,
    )


def plain(endpoint: str, prompt: str) -> str:
    text: str = _model(endpoint, Handler()).complete(prompt).text
    return text


def stream(endpoint: str, prompt: str) -> str:
    return "".join(part.delta for part in _model(endpoint, Handler(stream=True)).stream_complete(prompt))


def session(endpoint: str, prompt: str) -> str:
    model = _model(endpoint, Handler(), endpoint_kwargs={"SessionId": driving.SESSIONS[endpoint]})
    text: str = model.complete(prompt).text
    return text


driving.drive(
    driving.version("llama-index-llms-sagemaker-endpoint", "llama-index-core"),
    {"plain": plain, "stream": stream, "session": session},
)
