#!/usr/bin/env python3
"""Drives real client frameworks against a real system, and compares every answer to the letter."""

import argparse
import itertools
import json
import os
import pathlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TypedDict

import scripted
from system import System

HERE = pathlib.Path(__file__).resolve().parent
VENVS = HERE / ".venv"

# Each client's driver, and the packages that it runs on: aiobotocore wants an older botocore than boto3 has.
PYTHON = {
    "boto3": ("boto3_plain.py", "haystack"),
    "litellm": ("litellm_.py", "shared"),
    "langchain": ("langchain_aws_.py", "shared"),
    "llamaindex": ("llamaindex.py", "llamaindex"),
    "haystack": ("haystack_.py", "haystack"),
    "strands": ("strands_.py", "shared"),
    "llmeter": ("llmeter_.py", "shared"),
    "aiobotocore": ("aiobotocore_.py", "shared"),
}
# They speak OpenAI's chat only, which the real container does not.
CHAT_ONLY = {"strands"}
NODE = ("langchain-js", "promptfoo")
NAMES = (*PYTHON, *NODE)
FACTS_AT_ONCE = 16
CITIES = ("Quarrington", "Lisbon", "Oslo", "Pisa")

# What a client itself gets wrong, so that it cannot be asked for here; docs/calling.md says more.
KNOWN = {
    ("litellm", "scripted: session"): "sagemaker/ drops extra_headers; sagemaker_chat/ has them",
    ("litellm", "facts: session"): "likewise",
    ("llmeter", "scripted: plain"): "it wants an object, not text-generation-inference's list",
    ("llmeter", "facts: plain"): "likewise",
}

# It leaves out white space at the beginning of a stream; the rest is compared all the same.
STRIPS = ("litellm",)


class Asked(TypedDict):
    """What a client is asked, and what it must be told; nothing if the answer breaks off."""

    name: str
    endpoint: str
    session: bool
    chat: bool
    stream: bool
    prompts: list[str]
    expected: list[str] | None


class Told(TypedDict, total=False):
    """What came of a prompt: a text, or why there is none."""

    text: str | None
    error: str


def python(packages: str) -> pathlib.Path:
    """The interpreter that has these packages, made anew when their versions change."""
    wanted = HERE / "requirements" / f"{packages}.txt"
    venv = VENVS / packages
    kept = venv / "requirements.txt"
    if not kept.exists() or kept.read_bytes() != wanted.read_bytes():
        shutil.rmtree(venv, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        pip: list[str | pathlib.Path] = [venv / "bin/python", "-m", "pip", "install", "--quiet", "--no-deps"]
        subprocess.run([*pip, "--requirement", wanted], check=True)
        shutil.copy(wanted, kept)
    return venv / "bin/python"


def node(folder: pathlib.Path) -> None:
    """The packages of a folder's lock file."""
    lock, kept = folder / "package-lock.json", folder / "node_modules/.lock"
    if not kept.exists() or kept.read_bytes() != lock.read_bytes():
        subprocess.run(
            [
                "npm",
                "ci",
                "--no-audit",
                "--no-fund",
                "--ignore-scripts",
                "--legacy-peer-deps",
                "--omit=optional",
            ],
            cwd=folder,
            check=True,
        )
        shutil.copy(lock, kept)


def command(name: str) -> list[str | pathlib.Path]:
    if name in PYTHON:
        driver, packages = PYTHON[name]
        return [python(packages), HERE / "drivers" / driver]
    folder = HERE / ("js" if name == "langchain-js" else "promptfoo")
    node(folder)
    return ["node", folder / ("langchain.js" if name == "langchain-js" else "drive.js")]


def work(name: str, system: System, at_once: int, sessions: Mapping[str, str]) -> list[Asked]:
    """What a client is asked, and what it must be told."""
    numbers = range(at_once)
    facts = [f"My cat is called Zebulon. I live in {CITIES[i % len(CITIES)]}." for i in range(FACTS_AT_ONCE)]
    asked: list[Asked] = [
        {
            "name": "scripted",
            "endpoint": "scripted",
            "session": False,
            "chat": True,
            "stream": False,
            "prompts": [f"Say #{number}#" for number in numbers],
            "expected": [scripted.text(number) for number in numbers],
        },
        {
            "name": "broken off",
            "endpoint": "scripted",
            "session": False,
            "chat": True,
            "stream": True,
            "prompts": [f"BREAK #{number}#" for number in range(4)],
            "expected": None,
        },
        {
            "name": "scripted",
            "endpoint": "scripted",
            "session": True,
            "chat": True,
            "stream": False,
            "prompts": ["Say #7#"],
            "expected": [scripted.text(scripted.IN_SESSION + 7)],
        },
    ]
    if name not in CHAT_ONLY:
        question = "What is the name of my cat?"
        asked += [
            {
                "name": "facts",
                "endpoint": "facts",
                "session": False,
                "chat": False,
                "stream": False,
                "prompts": facts,
                "expected": [system.ask("facts", inputs=prompt)[0] for prompt in facts],
            },
            {
                "name": "facts",
                "endpoint": "facts",
                "session": True,
                "chat": False,
                "stream": False,
                "prompts": [question],
                "expected": [system.ask("facts", sessions["facts"], inputs=question)[0]],
            },
        ]
    return asked


def judge(asked: Asked, came: Sequence[Told], as_it_says: Callable[[str], str]) -> list[str]:
    """What is wrong with the answers, in a few words; nothing if they are right."""
    if asked["expected"] is None:
        whole = [answer for answer in came if "text" in answer]
        return [f"{len(whole)} of {len(came)} took the broken answer for whole"] if whole else []
    faults: list[str] = []
    for answer, expected in zip(came, map(as_it_says, asked["expected"]), strict=True):
        if "error" in answer:
            faults.append(answer["error"])
        elif answer["text"] != expected:
            faults.append(difference(answer["text"] or "", expected))
    return [f"{len(faults)} of {len(came)}: {faults[0]}"] if faults else []


def difference(text: str, expected: str) -> str:
    at = sum(
        1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(text, expected, strict=False))
    )
    return f"at {at} of {len(expected)}: {text[at : at + 20]!r} for {expected[at : at + 20]!r}"


