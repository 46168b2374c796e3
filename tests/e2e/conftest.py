"""A real Chromium on the office's pages. It reaches this machine and nothing else."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SHOTS = Path(__file__).resolve().parents[2] / "test-results"
WIDTHS = (1440, 1024)
# A page is waited for as long as it takes: on a machine busy with other tests half a minute is no fault of a page.
PATIENCE = 1_200_000

# Playwright keeps an event loop in the test's thread; the tests themselves are synchronous.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@dataclass
class Office:
    """One person at one browser; what went wrong on the way is kept in `faults`."""

    page: Page
    address: str
    faults: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on(
            "console",
            lambda line: self.faults.append(f"console: {line.text}") if line.type in ("error", "warning") else None,
        )
        self.page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((self.address, "data:", "blob:"))
                else self.faults.append(f"outside: {request.url}")
            ),
        )

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)  # its scripts have run by then: they are deferred

    def sign_in(self, user: User, password: str = "a-long-password-1") -> None:
        self.open("/admin/login/")
        self.page.fill("#id_username", user.username)
        self.page.fill("#id_password", password)
        self.go("#login-form button[type=submit]")

    def go(self, selector: str) -> None:
        """Press what leads to another page, and wait for that page, however long it takes."""
        with self.page.expect_navigation():
            self.page.click(selector, no_wait_after=True)

    def shot(self, name: str) -> None:
        """A picture at each width. A page wider than the window is a fault."""
        SHOTS.mkdir(exist_ok=True)
        for width in reversed(WIDTHS):  # the wide one last: the way goes on from there
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.wait_for_timeout(150)
            if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                self.faults.append(f"{name} is wider than {width}")
            self.page.screenshot(path=SHOTS / f"{name}-{width}.png", full_page=True)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def newcomer(chromium: Browser, live_server: Any) -> Iterator[Any]:
    """Call it for a person at a browser of their own."""
    opened = []

    def open_browser() -> Office:
        context = chromium.new_context(
            locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": WIDTHS[0], "height": 900}
        )
        opened.append(context)
        context.set_default_navigation_timeout(PATIENCE)
        office = Office(context.new_page(), live_server.url)
        office.watch()
        return office

    yield open_browser
    for context in opened:
        context.close()
