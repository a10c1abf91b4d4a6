"""Runs the tests of every part, also after one failed, and sums up; exits 1 if any failed.

Each part's output is in target/verify/NAME.log; of a part that failed, its end is also printed.
"""

import argparse
import os
import signal
import sys
from typing import NoReturn

import parts
from runner import Runner

EPILOG = """\
examples:
  ./verify --quick        before each commit: gates, formats, linters, tests that start nothing
  ./verify                everything, before a merge
  ./verify --yes          the same, and installs without a question what is missing

exit codes: 0 all passed; 1 something failed, or is missing; 2 the command line is wrong; 130 Ctrl-C
"""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./verify",
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="only what takes less than four minutes")
    parser.add_argument("--yes", action="store_true", help="install what is missing without a question")
    return parser.parse_args()


def summary(runner: Runner) -> bool:
    print(f"\n{'part':24} {'outcome':8} {'time':>6} {'CPU':>7} {'tests':>6}")
    for done in runner.done:
        outcome = "passed" if done.code == 0 else "FAILED"
        tests = done.counts.passed + done.counts.failed
        time = f"{done.seconds:4.0f} s {done.cpu_seconds:5.0f} s"
        print(f"{done.part.name:24} {outcome:8} {time} {tests or '':>6}")
    for part in runner.not_run:
        print(f"{part.name:24} not run")
    failed_parts = len(runner.not_run) + sum(done.code != 0 for done in runner.done)
    passed = sum(done.counts.passed for done in runner.done)
    failed = sum(done.counts.failed for done in runner.done)
    print(f"{'all':24} {'FAILED' if failed_parts else 'passed':8} {runner.elapsed():4.0f} s\n")
    print(f"{passed} passed, {max(failed, failed_parts)} failed")
    return failed_parts == 0


def interrupted(number: int, _frame: object) -> NoReturn:
    raise SystemExit(128 + number)


def main() -> int:
    chosen = arguments()
    signal.signal(signal.SIGTERM, interrupted)
    room = 1 + (os.cpu_count() or 1)
    runner = Runner(parts.quick() if chosen.quick else parts.everything(), room)
    runner.run()
    return 0 if summary(runner) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
