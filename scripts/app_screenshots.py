"""Take the pictures of the app for the documents: ``python scripts/app_screenshots.py docs/img``.

Needs Chromium and Playwright. The app runs on a copy of the Cornwall example and on a list with mistakes.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from screenshots import DESKTOP, FLAGS, PATIENCE_MS, PHONE, save_small

import assetmap as am
from assetmap.app import entry
from assetmap.app.application import make_app
from assetmap.app.jobs import Jobs
from assetmap.app.state import State

LIST = """Group name,Type,Post code,Town,E-mail
Saltash Allotments,allotments,n/a,,
Penzance Lantern Makers,arts group,XX9 9XX,,
Bude Youth Theatre,theatre group,EX23 8L,Bude,
Redruth Repair Cafe,repair caffe,TR15 2QE,Redruth,fix@example.org
Helston Men's Shed,mens shed,tr138ag,Helston,
Gwel an Mor Choir,choir,TR1 1EP,Truro,choir@example.org
Falmouth Gig Rowing Club,sports club,TR11 3QA,Falmouth,
Camborne Food Bank,food bank,TR14 8HA,Camborne,
Liskeard Community Fridge,community fridge,PL14 6AB,Liskeard,
Newquay Beach Cleaners,environment group,TR7 1HE,Newquay,
Bodmin Toddler Group,toddler group,PL31 2FR,Bodmin,
"""

CLUBS = """Club,Kind,Postcode,Town,E-mail
Liskeard Community Fridge,community fridge,PL14 3EB,Liskeard,fridge@example.org
Falmouth Gig Rowing Club,sports club,TR11 3QA,Falmouth,row@example.org
"""


@contextmanager
def running() -> Iterator[tuple[State, str]]:
    """Run the app on a copy of the example, as a person called Sam."""
    entry.own_name = lambda: "sam"
    with tempfile.TemporaryDirectory() as folder:
        home, scratch = Path(folder) / "assetmap", Path(folder) / "scratch"
        scratch.mkdir()
        am.new_project(home / "cornwall")
        am.new_project(home / "quillford", example="town")
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(50)
        port = listener.getsockname()[1]
        state = State(home, frozenset({f"127.0.0.1:{port}"}), scratch, Jobs())
        server = uvicorn.Server(uvicorn.Config(make_app(state), log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        yield state, f"{state.address}/p/cornwall"
        server.should_exit = True
        thread.join(10)
        state.jobs.close()
        state.stores.close()


def take(browser: Any, folder: Path, note: Callable[[str], None], *, phone: bool = False) -> None:
    """Walk through the app and take every picture, on a desktop and, to look at, on a phone."""
    with running() as (state, base), tempfile.TemporaryDirectory() as lists:
        context = browser.new_context(
            viewport=dict(zip(("width", "height"), DESKTOP, strict=True)), locale="en-GB"
        )
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()

        def keep(name: str, *, height: int = DESKTOP[1]) -> None:
            page.wait_for_selector("[data-job]", state="detached")
            page.wait_for_timeout(300)
            for size, ending in ((DESKTOP, ""), (PHONE, "-phone")) if phone else ((DESKTOP, ""),):
                page.set_viewport_size({"width": size[0], "height": height if not ending else PHONE[1]})
                page.wait_for_timeout(250)
                path = folder / f"app-{name}{ending}.png"
                save_small(page.screenshot(), path)
                note(f"{path} {path.stat().st_size / 1000:.0f} kB")
            page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})

        page.goto(f"{state.address}/enter?token={state.sessions.new_token()}")
        keep("start")
        page.goto(base)
        keep("project", height=900)
        files = {"groups 2025.csv": LIST, "clubs.csv": CLUBS}
        for name, text in files.items():
            (Path(lists) / name).write_text(text, "utf-8")
        page.goto(f"{base}/lists")
        page.set_input_files("input[type=file]", [str(Path(lists) / name) for name in files])
        page.click("text=Add and check")
        page.wait_for_selector("text=clubs.csv")
        page.goto(f"{base}/lists/groups_2025")
        keep("list", height=900)
        page.click("text=Saltash Allotments")
        keep("row", height=900)
        page.fill("[id='cell.postcode']", "PL12 6AA")
        page.click("button:text-is('Save')")
        page.wait_for_selector("text=This row is now")
        page.click("text=Move its point")
        page.wait_for_selector(".app-land", state="attached")
        keep("point", height=900)
        page.goto(f"{base}/pairs")
        keep("pairs")
        page.goto(f"{base}/gaps?type=library&distance=straight&km=5")
        keep("gaps", height=1100)
        page.goto(f"{base}/sites/what-if")
        page.wait_for_selector("#site1")
        page.select_option("#site1", label="St. Ives Library & Information Service")
        page.click("text=Measure the changes")
        keep("what-if", height=1100)
        page.goto(f"{state.address}/p/quillford/travel?go=yes")
        keep("travel", height=1300)
        page.goto(f"{base}/publish")
        page.click("text=Build the map, report and tables")
        page.wait_for_selector("text=Built ")
        keep("publish", height=1000)
        page.goto(f"{base}/view/build/map.html")
        page.wait_for_selector("#edit:not([hidden])")
        inside = page.frame_locator("#map")
        inside.locator("body[data-painted]").wait_for(timeout=120_000)
        inside.locator("#am-search").fill("Saltash Library")
        page.wait_for_timeout(500)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_selector("#edit-chosen:not([hidden])")
        page.evaluate("document.getElementById('edit').scrollIntoView()")
        keep("map", height=900)
        town = base.replace("cornwall", "quillford")
        page.goto(f"{town}/near?need=lonely, 78, no car, Tuesday&postcode=QF5 1AA&km=5")
        keep("near", height=1300)
        page.goto(f"{base}/history")
        keep("history")
        context.close()


def main() -> None:
    """Read the arguments, start Chromium and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where to put the pictures")
    parser.add_argument("--phone", action="store_true", help="also on a phone, to look at")
    given = parser.parse_args()
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        parser.error("there is no Chromium: apt-get install chromium")
    given.folder.mkdir(parents=True, exist_ok=True)
    os.environ["TZ"] = "Europe/London"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        take(browser, given.folder, print, phone=given.phone)
        browser.close()


if __name__ == "__main__":
    main()
