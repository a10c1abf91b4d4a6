"""Strands: it speaks OpenAI's chat, which the real container does not."""

import driving
from botocore.config import Config
from strands.models.sagemaker import SageMakerAIModel


def _model(endpoint: str, streaming: bool, **more: object) -> SageMakerAIModel:
    return SageMakerAIModel(
        endpoint_config={"endpoint_name": endpoint, "region_name": "eu-central-1", "additional_args": more},
        payload_config={"max_tokens": 1000, "stream": streaming},
        boto_client_config=Config(max_pool_connections=64, retries={"max_attempts": 0}),
    )


async def _said(endpoint: str, prompt: str, streaming: bool, **more: object) -> str:
    said = []
    messages = [{"role": "user", "content": [{"text": prompt}]}]
    async for event in _model(endpoint, streaming, **more).stream(messages):
        said.append(event.get("contentBlockDelta", {}).get("delta", {}).get("text", ""))
    return "".join(said)


async def stream(endpoint: str, prompt: str) -> str:
    return await _said(endpoint, prompt, True)


async def plain(endpoint: str, prompt: str) -> str:
    return await _said(endpoint, prompt, False)


async def session(endpoint: str, prompt: str) -> str:
    return await _said(endpoint, prompt, True, SessionId=driving.SESSIONS[endpoint])


driving.drive(
    driving.version("strands-agents", "boto3"),
    {"chat plain": plain, "chat stream": stream, "chat stream session": session},
)
