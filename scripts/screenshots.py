"""Take the pictures of a built map and of a list for the documents: ``python scripts/screenshots.py demo/map.html docs/img``.

Needs Chromium and Playwright. The README shows ``map.png``. With ``--lists`` only the pictures of docs/your_lists.md are taken, with
``--opening NAME`` only the opening view, at three sizes.
"""

from __future__ import annotations

import argparse
import csv
import io
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

DESKTOP = (1280, 800)
TABLET = (1024, 768)
PHONE = (390, 844)
PATIENCE_MS = 300_000
"""How long a page may take on a computer with much else to do."""

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
APP = "Object.values(window).find((one) => one && one.assetmap).assetmap"


def layer(key: str) -> str:
    """Return the script that chooses a layer, if the map has it."""
    return f"const at = A.app.data.layers.findIndex((one) => one.key === '{key}'); if (at >= 0) A.setState({{ layer: at }});"


OPEN_ONLY = (
    "document.querySelectorAll('.am-side > details').forEach((one) => {{ one.open = one.id === '{}'; }});"
)
WORST = "A.areasWhere((area) => A.rankOf(A.layerByKey('gap_score'), area) === 1)[0]"

PICTURES: dict[str, tuple[tuple[int, int], str]] = {
    "map": (DESKTOP, ""),
    "map-nine": (DESKTOP, "A.setState({ nine: true });"),
    "map-people": (DESKTOP, layer("need") + "A.setState({ people: true });"),
    "map-card": (DESKTOP, f"A.setState({{ area: {WORST} }}); A.showArea(A.app.state.area, true);"),
    "map-trial": (DESKTOP, OPEN_ONLY.format("am-trial") + "A.trySwitch([...A.app.trial.rows.keys()].find(A.isOpen), false);"),
    "map-table": (DESKTOP, "A.setView('table');"),
    "map-phone": (PHONE, ""),
}  # fmt: skip


LIST = """Parish groups and halls (kept by Ann),,,,,
Group / Organisation,What it is,Post Code,Opening hours,Wheelchair accessible,Last checked
The Men&#39;s Room,Men's shed,tr1 1ep,Tue 10-1,Y,12/24/2025
Old Village Hall,Village halls,TR1 1EP,Mon-Fri 9am-5pm,Ramp at the side,46085
Chess Club,Chess club,TR1 2XX,,,Feb 2024
Tea & Talk,Coffee mornings,,Wednesday,N,
"""
"""An invented list as a parish may keep it."""

LISTS: dict[str, tuple[tuple[int, int], bool]] = {
    "list-kept": ((1100, 400), True),
    "list-check": ((900, 760), False),
    "list-fixed": ((2000, 400), True),
}
"""Pictures of a list: the size of the window, and whether the picture is cut to what is in it."""

SHEET_STYLE = """body { font: 15px system-ui, sans-serif; margin: 16px; width: fit-content; color: #1b1b1b; background: #fff; }
table { border-collapse: collapse; } td, th { border: 1px solid #c8c8c8; padding: 3px 8px; white-space: nowrap; }
th { background: #eee; font-weight: 400; color: #555; } .new { background: #fff3c4; }"""


def sheet_page(rows: list[list[str]], before: list[list[str]]) -> str:
    """Return rows as a spreadsheet shows them; cells that are not as before are marked."""
    from html import escape

    width = max(map(len, rows))
    head = "".join(f"<th>{chr(65 + place)}</th>" for place in range(width))
    lines = []
    for number, row in enumerate(rows):
        cells = []
        for place in range(width):
            text = row[place] if place < len(row) else ""
            old = before[number][place] if place < len(before[number]) else ""
            cells.append(f"<td{'' if text == old else ' class=new'}>{escape(text)}</td>")
        lines.append(f"<tr><th>{number + 1}</th>{''.join(cells)}</tr>")
    return f"<!doctype html><meta charset=utf-8><style>{SHEET_STYLE}</style><table><tr><th></th>{head}</tr>{''.join(lines)}</table>"


