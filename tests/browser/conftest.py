"""Headless Chromium without a network: every page test fails on a dialog, an error or a request."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from assetmap.schema import Results
from assetmap.show.map import make_map
from map_tables import cornwall_tables

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = (1280, 800)
PHONE = (390, 844)


STANDING = """async () => {
  for (let frame = 0; frame < 2; frame++) await new Promise((next) => requestAnimationFrame(next));
  const key = Object.keys(window).find((name) => name.startsWith("map_"));
  const map = key && window[key];
  const moving = document.getAnimations().filter((one) => one.playState === "running").length;
  return JSON.stringify([location.hash, document.body.dataset.painted, moving, map && map.getZoom(), map && map.getCenter()]);
}"""


def wait_until_still(page: Any) -> None:
    """Wait until nothing has moved for ten looks at a page: however slow the machine is, frames were drawn in between."""
    seen: list[str] = []
    for _ in range(400):
        seen.append(page.evaluate(STANDING))
        if len(seen) >= 10 and len(set(seen[-10:])) == 1:
            return
        page.wait_for_timeout(20)
    raise AssertionError(f"the page does not come to rest: {seen[-2:]}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)


def find_browser() -> str | None:
    names = (
        "chromium-headless-shell",
        "chromium",
        "chromium-browser",
        "google-chrome",
    )  # the first does half the work
    return next((found for name in names if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    program = find_browser()
    if program is None:
        message = (
            "No Chromium on this machine: the page is not tested (apt-get install chromium-headless-shell)."
        )
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def open_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """Open a file; when the test ends, nothing may have gone wrong on any page it opened."""
    problems: list[str] = []
    contexts = []

    def opened(
        path: Path, *, size: tuple[int, int] = DESKTOP, fragment: str = "", wait: bool = True, **options: Any
    ) -> Any:
        context = browser.new_context(
            offline=True, viewport={"width": size[0], "height": size[1]}, accept_downloads=True, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("dialog", lambda dialog: (problems.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: problems.append(f"error: {error}"))
        page.on(
            "console", lambda message: message.type in {"error", "warning"} and problems.append(message.text)
        )
        page.on("request", lambda request: request.url.startswith("http") and problems.append(request.url))
        page.problems = problems
        page.goto(path.as_uri() + fragment)
        if wait:
            page.wait_for_selector("body[data-painted]", timeout=20_000)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture(scope="session")
def cornwall() -> Results:
    return cornwall_tables()


@pytest.fixture(scope="session")
def cornwall_page(cornwall: Results, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("map") / "map.html"
    make_map(
        cornwall.areas,
        cornwall.assets,
        title="Libraries and need in Cornwall",
        area_name="Cornwall",
        places=cornwall.places,
        postcodes=cornwall.postcodes,
        land=cornwall.land,
        sources=cornwall.sources,
        notes=cornwall.notes,
    ).save(str(path))
    return path


@pytest.fixture(scope="session")
def axe() -> str:
    """The text of axe-core, as the package axe-playwright-python ships it."""
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
