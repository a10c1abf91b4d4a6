"""LangChain for Python; the content handlers are those of its documentation."""

import json

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

    def transform_input(self, prompt, model_kwargs):
        return json.dumps({"inputs": prompt, "parameters": {}, **model_kwargs}).encode()

    def transform_output(self, output):
        return json.loads(output.read())[0]["generated_text"]


class LineHandler(Handler):
    def transform_output(self, output):
        line = bytes(output).strip()
        return json.loads(line.removeprefix(b"data:"))["token"]["text"] if line else ""


def _model(endpoint, handler, **more):
    return SagemakerEndpoint(endpoint_name=endpoint, client=client, content_handler=handler, **more)


def plain(endpoint, prompt):
    return _model(endpoint, Handler()).invoke(prompt)


def stream(endpoint, prompt):
    model = _model(endpoint, LineHandler(), streaming=True, model_kwargs={"stream": True})
    return "".join(model.stream(prompt))


def session(endpoint, prompt):
    return _model(endpoint, Handler(), endpoint_kwargs={"SessionId": driving.SESSIONS[endpoint]}).invoke(
        prompt
    )


driving.drive(
    driving.version("langchain-aws", "boto3"), {"plain": plain, "stream": stream, "session": session}
)
