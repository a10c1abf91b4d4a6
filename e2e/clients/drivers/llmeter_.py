"""llmeter."""

import driving
from llmeter.endpoints.base import InvocationResponse
from llmeter.endpoints.sagemaker import SageMakerEndpoint, SageMakerStreamEndpoint


def _text(response: InvocationResponse) -> str | None:
    if response.error:
        raise RuntimeError(response.error)
    text: str | None = response.response_text
    return text


def plain(endpoint: str, prompt: str) -> str | None:
    called = SageMakerEndpoint(endpoint, "model", generated_text_jmespath="[0].generated_text")
    called.token_count_jmespath = None
    return _text(called.invoke(SageMakerEndpoint.create_payload(prompt)))


def stream(endpoint: str, prompt: str) -> str | None:
    called = SageMakerStreamEndpoint(endpoint, "model")
    return _text(called.invoke(SageMakerStreamEndpoint.create_payload(prompt)))


driving.drive(driving.version("llmeter", "boto3"), {"plain": plain, "stream": stream})
