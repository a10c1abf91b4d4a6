"""OpenAI's own client, against the router and the bundled model."""

import json
import re
import urllib.request
from collections.abc import Callable, Iterator

import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam

ENDPOINT = "chat"
SESSION = "X-Amzn-SageMaker-Session-Id"
NEW_SESSION = "X-Amzn-SageMaker-New-Session-Id"
PREFIX = "X-Amzn-SageMaker-Prefix-Aware-Id"
STORY = "My cat is called Zebulon. I live in Quarrington."
QUESTION = "What is my cat called?"


def user(text: str) -> ChatCompletionMessageParam:
    return {"role": "user", "content": text}


def assistant(text: str | None) -> ChatCompletionMessageParam:
    return {"role": "assistant", "content": text}


@pytest.fixture(scope="module")
def connect(router_url: str) -> Callable[..., openai.OpenAI]:
    def connected(endpoint: str = ENDPOINT, **headers: str) -> openai.OpenAI:
        return openai.OpenAI(
            base_url=f"{router_url}/endpoints/{endpoint}/openai/v1",
            api_key="unused",
            max_retries=0,
            default_headers=headers,
        )

    return connected


@pytest.fixture(scope="module")
def client(connect: Callable[..., openai.OpenAI]) -> openai.OpenAI:
    return connect()


@pytest.fixture(scope="module")
def model(client: openai.OpenAI) -> str:
    return client.models.list().data[0].id


@pytest.fixture
def session(client: openai.OpenAI, model: str, router_url: str) -> Iterator[tuple[str, str | None, int]]:
    """A session that knows the story: its id, what the model said, and the tokens of both."""
    opened = client.chat.completions.with_raw_response.create(
        model=model, messages=[user(STORY)], temperature=0, extra_headers={SESSION: "NEW_SESSION"}
    )
    session = re.sub(";.*", "", opened.headers[NEW_SESSION])
    reply = opened.parse()
    assert reply.usage is not None
    yield session, reply.choices[0].message.content, reply.usage.total_tokens
    closing = urllib.request.Request(
        f"{router_url}/endpoints/{ENDPOINT}/invocations",
        json.dumps({"requestType": "CLOSE"}).encode(),
        {SESSION: session},
    )
    with urllib.request.urlopen(closing, timeout=60) as closed:
        assert closed.headers["X-Amzn-SageMaker-Closed-Session-Id"] == session


def test_the_model_is_listed(client: openai.OpenAI, model: str) -> None:
    assert [each.id for each in client.models.list()] == [model]


def test_messages_get_a_reply(client: openai.OpenAI, model: str) -> None:
    reply = client.chat.completions.create(
        model=model, messages=[user(STORY), assistant("I will remember that."), user(QUESTION)], temperature=0
    )

    assert "Zebulon" in (reply.choices[0].message.content or "")
    assert reply.choices[0].finish_reason == "stop"
    assert reply.usage is not None
    assert reply.usage.prompt_tokens_details is not None
    assert reply.usage.prompt_tokens_details.cached_tokens == 0
    assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens


def test_a_reply_is_streamed(client: openai.OpenAI, model: str) -> None:
    whole = client.chat.completions.create(model=model, messages=[user(STORY)], temperature=0)
    chunks = list(
        client.chat.completions.create(
            model=model,
            messages=[user(STORY)],
            temperature=0,
            stream=True,
            stream_options={"include_usage": True},
        )
    )

    texts = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]
    assert "".join(texts) == whole.choices[0].message.content
    assert len([text for text in texts if text]) > 1
    assert chunks[-1].usage == whole.usage
    assert chunks[0].choices[0].delta.role == "assistant"


def test_a_text_is_completed(client: openai.OpenAI, model: str) -> None:
    reply = client.completions.create(model=model, prompt="My cat is", max_tokens=4, temperature=0)
    streamed = client.completions.create(
        model=model, prompt="My cat is", max_tokens=4, temperature=0, stream=True
    )

    assert "".join(chunk.choices[0].text for chunk in streamed) == reply.choices[0].text


def test_a_session_computes_only_what_is_new_of_a_history(
    client: openai.OpenAI, model: str, session: tuple[str, str | None, int]
) -> None:
    name, said, tokens = session
    history = [user(STORY), assistant(said)]
    for question in [QUESTION, "Where do I live?"]:
        history.append(user(question))
        reply = client.chat.completions.create(
            model=model, messages=history, temperature=0, extra_headers={SESSION: name}
        )
        assert reply.usage is not None
        assert reply.usage.prompt_tokens_details is not None
        assert reply.usage.prompt_tokens_details.cached_tokens == tokens
        tokens = reply.usage.total_tokens
        history.append(assistant(reply.choices[0].message.content))

    assert "Quarrington" in str(history[-1].get("content"))


def test_a_session_may_be_sent_only_what_is_new(
    client: openai.OpenAI, model: str, session: tuple[str, str | None, int]
) -> None:
    reply = client.chat.completions.create(
        model=model,
        messages=[user(QUESTION)],
        temperature=0,
        extra_headers={SESSION: session[0]},
        extra_body={"append_messages": True},
    )

    assert "Zebulon" in (reply.choices[0].message.content or "")


def test_an_unknown_session_is_refused_by_the_router(client: openai.OpenAI, model: str) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(
            model=model, messages=[user(QUESTION)], extra_headers={SESSION: "nobody-knows"}
        )

    assert "nobody-knows" in refused.value.message
    assert refused.value.code == "ValidationError"
    assert refused.value.response.headers["x-amzn-errortype"] == "ValidationError"


def test_what_the_model_refuses_comes_as_it_is(client: openai.OpenAI, model: str) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(model=model, messages=[user(QUESTION)], n=2)

    assert refused.value.param == "n"
    assert refused.value.code == "invalid_request"
    assert "n is 2 (expected: 1 or none" in refused.value.message


def test_an_unknown_model_is_not_found(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as refused:
        client.chat.completions.create(model="gpt-9", messages=[user(QUESTION)])

    assert refused.value.code == "model_not_found"


def test_too_long_a_text_has_openais_own_code(client: openai.OpenAI, model: str) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(model=model, messages=[user("word " * 20_000)])

    assert refused.value.code == "context_length_exceeded"


def test_embeddings_are_not_supported(client: openai.OpenAI, model: str) -> None:
    with pytest.raises(openai.BadRequestError, match="does not support embeddings"):
        client.embeddings.create(model=model, input="x")


def test_an_unknown_endpoint_is_refused(connect: Callable[..., openai.OpenAI]) -> None:
    with pytest.raises(openai.BadRequestError, match="Endpoint nope not found"):
        connect("nope").models.list()


def test_the_same_prefix_goes_to_the_same_instance(connect: Callable[..., openai.OpenAI], model: str) -> None:
    def instance(prefix: str) -> str:
        answer = connect(**{PREFIX: prefix}).chat.completions.with_raw_response.create(
            model=model, messages=[user("Hello!")], max_tokens=1
        )
        return str(answer.headers["X-Amzn-SageMaker-Custom-Attributes"])

    by_prefix = {prefix: instance(prefix) for prefix in map(str, range(24))}

    assert len(set(by_prefix.values())) > 1, "prefixes are spread over the instances"
    assert {prefix: instance(prefix) for prefix in by_prefix} == by_prefix
