"""How ./verify runs its parts, with parts that are small commands of the shell."""

import contextlib
import io
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from unittest import mock

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "verifying"
sys.path.insert(0, str(FOLDER))

import counts  # noqa: E402
import parts  # noqa: E402
import runner  # noqa: E402

PATIENCE_SECONDS = 20


def counted(*lines: str) -> counts.Counts:
    found = counts.Counts()
    for line in lines:
        found.take(line + "\n")
    return found


class CountsTest(unittest.TestCase):
    def test_knows_surefires_lines(self) -> None:
        found = counted(
            "[INFO] Tests run: 12, Failures: 0, Errors: 0, Skipped: 1, Time elapsed: 1.9 s -- in io.house.RoomTest",
            "[ERROR] Tests run: 3, Failures: 1, Errors: 1, Skipped: 0, Time elapsed: 0.1 s <<< FAILURE! -- in io.DoorTest",
            "[INFO] Tests run: 15, Failures: 1, Errors: 1, Skipped: 1",
        )
        self.assertEqual((found.passed, found.failed, found.classes, found.last), (12, 2, 2, "DoorTest"))

    def test_knows_pytests_lines(self) -> None:
        found = counted("3 failed, 120 passed, 1 error in 12.34s", "=== 5 passed in 0.10s ===")
        self.assertEqual((found.passed, found.failed), (125, 4))

    def test_knows_unittests_lines(self) -> None:
        found = counted("Ran 20 tests in 3.981s", "", "FAILED (failures=1, errors=2)")
        self.assertEqual((found.passed, found.failed), (17, 3))

    def test_takes_other_lines_for_no_tests(self) -> None:
        found = counted("waited in 3.0s", "12 passed by", "Tests run: none in sight")
        self.assertEqual((found.passed, found.failed), (0, 0))

    def test_an_abstract_class_is_none_of_tests(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "DoorTest.java").write_text("class DoorTest {}")
            pathlib.Path(folder, "RoomTest.java").write_text("abstract class RoomTest {}")
            pathlib.Path(folder, "Wall.java").write_text("class Wall {}")
            self.assertEqual(counts.test_classes(pathlib.Path(folder), "Test"), 1)


class RunnerTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        for module in (parts, runner):
            patch = mock.patch.object(module, "ROOT", self.folder)
            patch.start()
            self.addCleanup(patch.stop)

    def run_all(self, *wanted: parts.Part, room: int = 2) -> tuple[runner.Runner, str]:
        printed = io.StringIO()
        running = runner.Runner(wanted, room)
        with contextlib.redirect_stdout(printed):
            running.run()
        return running, printed.getvalue()

    def shell(self, name: str, command: str, *after: str, room: int = 1) -> parts.Part:
        return parts.Part(name, ("sh", "-c", command), after, room)

    def order(self) -> list[str]:
        return (self.folder / "order").read_text().split()

    def test_what_waits_for_a_part_begins_after_it(self) -> None:
        self.run_all(
            self.shell("tests", "echo tests >>order", "build"),
            self.shell("build", "echo build >>order"),
        )
        self.assertEqual(self.order(), ["build", "tests"])

    def test_goes_on_after_a_failure_but_not_with_what_needed_it(self) -> None:
        running, text = self.run_all(
            self.shell("build", "echo no such thing; exit 3"),
            self.shell("tests", "echo tests >>order", "build"),
            self.shell("end to end", "echo end >>order", "tests"),
            self.shell("other", "echo other >>order"),
        )
        self.assertEqual(self.order(), ["other"])
        self.assertEqual([part.name for part in running.not_run], ["tests", "end to end"])
        self.assertIn("build: FAILED (exit code 3)", text)
        self.assertIn("  | no such thing", text)

    def test_two_parts_run_beside_each_other_if_there_is_room(self) -> None:
        meet = "touch {0}; n=0; until [ -e {1} ]; do n=$((n+1)); [ $n -lt 400 ] || exit 1; sleep 0.05; done"
        running, _ = self.run_all(
            self.shell("one", meet.format("one", "two")), self.shell("two", meet.format("two", "one"))
        )
        self.assertEqual([done.code for done in running.done], [0, 0])

    def test_a_large_part_runs_alone_where_there_is_no_room(self) -> None:
        alone = "mkdir busy && rmdir busy"
        running, _ = self.run_all(
            self.shell("one", alone, room=2), self.shell("two", alone, room=5), self.shell("three", alone)
        )
        self.assertEqual([done.code for done in running.done], [0, 0, 0])

    def test_a_large_part_waits_for_no_small_one_behind_it(self) -> None:
        self.run_all(
            self.shell("first", "sleep 0.3"),
            self.shell("large", "echo large >>order", room=2),
            self.shell("small", "echo small >>order"),
        )
        self.assertEqual(self.order(), ["large", "small"])

    def test_of_mavens_log_the_errors_are_printed(self) -> None:
        _, text = self.run_all(self.shell("build", "echo '[INFO] fine'; echo '[ERROR] not so'; exit 1"))
        self.assertIn("  | [ERROR] not so", text)
        self.assertNotIn("[INFO] fine", text)

    def test_keeps_the_whole_log(self) -> None:
        self.run_all(self.shell("a part", "echo out; echo err >&2"))
        self.assertEqual((self.folder / "target/verify/a-part.log").read_text(), "out\nerr\n")

    def test_tells_of_long_parts_that_they_run(self) -> None:
        with mock.patch.object(runner, "HEARTBEAT_SECONDS", 0):
            _, text = self.run_all(self.shell("long", "sleep 0.5"))
        self.assertIn("running: long", text)

    def test_ends_what_it_started_when_it_is_ended(self) -> None:
        program = (
            "import sys; sys.path.insert(0, sys.argv[1])\n"
            "import pathlib, parts, runner, __main__, signal\n"
            "parts.ROOT = runner.ROOT = pathlib.Path(sys.argv[2])\n"
            "def end(*_): raise SystemExit(143)\n"
            "signal.signal(signal.SIGTERM, end)\n"
            "runner.Runner([parts.Part('long', ('sh', '-c', 'echo $$ >pid; exec sleep 600'))], 1).run()\n"
        )
        running = subprocess.Popen([sys.executable, "-B", "-c", program, str(FOLDER), str(self.folder)])
        pid = self.folder / "pid"
        self.eventually(lambda: pid.exists() and pid.read_text().strip() != "")
        running.send_signal(signal.SIGTERM)
        self.assertEqual(running.wait(PATIENCE_SECONDS), 143)
        with self.assertRaises(ProcessLookupError):
            os.kill(int(pid.read_text()), 0)

    def eventually(self, condition: object) -> None:
        assert callable(condition)
        end = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            self.assertLess(time.monotonic(), end, "in time")
            time.sleep(0.02)


class PartsTest(unittest.TestCase):
    def test_every_part_waits_for_parts_that_there_are(self) -> None:
        for wanted in (parts.everything(), parts.quick()):
            names = [part.name for part in wanted]
            self.assertEqual(len(names), len(set(names)))
            self.assertLessEqual({name for part in wanted for name in part.after}, set(names))

    def test_folders_of_tests_exist_and_have_some(self) -> None:
        for part in parts.everything() + parts.quick():
            if part.classes:
                self.assertGreater(counts.test_classes(*part.classes), 0, part.name)


if __name__ == "__main__":
    unittest.main()
