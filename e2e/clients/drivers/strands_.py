"""Strands: it speaks OpenAI's chat, which the real container does not."""

import driving
from botocore.config import Config
from strands.models.sagemaker import SageMakerAIModel


def _model(endpoint, streaming, **more):
    return SageMakerAIModel(
        endpoint_config={"endpoint_name": endpoint, "region_name": "eu-central-1", "additional_args": more},
        payload_config={"max_tokens": 1000, "stream": streaming},
        boto_client_config=Config(max_pool_connections=64, retries={"max_attempts": 0}),
    )


async def _said(endpoint, prompt, streaming, **more):
    said = []
    messages = [{"role": "user", "content": [{"text": prompt}]}]
    async for event in _model(endpoint, streaming, **more).stream(messages):
        said.append(event.get("contentBlockDelta", {}).get("delta", {}).get("text", ""))
    return "".join(said)


async def stream(endpoint, prompt):
    return await _said(endpoint, prompt, True)


async def plain(endpoint, prompt):
    return await _said(endpoint, prompt, False)


async def session(endpoint, prompt):
    return await _said(endpoint, prompt, True, SessionId=driving.SESSIONS[endpoint])


driving.drive(
    driving.version("strands-agents", "boto3"),
    {"chat plain": plain, "chat stream": stream, "chat stream session": session},
)
