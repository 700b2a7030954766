"""A real browser on a real server, both on this machine alone."""

import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from builders import web as build

CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--no-first-run",
]
SCREENSHOTS = Path(__file__).resolve().parents[2] / "var" / "screenshots"
# Playwright keeps a loop running in this thread, and Django would refuse the database over it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


# A whole session's browser would keep its loop running under the tests that come after.
@pytest.fixture(scope="module")
def chromium():
    path = os.environ.get("UMSCHLAG_CHROMIUM") or shutil.which("chromium")
    if not path:
        pytest.skip("no Chromium: install it, or name it in UMSCHLAG_CHROMIUM")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


class Visit:
    """One window of the browser that notes what must not happen."""

    def __init__(self, page, address):
        self.page = page
        self.address = address
        self.complaints = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("request", self._asked)
        page.on("response", self._answered)

    def _heard(self, message):
        if message.type in ("error", "warning"):
            self.complaints.append(f"console: {message.text}")

    def _asked(self, request):
        parts = urlsplit(request.url)
        if parts.scheme.startswith("http") and parts.hostname not in ("localhost", "127.0.0.1"):
            self.complaints.append(f"outside: {request.url}")

    def _answered(self, response):
        if response.status >= 400:
            self.complaints.append(f"{response.status}: {response.url}")

    def open(self, path):
        self.page.goto(self.address + path)
        self.come_to_rest()

    def log_in(self, name="admin"):
        self.page.goto(f"{self.address}/admin/")
        self.page.fill("[name=username]", name)
        self.page.fill("[name=password]", build.PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(f"{self.address}/admin/")

    def come_to_rest(self):
        """Wait until nothing was asked for during half a second; what comes late counts too."""
        self.page.wait_for_load_state("networkidle")

    def picture(self, name):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.come_to_rest()
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


@pytest.fixture
def open_window(chromium, live_server):
    """Return a maker of windows; at the end, none may have complained."""
    visits, contexts = [], []

    def make(*, language="en-GB", scheme="light", width=1440):
        context = chromium.new_context(
            locale=language, color_scheme=scheme, viewport={"width": width, "height": 900}
        )
        contexts.append(context)
        visits.append(Visit(context.new_page(), live_server.url))
        return visits[-1]

    yield make
    for visit in visits:
        visit.come_to_rest()
    complaints = [complaint for visit in visits for complaint in visit.complaints]
    for context in contexts:
        context.close()
    assert complaints == []
