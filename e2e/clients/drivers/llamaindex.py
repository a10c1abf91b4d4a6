"""LlamaIndex."""

import json
import sys
import types

# Only for a prompt format that is not used here, its package wants llama.cpp compiled.
sys.modules.setdefault("llama_cpp", types.SimpleNamespace(Llama=object))

import driving  # noqa: E402
from llama_index.llms.sagemaker_endpoint import SageMakerLLM  # noqa: E402
from llama_index.llms.sagemaker_endpoint.utils import BaseIOHandler  # noqa: E402


class Handler(BaseIOHandler):
    """Text-generation-inference's form; its own handler knows its plain form only."""

    content_type: str = "application/json"
    accept: str = "application/json"
    stream: bool = False

    def serialize_input(self, request, model_kwargs):
        return json.dumps({"inputs": request, "stream": self.stream}).encode()

    def deserialize_output(self, response):
        return json.load(response)[0]["generated_text"]

    def deserialize_streaming_output(self, response):
        lines = response.decode().split("\n")
        return "".join(json.loads(line.removeprefix("data:"))["token"]["text"] for line in lines if line)

    def remove_prefix(self, raw_text, prompt):
        return raw_text


def _model(endpoint, handler, **more):
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


def plain(endpoint, prompt):
    return _model(endpoint, Handler()).complete(prompt).text


def stream(endpoint, prompt):
    return "".join(part.delta for part in _model(endpoint, Handler(stream=True)).stream_complete(prompt))


def session(endpoint, prompt):
    return (
        _model(endpoint, Handler(), endpoint_kwargs={"SessionId": driving.SESSIONS[endpoint]})
        .complete(prompt)
        .text
    )


driving.drive(
    driving.version("llama-index-llms-sagemaker-endpoint", "llama-index-core"),
    {"plain": plain, "stream": stream, "session": session},
)