def take_lists(browser: Any, folder: Path, note: Callable[[str], None]) -> None:
    """Take the pictures of a list: as it is kept, what a check says of it, and as it comes back."""
    import assetmap as am
    from assetmap.project.lists.registers import check_files
    from assetmap.show.check import check_page

    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "parish.csv"
        file.write_text(LIST, encoding="utf-8")
        project = am.example_project()
        fixed = am.project.fix_file(file, project=project)
        kept, back = (list(csv.reader(io.StringIO(text))) for text in (LIST, fixed.content.decode()))
        check = check_page(check_files([file], project=project))
        pages = {
            "list-kept": sheet_page(kept, kept),
            "list-check": check,
            "list-fixed": sheet_page(back, kept),
        }
        for name, (size, fitted) in LISTS.items():
            page_file = Path(scratch) / f"{name}.html"
            page_file.write_text(pages[name], encoding="utf-8")
            page = browser.new_page(viewport={"width": size[0], "height": size[1]})
            page.goto(page_file.as_uri())
            picture = page.locator("body").screenshot() if fitted else page.screenshot()
            save_small(picture, folder / f"{name}.png")
            note(f"{folder / name}.png {(folder / f'{name}.png').stat().st_size / 1000:.0f} kB")
            page.close()


def save_small(picture: bytes, path: Path, *, colours: int = 255, margin: int = 0) -> None:
    """Write a picture with few colours, those that are rare kept too: the colours of marks mean something."""
    from PIL import Image, ImageOps

    image = ImageOps.expand(Image.open(io.BytesIO(picture)).convert("RGB"), margin, "white")
    few = image.quantize(colours, method=Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


def take(browser: Any, page_file: Path, folder: Path, note: Callable[[str], None]) -> None:
    """Take every picture of one map, and the sheet it prints."""
    for name, (size, script) in PICTURES.items():
        context = browser.new_context(
            offline=True, viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce"
        )
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.goto(page_file.as_uri())
        page.wait_for_selector("body[data-painted]")
        page.evaluate(f"() => {{ const A = {APP}; {script} }}")
        page.wait_for_timeout(400)
        path = folder / f"{name}.png"
        save_small(page.screenshot(), path)
        note(f"{path} {path.stat().st_size / 1000:.0f} kB")
        if name == "map":
            page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
            page.set_viewport_size({"width": 1123, "height": 794})
            page.wait_for_timeout(300)
            sheet = page.screenshot(clip={"x": 0, "y": 0, "width": 1060, "height": 720})
            save_small(sheet, folder / "map-print.png", margin=24)
        context.close()


def take_opening(browser: Any, page_file: Path, folder: Path, name: str, note: Callable[[str], None]) -> None:
    """Take the opening view of one map at three sizes, to see what a reader sees first."""
    for kind, size in (("desktop", DESKTOP), ("tablet", TABLET), ("phone", PHONE)):
        context = browser.new_context(
            offline=True, viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce"
        )
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.goto(page_file.as_uri())
        page.wait_for_selector("body[data-painted]")
        page.wait_for_timeout(500)
        path = folder / f"{name}-{kind}.png"
        save_small(page.screenshot(), path, colours=64)
        note(f"{path} {path.stat().st_size / 1000:.0f} kB")
        context.close()


def main() -> None:
    """Read the arguments, start Chromium and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("map", type=Path, help="map.html of a build")
    parser.add_argument("folder", type=Path, help="where to put the pictures")
    parser.add_argument(
        "--opening", metavar="NAME", help="only the opening view at three sizes, as NAME-desktop.png ..."
    )
    parser.add_argument("--lists", action="store_true", help="only the pictures of a list")
    given = parser.parse_args()
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        parser.error("there is no Chromium: apt-get install chromium")
    given.folder.mkdir(parents=True, exist_ok=True)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        if given.opening:
            take_opening(browser, given.map.resolve(), given.folder, given.opening, print)
        else:
            if not given.lists:
                take(browser, given.map.resolve(), given.folder, print)
            take_lists(browser, given.folder, print)
        browser.close()


if __name__ == "__main__":
    main()
