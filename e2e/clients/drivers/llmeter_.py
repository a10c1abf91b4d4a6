"""llmeter."""

import driving
from llmeter.endpoints.sagemaker import SageMakerEndpoint, SageMakerStreamEndpoint


def _text(response):
    if response.error:
        raise RuntimeError(response.error)
    return response.response_text


def plain(endpoint, prompt):
    called = SageMakerEndpoint(endpoint, "model", generated_text_jmespath="[0].generated_text")
    called.token_count_jmespath = None
    return _text(called.invoke(SageMakerEndpoint.create_payload(prompt)))


def stream(endpoint, prompt):
    called = SageMakerStreamEndpoint(endpoint, "model")
    return _text(called.invoke(SageMakerStreamEndpoint.create_payload(prompt)))


driving.drive(driving.version("llmeter", "boto3"), {"plain": plain, "stream": stream})
