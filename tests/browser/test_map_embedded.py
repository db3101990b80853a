"""The map inside another page: in a real iframe, opened from a file and from a server, also in a sandbox."""

from __future__ import annotations

import functools
import shutil
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

HOST = """<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,"><title>A council</title>
<h1>Our libraries</h1><iframe src="map.html?embed" title="Map" width="100%" height="500" {sandbox}></iframe>
<p style="height: 2000px">Below the map</p></html>"""
SANDBOXES = {"plain": "", "sandbox": 'sandbox="allow-scripts allow-popups"', "no_scripts": "sandbox"}
MAP = 'window[Object.keys(window).find((key) => key.startsWith("map_"))]'


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site(cornwall_page: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A folder with the map and pages that embed it, by its address as files and as a site."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copy(cornwall_page, folder / "map.html")
    for name, sandbox in SANDBOXES.items():
        (folder / f"{name}.html").write_text(HOST.format(sandbox=sandbox), encoding="utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield {"file": folder.as_uri(), "http": f"http://127.0.0.1:{server.server_port}"}
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("sandbox", ["plain", "sandbox"])
@pytest.mark.parametrize("way", ["file", "http"])
def test_the_map_works_in_a_frame(browser: Any, site: dict[str, str], way: str, sandbox: str) -> None:
    context = browser.new_context(viewport={"width": 1000, "height": 700})
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: said.type in {"error", "warning"} and problems.append(said.text))
    page.on(
        "request",
        lambda asked: asked.url.startswith((site[way], "data:", "blob:")) or problems.append(asked.url),
    )
    page.goto(f"{site[way]}/{sandbox}.html")
    frame = page.frames[1]
    frame.wait_for_selector("body[data-painted]", timeout=20_000)
    assert "Cornwall: Where is need high" in frame.locator("#am-embedded").inner_text()
    assert frame.locator("#am-embedded a").get_attribute("href") == f"{site[way]}/map.html"
    frame.evaluate(f"{MAP}.assetmap.setState({{ area: 3 }})")
    assert frame.locator("#am-card").is_visible()
    zoom = frame.evaluate(f"{MAP}.getZoom()")
    page.mouse.move(500, 250)
    page.mouse.wheel(0, 300)
    page.wait_for_function("window.scrollY > 0", timeout=5_000)
    assert frame.evaluate(f"{MAP}.getZoom()") == zoom
    page.evaluate("window.scrollTo(0, 0)")
    page.keyboard.down("Control")
    for at in range(200):  # the page forbids the way in which playwright waits for a function
        if at % 20 == 0:  # a turn that follows another at once goes where that went: turn again after a pause
            page.mouse.wheel(0, -100)
        page.wait_for_timeout(50)
        if frame.evaluate(f"{MAP}.getZoom()") > zoom:
            break
    assert frame.evaluate(f"{MAP}.getZoom()") > zoom
    page.keyboard.up("Control")
    if way == "http":
        with context.expect_page() as opened:
            frame.locator("#am-embedded a").click()
        opened.value.wait_for_selector("body[data-painted]", timeout=20_000)
        assert opened.value.locator(".am-top").is_visible()
    assert problems == []
    context.close()


def test_a_frame_without_scripts_says_so(browser: Any, site: dict[str, str]) -> None:
    page = browser.new_page()
    page.goto(f"{site['http']}/no_scripts.html")
    assert "needs JavaScript" in page.frames[1].locator("noscript").inner_text()
    page.close()
