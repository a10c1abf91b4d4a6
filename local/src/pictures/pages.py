"""Screenshots of pages, by a real Chromium."""

import contextlib
import io
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass

from dashboard import shrink
from load import Load
from PIL import Image
from processes import PictureError
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

PATIENCE = 90
WATCHED_SECONDS = 25
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

    busy says whether clients use the system meanwhile.
    """

    name: str
    url: str
    busy: bool
    steps: Callable


def pages(system):
    """All pages; each is one line here, and its steps below."""
    return [
        Page("chat", f"http://127.0.0.1:{system.chat}/", False, chat),
        Page("console", f"http://127.0.0.1:{system.management}/console", True, console),
    ]


def chat(browser):
    """A conversation: two questions in a session, one without."""
    turns = "document.querySelector('#turns').childElementCount"
    question = "document.querySelectorAll('#suggestions button')[{}]"
    browser.execute_script("document.querySelector('#open').click()")
    for number, stateless in enumerate((False, False, True)):
        until(browser, f"!{question.format(number)}.disabled")
        if stateless:
            browser.execute_script("document.querySelector('#stateless').click()")
        before = browser.execute_script(f"return {turns}")
        browser.execute_script(f"{question.format(number)}.click()")
        until(browser, f"{turns} > {before}")
    until(browser, "document.querySelector('#stop').hidden")


def console(browser):
    """As it looks after it has watched for a while."""
    until(browser, "document.readyState === 'complete'")
    time.sleep(WATCHED_SECONDS)


def until(browser, condition):
    """Waits until a JavaScript expression is true."""
    WebDriverWait(browser, PATIENCE).until(lambda b: b.execute_script(f"return {condition}"))


def take(page, system, path):
    """Writes the page as a PNG, in light colours; returns the path."""
    with Load(system.port) if page.busy else contextlib.nullcontext():
        browser = start(system.folder)
        try:
            browser.get(page.url)
            page.steps(browser)
            picture = Image.open(io.BytesIO(browser.get_screenshot_as_png()))
        except WebDriverException as broken:
            raise PictureError(f"{page.name} at {page.url}: {broken.msg}") from broken
        finally:
            browser.quit()
    shrink(picture).save(path, optimize=True)
    return path


def start(folder):
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for argument in (*CHROMIUM, f"--user-data-dir={folder / 'profile'}"):
        options.add_argument(argument)
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")
    browser = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    size = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    return browser
