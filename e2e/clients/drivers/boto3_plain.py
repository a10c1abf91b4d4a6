"""boto3 alone, for comparison: every part must be whole events of whole characters."""

import json

import boto3
import driving
from botocore.config import Config

runtime = boto3.client(
    "sagemaker-runtime", config=Config(max_pool_connections=64, retries={"max_attempts": 0})
)


def plain(endpoint: str, prompt: str, **more: str) -> str:
    body = json.dumps({"inputs": prompt})
    answer = runtime.invoke_endpoint(EndpointName=endpoint, ContentType="application/json", Body=body, **more)
    text: str = json.load(answer["Body"])[0]["generated_text"]
    return text


def stream(endpoint: str, prompt: str) -> str:
    body = json.dumps({"inputs": prompt, "stream": True})
    answer = runtime.invoke_endpoint_with_response_stream(
        EndpointName=endpoint, ContentType="application/json", Body=body
    )
    said = []
    for event in answer["Body"]:
        part = event["PayloadPart"]["Bytes"].decode()
        for line in part.removesuffix("\n\n").split("\n\n"):
            said.append(json.loads(line.removeprefix("data:"))["token"]["text"])
    return "".join(said)


def session(endpoint: str, prompt: str) -> str:
    return plain(endpoint, prompt, SessionId=driving.SESSIONS[endpoint])


driving.drive(driving.version("boto3"), {"plain": plain, "stream": stream, "session": session})
