"""LiteLLM: it ignores AWS_ENDPOINT_URL_*, so each way has an address of its own."""

import driving
import litellm

litellm.suppress_debug_info = True
for model in ("scripted", "facts"):
    litellm.register_prompt_template(model=model, roles={"user": {"pre_message": "", "post_message": ""}})


def _arguments(endpoint: str, prompt: str, path: str, **more: object) -> dict[str, object]:
    return dict(
        model=f"sagemaker/{endpoint}",
        messages=[{"role": "user", "content": prompt}],
        sagemaker_base_url=f"{driving.URL}/endpoints/{endpoint}/{path}",
        num_retries=0,
        timeout=60,
        **more,
    )


def plain(endpoint: str, prompt: str) -> str | None:
    answer = litellm.completion(**_arguments(endpoint, prompt, "invocations"))
    text: str | None = answer.choices[0].message.content
    return text


def stream(endpoint: str, prompt: str) -> str:
    parts = litellm.completion(**_arguments(endpoint, prompt, "invocations-response-stream", stream=True))
    return "".join(part.choices[0].delta.content or "" for part in parts)


async def async_stream(endpoint: str, prompt: str) -> str:
    parts = await litellm.acompletion(
        **_arguments(endpoint, prompt, "invocations-response-stream", stream=True)
    )
    return "".join([part.choices[0].delta.content or "" async for part in parts])


async def async_plain(endpoint: str, prompt: str) -> str | None:
    answer = await litellm.acompletion(**_arguments(endpoint, prompt, "invocations"))
    text: str | None = answer.choices[0].message.content
    return text


def session(endpoint: str, prompt: str) -> str | None:
    headers = {"X-Amzn-SageMaker-Session-Id": driving.SESSIONS[endpoint]}
    answer = litellm.completion(**_arguments(endpoint, prompt, "invocations", extra_headers=headers))
    text: str | None = answer.choices[0].message.content
    return text


def chat_session(endpoint: str, prompt: str) -> str | None:
    headers = {"X-Amzn-SageMaker-Session-Id": driving.SESSIONS[endpoint]}
    arguments = _arguments(endpoint, prompt, "invocations", extra_headers=headers)
    arguments["model"] = f"sagemaker_chat/{endpoint}"
    text: str | None = litellm.completion(**arguments).choices[0].message.content
    return text


driving.drive(
    driving.version("litellm"),
    {
        "plain": plain,
        "stream": stream,
        "async plain": async_plain,
        "async stream": async_stream,
        "session": session,
        "chat session": chat_session,
    },
)
