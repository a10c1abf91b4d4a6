"""How the tests speak to a router: boto3, and conversations held by it."""

import json

import boto3
from botocore.config import Config


def make_client(router_url, **settings):
    return boto3.client(
        "sagemaker-runtime",
        endpoint_url=router_url,
        region_name="us-east-1",
        aws_access_key_id="demo",
        aws_secret_access_key="demo",
        config=Config(read_timeout=70, **settings),
    )


class Conversation:
    """A session with the model; further arguments, such as TargetModel, go with every request."""

    def __init__(self, runtime, endpoint="chat", **arguments):
        self.runtime = runtime
        self.endpoint = endpoint
        self.arguments = arguments

    def open(self, context=None):
        payload = {"requestType": "NEW_SESSION"}
        if context is not None:
            payload["inputs"] = context
        self.opened = self.invoke("NEW_SESSION", payload)
        self.id = self.opened["NewSessionId"].split(";")[0]
        return self

    def ask(self, question):
        answer = self.invoke(self.id, {"inputs": question})
        return json.loads(answer["Body"].read())["generated_text"]

    def close(self):
        return self.invoke(self.id, {"requestType": "CLOSE"})

    def invoke(self, session, payload):
        return self.runtime.invoke_endpoint(
            EndpointName=self.endpoint,
            SessionId=session,
            ContentType="application/json",
            Body=json.dumps(payload),
            **self.arguments,
        )
