"""Haystack: it does not stream."""

import driving
from haystack.utils import Secret
from haystack_integrations.components.generators.amazon_sagemaker import SagemakerGenerator


def plain(endpoint: str, prompt: str) -> str:
    key = Secret.from_token("any")
    generator = SagemakerGenerator(
        model=endpoint,
        aws_access_key_id=key,
        aws_secret_access_key=key,
        aws_region_name=Secret.from_token("eu-central-1"),
        generation_kwargs={"max_new_tokens": 256},
    )
    replies: list[str] = generator.run(prompt)["replies"]
    return replies[0]


driving.drive(driving.version("amazon-sagemaker-haystack", "haystack-ai"), {"plain": plain})
