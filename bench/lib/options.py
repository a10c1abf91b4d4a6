"""Options that several benchmarks have in common."""

import argparse
import pathlib

from . import router


class Options(router.Chosen):
    """What parser() adds; a benchmark's own options are in a class of its own."""

    quick: bool
    java: str | None
    redis: str | None


class AgainstBase(Options):
    """What against_base() adds."""

    base_jar: pathlib.Path | None


def against_base(made: argparse.ArgumentParser) -> None:
    """Adds the option of benchmarks that can measure two builds of the router beside each other."""
    made.add_argument(
        "--base-jar",
        type=pathlib.Path,
        metavar="JAR",
        help="quarkus-run.jar of another build of the router, measured in turn with this one",
    )


def parser(description: str | None) -> argparse.ArgumentParser:
    """A parser with the options of every benchmark that starts the router."""
    made = argparse.ArgumentParser(
        description=description, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    made.add_argument("--quick", action="store_true", help="a short run: does it work at all")
    made.add_argument("--java", metavar="PATH", help="java to run with; default: found")
    made.add_argument("--router-jar", type=pathlib.Path, default=router.JAR, metavar="JAR")
    made.add_argument(
        "--router-java-opts", default=router.JVM, metavar="OPTS", help="the router's JVM options"
    )
    made.add_argument("--redis", metavar="URL", help="a Redis to use; default: one started for the run")
    made.add_argument(
        "--router-cmd",
        metavar="LINE",
        help="a command to start in the router's place; may hold {java}, {port}, {management},"
        " {redis}, {instances}, {instance_ports}",
    )
    return made