def drive(name: str, system: System, at_once: int) -> dict[str, list[str]]:
    """Runs a client; prints and returns what was wrong, by way."""
    sessions = {
        endpoint: system.ask(endpoint, "NEW_SESSION", inputs="My cat is called Zebulon.")[1]
        for endpoint in ("scripted", "facts")
    }
    asked = work(name, system, at_once, sessions)
    job = {"sessions": sessions, "work": [{**each, "expected": None} for each in asked]}
    environment = {
        **os.environ,
        "ROUTER_URL": system.url,
        "JOB": json.dumps(job),
        "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME": system.url,
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_REGION": "eu-central-1",
        "AWS_REGION_NAME": "eu-central-1",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "PYTHONDONTWRITEBYTECODE": "1",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    }
    ran = subprocess.run(command(name), env=environment, capture_output=True, text=True, timeout=600)
    if ran.returncode != 0:
        print(f"{name}\n  did not run:\n{ran.stderr[-2000:]}")
        return {name: ["did not run"]}
    told = json.loads(ran.stdout.splitlines()[-1])
    print(f"{name}: {told['version']}")
    wrong: dict[str, list[str]] = {}
    for way, came in told["results"].items():
        (of,) = [each for each in asked if fits(each, way)]
        faults = judge(of, came, str.lstrip if name in STRIPS and "stream" in way else str)
        known = KNOWN.get((name, way))
        print(
            f"  {way:28} {len(came):3}  {'; '.join(faults) or 'exact'}{f' (known: {known})' if known else ''}"
        )
        if bool(faults) != bool(known):
            wrong[f"{name}, {way}"] = faults or ["works, though it is known as broken"]
    return wrong


def fits(asked: Asked, way: str) -> bool:
    name, kind = way.split(": ")
    return asked["name"] == name and asked["session"] == kind.endswith("session")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clients", nargs="*", metavar="CLIENT", help=f"of {', '.join(NAMES)}; all if none")
    parser.add_argument("--at-once", type=int, default=50, help="requests at the same time (default: 50)")
    options = parser.parse_args()
    unknown = set(options.clients) - set(NAMES)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    wrong: dict[str, list[str]] = {}
    with System() as system:
        for name in options.clients or NAMES:
            wrong |= drive(name, system, options.at_once)
    for what, faults in wrong.items():
        print(f"WRONG {what}: {'; '.join(faults)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
