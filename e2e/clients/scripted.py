"""A container of SageMaker's contract that streams a token a millisecond, from a script.

What it says follows from the number in the prompt (`#17#`), so that every answer can be compared to the
letter. It speaks as text-generation-inference does, or as OpenAI's chat does where the request has
`messages`. A prompt with the word BREAK ends its connection in the middle of the answer. In a session the
number is another: `IN_SESSION` more.
"""

import asyncio
import json
import random
import re
import sys
import uuid
from typing import Any, TypeAlias

# A request, or a part of an answer, in one of two dialects.
Json: TypeAlias = dict[str, Any]

TOKENS = 100
IN_SESSION = 1000
BREAKS_AFTER = 30
SECONDS_PER_TOKEN = 0.001

WORDS = (
    " the",
    " café",
    " naïve",
    " 漢字",
    "仮名",
    " 😀",
    "👩‍🚀",
    " €5",
    ' "so"',
    "\n",
    "\\",
    " ñandú",
    " Ωmega",
    ".",
)


def tokens(number: int) -> list[str]:
    """The answer to this number, token by token."""
    chosen = random.Random(number)
    return [chosen.choice(WORDS) for _ in range(TOKENS)]


def text(number: int) -> str:
    return "".join(tokens(number))


def _number(request: Json) -> int:
    found = re.search(r"#(\d+)#", _prompt(request))
    number = int(found.group(1)) if found else 0
    return number + IN_SESSION if request["session"] else number


def _prompt(request: Json) -> str:
    if "messages" in request:
        return json.dumps(request["messages"])
    return str(request.get("inputs", ""))


def _plain(request: Json) -> Json | list[Json]:
    said = text(_number(request))
    if "messages" in request:
        choice = {"index": 0, "message": {"role": "assistant", "content": said}, "finish_reason": "stop"}
        return {
            "id": "1",
            "object": "chat.completion",
            "created": 1,
            "model": "scripted",
            "choices": [choice],
        }
    return [{"generated_text": said}]


def _event(request: Json, said: str, last: bool, whole: str) -> bytes:
    if "messages" in request:
        choice = {"index": 0, "delta": {"content": said}, "finish_reason": "stop" if last else None}
        event = {
            "id": "1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "scripted",
            "choices": [choice],
        }
    else:
        event = {
            "token": {"id": 1, "text": said, "logprob": -0.5, "special": False},
            "generated_text": whole if last else None,
            "details": {"finish_reason": "length", "generated_tokens": TOKENS} if last else None,
        }
    return f"data:{json.dumps(event, ensure_ascii=False)}\n\n".encode()


async def _stream(request: Json, writer: asyncio.StreamWriter) -> bool:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
    prompt = _prompt(request)
    all_tokens = tokens(_number(request))
    for index, token in enumerate(all_tokens):
        if "BREAK" in prompt and index == BREAKS_AFTER:
            writer.transport.abort()
            return False
        event = _event(request, token, index == TOKENS - 1, "".join(all_tokens))
        writer.write(b"%x\r\n%b\r\n" % (len(event), event))
        await writer.drain()
        await asyncio.sleep(SECONDS_PER_TOKEN)
    writer.write(b"0\r\n\r\n")
    return True


async def _body(head: bytes, reader: asyncio.StreamReader) -> bytes:
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    if length:
        return await reader.readexactly(int(length.group(1)))
    body = b""
    while True:
        size = int((await reader.readline()).split(b";")[0], 16)
        body += (await reader.readexactly(size + 2))[:-2]
        if size == 0:
            return body


def _answer(writer: asyncio.StreamWriter, body: bytes, opened: str = "") -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n{opened}\r\n"
    writer.write(head.encode() + body)


def _session(head: bytes) -> bool:
    """The session of a request; none, if it begins one."""
    found = re.search(rb"(?i)\r\nx-amzn-sagemaker-session-id: *(\S+)", head)
    return found is not None and found.group(1) != b"NEW_SESSION"


def _opened(head: bytes) -> str:
    """The header line that begins a session, if a request asks for one in either way."""
    if not re.search(rb"(?i)session-id: *NEW_SESSION|x-session-router-session: *new", head):
        return ""
    return f"X-Amzn-SageMaker-Session-Id: {uuid.uuid4()}; Expires=2999-01-01T00:00:00Z\r\n"


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            if head.startswith(b"GET"):
                _answer(writer, b"{}")
                continue
            request = json.loads(await _body(head, reader))
            request["session"] = _session(head)
            if request.get("stream"):
                if not await _stream(request, writer):
                    return
            else:
                _answer(writer, json.dumps(_plain(request), ensure_ascii=False).encode(), _opened(head))
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main(port: int) -> None:
    server = await asyncio.start_server(_serve, "127.0.0.1", port, backlog=512)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
