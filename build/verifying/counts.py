"""What a log says about tests: of Surefire and Failsafe, pytest and unittest."""

import dataclasses
import pathlib
import re

MAVEN_CLASS = re.compile(
    r"Tests run: (\d+), Failures: (\d+), Errors: (\d+), Skipped: (\d+), Time elapsed: .* --? in (\S+)"
)
PYTEST = re.compile(r"^(?=.* in [\d.]+s)(?:=+ )?(?:.*?(\d+) failed)?(?:.*?(\d+) passed)?(?:.*?(\d+) error)?")
UNITTEST = re.compile(r"^Ran (\d+) tests? in ")
UNITTEST_FAILED = re.compile(r"^FAILED \((?:failures=(\d+))?(?:, )?(?:errors=(\d+))?")


@dataclasses.dataclass
class Counts:
    """Tests so far."""

    passed: int = 0
    failed: int = 0
    classes: int = 0
    last: str = ""

    def take(self, line: str) -> None:
        """Takes the next line of a log."""
        if found := MAVEN_CLASS.search(line):
            run, failures, errors, skipped = map(int, found.groups()[:4])
            self.failed += failures + errors
            self.passed += run - failures - errors - skipped
            self.classes += 1
            self.last = found[5].rpartition(".")[2]
        elif found := UNITTEST.match(line):
            self.passed += int(found[1])
        elif found := UNITTEST_FAILED.match(line):
            failed = sum(int(number or 0) for number in found.groups())
            self.failed += failed
            self.passed -= failed
        elif found := PYTEST.match(line):
            failed, passed, broken = (int(number or 0) for number in found.groups())
            self.passed += passed
            self.failed += failed + broken


def test_classes(folder: pathlib.Path, ending: str) -> int:
    """How many classes of tests the sources have; what is abstract is none."""
    return sum(
        1
        for file in folder.rglob(f"*{ending}.java")
        if not re.search(rf"\babstract class {file.stem}\b", file.read_text(encoding="utf-8"))
    )
