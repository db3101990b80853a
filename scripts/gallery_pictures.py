"""Take the pictures of docs/gallery.md and of the tutorials: ``python scripts/gallery_pictures.py docs/img``.

Runs the commands that the page shows, opens what they write in Chromium, and for the paper in LibreOffice. Needs both,
Playwright, and pdftoppm. With names (``--only gallery-report``) only these are taken.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from screenshots import DESKTOP, FLAGS, PATIENCE_MS, PHONE, save_small


@dataclass(frozen=True)
class Shot:
    """One picture: the commands that make a file, the file, the size of the window, and what is done in it first."""

    name: str
    commands: tuple[str, ...]
    file: str
    size: tuple[int, int] = DESKTOP
    steps: tuple[tuple[str, str, str], ...] = ()


NEW: Final = "assetmap new quillford --example town"
REVIEW: Final = (NEW, "assetmap devolution quillford --output review")
PERSON: Final = (
    'assetmap near QF5 1AG --project quillford --for "lonely, 78, no car, Tuesday" --sheet sheet.html'
)

PYTHON: Final = """import assetmap as am
from assetmap.show.report.charts import need_access_scatter

results = am.measure_project(am.example_project())
figure = am.show.draw_map(
    results.areas,
    "gap",
    title="Need against distance to the nearest open library",
    assets=results.assets.query("asset_type == 'library' and status == 'open'"),
    places=results.places,
    land=results.land,
)
am.show.save_picture(figure, "gaps.png", dpi=90)
chart = need_access_scatter(results.areas, noun="library")
am.show.save_picture(chart, "scatter.png", dpi=90)
"""

OFFERS: Final = """Group,Type,Postcode,Can lend,Looking for
Quillford Choral Society,choir,QF5 1AB,minibus,storage
Northgate Youth Club,youth club,QF8 1AF,projector,minibus; volunteer drivers
Westhay Repair Cafe,repair cafe,QF5 1AA,tools,meeting room
Overcott Lunch Club,lunch club,QF8 1AA,,minibus
"""
"""A made-up list of what groups of the made-up town can lend and look for."""

LENDING: Final = (
    "assetmap new lending --example town",
    "assetmap update lending offers.csv --add",
    "assetmap build lending --output lent",
)
CHOIR: Final = """(body) => {
    body.querySelector("[data-filter=offers][value=minibus]").click();
    const A = Object.values(window).find((one) => one && one.assetmap).assetmap;
    A.setState({ asset: A.app.marks.shown.findIndex(Boolean) });
}"""

SHOTS: Final = (
    Shot("gaps", (PYTHON,), "gaps.png"),
    Shot("gallery-scatter", (PYTHON,), "scatter.png"),
    Shot("gallery-report", ("assetmap demo --output demo",), "demo/report.html", (1100, 1000)),
    Shot("gallery-bus", (NEW, "assetmap build quillford --output town"), "town/map.html"),
    Shot("map-sharing", LENDING, "lent/map.html", steps=(("evaluate", "body", CHOIR),)),
    Shot("gallery-priorities", (NEW, "assetmap build quillford --output town"), "town/report.html", (1100, 1150), (("evaluate", "#priorities", "(node) => node.scrollIntoView()"),)),
    Shot("gallery-grants", (NEW, "assetmap build quillford --output town"), "town/report.html", (1100, 1000), (("evaluate", "#grants", "(node) => node.scrollIntoView()"),)),
    Shot("tutorial-options", REVIEW, "review/devolution.html", (1100, 900), (("evaluate", "h2:has-text('options side by side')", "(node) => node.scrollIntoView()"),)),
    Shot("gallery-options-map", REVIEW, "review/devolution_map.html"),
    Shot("gallery-residents", REVIEW, "review/option.html", (800, 900), (("fill", "input", "QF5 1AB"), ("press", "input", "Enter"))),
    Shot("gallery-directory", (NEW, "assetmap directory quillford --output public"), "public/directory.html", (1100, 900)),
    Shot("gallery-directory-phone", (NEW, "assetmap directory quillford --output public"), "public/directory.html", PHONE),
    Shot("gallery-sheet", (NEW, PERSON), "sheet.html", (800, 1000)),
    Shot("tutorial-paper", (NEW, "assetmap paper quillford --kind review --output cabinet.docx"), "cabinet.docx"),
    Shot("gaps_a4", ("assetmap new cornwall", "assetmap map cornwall --layer gaps --output gaps_a4.svg"), "gaps_a4.svg"),
    Shot("gallery-layer", ("assetmap new cornwall", "assetmap map cornwall --layer need --output need.png --size a5"), "need.png"),
)  # fmt: skip


def run(command: str, folder: Path) -> None:
    """Run one command of the page, or its lines of Python, in a folder."""
    given = ["-c", command] if command == PYTHON else ["-m", *shlex.split(command)]
    words = [sys.executable, *given]
    done = subprocess.run(words, cwd=folder, env=os.environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{command}\n{done.stderr}")


def open_and_take(browser: Any, page_file: Path, shot: Shot) -> bytes:
    """Open a page without a network and take its picture."""
    context = browser.new_context(
        offline=True,
        viewport={"width": shot.size[0], "height": shot.size[1]},
        reduced_motion="reduce",
        locale="en-GB",
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(page_file.as_uri())
    if page.locator("[data-am-map], .leaflet-container").count():
        page.wait_for_selector("body[data-painted]")
    for kind, where, text in shot.steps:
        getattr(page.locator(where).first, kind)(text)
    page.wait_for_timeout(500)
    picture: bytes = page.screenshot()
    context.close()
    return picture


def pages_of(paper: Path) -> bytes:
    """Return the first two pages of a paper side by side."""
    import io

    from PIL import Image

    folder = paper.parent
    profile = f"-env:UserInstallation={(folder / 'office').as_uri()}"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(paper)],
        check=True,
        capture_output=True,
    )
    pdf = paper.with_suffix(".pdf")
    subprocess.run(["pdftoppm", "-r", "65", "-l", "2", "-png", str(pdf), str(folder / "page")], check=True)
    sheets = [Image.open(file).convert("RGB") for file in sorted(folder.glob("page-*.png"))]
    gap = 16
    both = Image.new(
        "RGB", (sum(one.width + gap for one in sheets) + gap, sheets[0].height + 2 * gap), "#8a8a8a"
    )
    for number, one in enumerate(sheets):
        both.paste(one, (gap + number * (one.width + gap), gap))
    out = io.BytesIO()
    both.save(out, "PNG")
    return out.getvalue()


def take(browser: Any, output: Path, shots: list[Shot], note: Callable[[str], None]) -> None:
    """Run the commands, each once, and take the pictures."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "offers.csv").write_text(OFFERS, encoding="utf-8")
        ran: set[str] = set()
        for shot in shots:
            for command in shot.commands:
                if command not in ran:
                    run(command, folder)
                    ran.add(command)
            made = folder / shot.file
            if made.suffix == ".svg":
                shutil.copy(made, output)
                note(made.name)
                continue
            if made.suffix == ".docx":
                picture = pages_of(made)
            elif made.suffix == ".png":
                picture = made.read_bytes()
            else:
                picture = open_and_take(browser, made, shot)
            save_small(picture, output / f"{shot.name}.png")
            note(f"{shot.name}.png {(output / f'{shot.name}.png').stat().st_size / 1000:.0f} kB")


def main() -> None:
    """Read the arguments, start Chromium and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where to put the pictures")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="only these pictures")
    given = parser.parse_args()
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None or not shutil.which("soffice") or not shutil.which("pdftoppm"):
        parser.error("this needs Chromium, LibreOffice and poppler-utils")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        take(browser, given.folder, [one for one in SHOTS if not given.only or one.name in given.only], print)
        browser.close()


if __name__ == "__main__":
    main()
