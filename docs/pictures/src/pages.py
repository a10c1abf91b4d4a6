"""Screenshots of pages, by a real Chromium."""

import contextlib
import io
import os
import pathlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import png
from PIL import Image
from processes import PictureError, installed
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait
from system import System

PATIENCE = 90
WIDTH, HEIGHT = 1280, 920
CHROMIUM = (
    "--headless=new",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--hide-scrollbars",
)


@dataclass(frozen=True)
class Page:
    """A page of the system: where it is, and what is done there before it is pictured.

    watches says whether it is open while the system is in use, and pictured then.
    """

    name: str
    url: str
    watches: bool
    steps: Callable[[webdriver.Chrome], None]


def pages(system: System) -> list[Page]:
    """All pages; each is one line here, and its steps below."""
    return [
        Page("chat", f"http://127.0.0.1:{system.chat}/", False, chat),
        Page("console", f"http://127.0.0.1:{system.chat}/console", True, console),
    ]


def chat(browser: webdriver.Chrome) -> None:
    """A conversation: a question, which opens a session, and another one asked both ways."""
    until(browser, "document.querySelector('.chip') !== null")
    browser.execute_script("document.querySelector('.chip').click()")
    until(browser, "document.querySelectorAll('.turn').length === 2")
    until(browser, "document.querySelector('#stop').hidden")
    browser.execute_script(
        "document.querySelector('#question').value = 'What is the code of the safe?';"
        "document.querySelector('#both').click();"
    )
    until(browser, "document.querySelector('.pair .verdict') !== null")
    until(browser, "document.querySelector('#stop').hidden")


def console(browser: webdriver.Chrome) -> None:
    """As it looks after it has watched."""
    until(browser, "document.readyState === 'complete'")


def until(browser: webdriver.Chrome, condition: str) -> None:
    """Waits until a JavaScript expression is true."""
    WebDriverWait(browser, PATIENCE).until(lambda b: b.execute_script(f"return {condition}"))


class View:
    """A page in a browser of its own, in light colours."""

    def __init__(self, page: Page, folder: pathlib.Path) -> None:
        self.page = page
        self._browser = start(folder / f"profile-{page.name}")
        with self._told():
            self._browser.get(page.url)

    def __enter__(self) -> "View":
        return self

    def __exit__(self, *_: object) -> None:
        self._browser.quit()

    def picture(self, folder: pathlib.Path) -> pathlib.Path:
        """Does the page's steps and writes it as a PNG; returns the path."""
        path = folder / f"{self.page.name}.png"
        with self._told():
            self.page.steps(self._browser)
            shot = self._browser.get_screenshot_as_png()
        png.save(Image.open(io.BytesIO(shot)), path)
        return path

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except WebDriverException as broken:
            raise PictureError(f"{self.page.name} at {self.page.url}: {broken.msg}") from broken


def start(profile: pathlib.Path) -> webdriver.Chrome:
    """A Chromium whose profile is in a new folder."""
    options = webdriver.ChromeOptions()
    options.binary_location = installed("chromium")
    for argument in (*CHROMIUM, f"--user-data-dir={profile}"):
        options.add_argument(argument)
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")
    browser = webdriver.Chrome(options=options, service=Service(installed("chromedriver")))
    size = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    return browser
