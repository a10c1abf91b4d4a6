"""aiobotocore: one client, everything at once on one event loop."""

import json

import driving
from aiobotocore.config import AioConfig
from aiobotocore.session import ClientCreatorContext, get_session

CONFIG = AioConfig(max_pool_connections=64, retries={"max_attempts": 0})


def _client() -> ClientCreatorContext:
    return get_session().create_client("sagemaker-runtime", config=CONFIG)


async def plain(endpoint: str, prompt: str, **more: str) -> str:
    async with _client() as runtime:
        answer = await runtime.invoke_endpoint(
            EndpointName=endpoint, ContentType="application/json", Body=json.dumps({"inputs": prompt}), **more
        )
        text: str = json.loads(await answer["Body"].read())[0]["generated_text"]
        return text


async def stream(endpoint: str, prompt: str) -> str:
    async with _client() as runtime:
        answer = await runtime.invoke_endpoint_with_response_stream(
            EndpointName=endpoint,
            ContentType="application/json",
            Body=json.dumps({"inputs": prompt, "stream": True}),
        )
        said = []
        async for event in answer["Body"]:
            part = event["PayloadPart"]["Bytes"].decode()
            for line in part.removesuffix("\n\n").split("\n\n"):
                said.append(json.loads(line.removeprefix("data:"))["token"]["text"])
        return "".join(said)


async def session(endpoint: str, prompt: str) -> str:
    return await plain(endpoint, prompt, SessionId=driving.SESSIONS[endpoint])


driving.drive(
    driving.version("aiobotocore", "botocore"), {"plain": plain, "stream": stream, "session": session}
)
