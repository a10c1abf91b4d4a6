"""What ./verify runs, and what of it waits for what."""

import dataclasses
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

ROUTER, CONTAINER, LAUNCHER, SYSTEM = "pom.xml", "model-container/pom.xml", "local/pom.xml", "e2e/pom.xml"
E2E_PACKAGES = "e2e/.venv", "e2e/src/test/python/requirements.txt"

# Everything of "verify" but the tests; then the tests of what was built, by the goals that "verify" has.
BUILD = ("verify", "-Dmaven.test.skip.exec")
TESTS = ("surefire:test@default-test", "surefire:test@quarkus-test")
TLS_TESTS = ("surefire:test@tls-test",)
PACKAGE_TESTS = ("failsafe:integration-test@default", "failsafe:verify@default")


@dataclasses.dataclass(frozen=True)
class Part:
    """A command of its own, with its own log.

    :param after: names of the parts that must have passed before
    :param room: how much of the machine it takes while it runs; see Runner
    :param classes: where the sources of its test classes are, to know how many are to come
    """

    name: str
    command: tuple[str, ...]
    after: tuple[str, ...] = ()
    room: int = 1
    classes: tuple[pathlib.Path, str] | None = None

    @property
    def log(self) -> pathlib.Path:
        return ROOT / "target/verify" / f"{self.name.replace(' ', '-')}.log"


def maven(pom: str, *arguments: str) -> tuple[str, ...]:
    return ("mvn", "-B", "-ntp", "-f", pom, *arguments)


def python(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-B", *arguments)


def in_venv(folder: str, requirements: str, *arguments: str) -> tuple[str, ...]:
    """A command after the packages of a virtual environment are there."""
    return ("build/in-venv", folder, requirements, *arguments)


def tests(folder: str, ending: str) -> tuple[pathlib.Path, str]:
    return ROOT / folder / "src/test/java", ending


def linters() -> list[Part]:
    return [
        Part("linters", ("build/lint",)),
        Part("scripts", ("build/script-tests",)),
    ]


def pytests(name: str, folder: str) -> Part:
    command = in_venv(f"{folder}/.venv", f"{folder}/requirements.txt", "-m", "pytest", "--quiet", folder)
    return Part(name, command)


def start_cache(name: str, app: str, after: str, *settings: str) -> Part:
    """What the tests start a hundred times starts faster with it; see the script."""
    return Part(name, python("build/start-cache", app, *settings), (after,))


def everything() -> list[Part]:
    """All tests. What the end-to-end tests start is built first.

    They and the router's tests run two at a time themselves: one after the other, and what waits for nothing
    beside them. All at once would take little less, and make tests fail that wait for a machine.
    """
    return [
        Part("router build", maven(ROUTER, *BUILD)),
        Part("model container build", maven(CONTAINER, *BUILD)),
        Part("launcher", maven(LAUNCHER, "verify"), classes=tests("local", "Test")),
        start_cache(
            "router start",
            "target/quarkus-app",
            "router build",
            *("-Dsession-router.endpoints=none", "-Dsession-router.http.port=0"),
            "-Dsession-router.http.host=127.0.0.1",
            "-Dsession-router.drain.delay=0s",
        ),
        start_cache(
            "model container start",
            "model-container/target/quarkus-app",
            "model container build",
            *("-Dmodel.path=model-container/models/facts", "-Dmodel.drain-notice=0s"),
        ),
        Part("end to end packages", in_venv(*E2E_PACKAGES, "--version")),
        Part(
            "end to end",
            maven(SYSTEM, "verify"),
            ("router start", "model container start", "launcher", "end to end packages"),
            room=2,
            classes=tests("e2e", "IT"),
        ),
        Part(
            "model container",
            maven(CONTAINER, *TESTS, *PACKAGE_TESTS),
            ("model container start",),
            classes=tests("model-container", "Test"),
        ),
        *linters(),
        pytests("kubernetes", "k8s/tests"),
        pytests("documents", "docs/tests"),
        Part(
            "router",
            maven(ROUTER, *TESTS, *TLS_TESTS, *PACKAGE_TESTS),
            # Signatures are compared with those of the real client, which is among the packages.
            ("router start", "end to end packages"),
            room=2,
            classes=tests(".", "Test"),
        ),
    ]


def quick() -> list[Part]:
    """What a developer runs before each commit: gates, formats, and the tests that start nothing."""
    fast = ("test", "-DexcludedGroups=slow", "spotless:check")
    return [
        Part("router", maven(ROUTER, *fast), room=2, classes=tests(".", "Test")),
        Part("model container", maven(CONTAINER, *fast), classes=tests("model-container", "Test")),
        Part("launcher", maven(LAUNCHER, "package", "spotless:check"), classes=tests("local", "Test")),
        Part("end to end", maven(SYSTEM, "test-compile", "spotless:check"), ("launcher",)),
        *linters(),
    ]
