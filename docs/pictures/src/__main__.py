"""Runs the demo with a load, and writes pictures of what a person sees: docs/pictures/run [options]

Dashboards are drawn from what their queries find in a real Prometheus that scraped the system
meanwhile. Pages are screenshots by a real Chromium.
"""

import argparse
import contextlib
import pathlib
import sys
import time
from collections.abc import Sequence

import dashboard
import load
import pages
from processes import PictureError
from prometheus import Prometheus, Window
from system import ROOT, System

DRAWN = ROOT / "grafana" / "pictures"
SCREENSHOTS = ROOT / "docs" / "pictures"
DASHBOARDS = sorted((ROOT / "grafana/dashboards").glob("*.json"))
PAGES = ("chat", "console")
SHORTEST = 60


class Chosen(argparse.Namespace):
    """The command line's."""

    names: list[str]
    seconds: int


def arguments() -> Chosen:
    names = [file.stem for file in DASHBOARDS] + list(PAGES)
    parser = argparse.ArgumentParser(
        prog="docs/pictures/run",
        description=__doc__.partition("\n\n")[2],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(names)}; default: all")
    parser.add_argument("--seconds", type=int, default=300, help="of load that dashboards show")
    chosen = parser.parse_args(namespace=Chosen())
    unknown = set(chosen.names) - set(names)
    if unknown:
        parser.error(f"{', '.join(sorted(unknown))}: unknown (expected: {', '.join(names)})")
    if chosen.seconds < SHORTEST:
        parser.error(f"--seconds: {chosen.seconds} (expected: at least {SHORTEST})")
    chosen.names = chosen.names or names
    return chosen


def say(text: str) -> None:
    print(time.strftime("%H:%M:%S"), text, flush=True)


def run() -> None:
    chosen = arguments()
    for folder in (DRAWN, SCREENSHOTS):
        folder.mkdir(exist_ok=True)
    files = [file for file in DASHBOARDS if file.stem in chosen.names]
    say("starting the demo, and building what is not built")
    with System() as system:
        wanted = [page for page in pages.pages(system) if page.name in chosen.names]
        watching = [page for page in wanted if page.watches]
        if files or watching:
            in_use(system, chosen.seconds, files, watching)
        for page in wanted:
            if not page.watches:
                with pages.View(page, system.folder) as view:
                    written(view.picture(SCREENSHOTS))
        say("stopping everything")


def in_use(
    system: System, seconds: int, files: Sequence[pathlib.Path], watching: Sequence[pages.Page]
) -> None:
    """Pictures of the system while clients use it."""
    with contextlib.ExitStack() as open_until_then:
        views = [open_until_then.enter_context(pages.View(p, system.folder)) for p in watching]
        say(f"load for {seconds} s")
        with load.Load(system.port, system.key):
            window = Window.of(*load.lose_an_instance(system, seconds))
            for view in views:
                written(view.picture(SCREENSHOTS))
    for file in files:
        path = DRAWN / f"{file.stem}.png"
        dashboard.draw(file, Prometheus(system.prometheus), window, path)
        written(path)


def written(path: pathlib.Path) -> None:
    say(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} KB")


try:
    run()
except PictureError as why:
    sys.exit(f"No pictures: {why}")
except KeyboardInterrupt:
    sys.exit(130)
