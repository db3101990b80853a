"""Measure what files cost that no list is: `python benchmarks/hostile_sizes.py --mb 5 45`.

Each shape (cells of 900,000 letters, hundreds of columns, thousands of types ...) is written in each format and size, and each command
is run on it. Printed: seconds of CPU and the most memory of all its processes together, sampled, and how the command ended. The exit code
is 1 where a command took more than `MOST_SECONDS` of CPU or `MOST_MB`, or did not end with a result or one message.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import gzip
import io
import itertools
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import fuzz  # noqa: E402 (its project of sixteen squares)

MOST_SECONDS: Final = 20.0
MOST_MB: Final = 1_000.0
HANGS_AFTER: Final = 240.0
PLAIN: Final = ("name", "type", "postcode", "note", "easting", "northing", "status")
Rows = Iterator[list[str]]


def _place(k: int) -> tuple[str, ...]:
    """Return the postcode, note, point and status of a row: one of 7,000 points inside the project."""
    return "TR1 1EP", "x", str(181_000 + k % 7_000), str(46_000 + k % 6_997), "open"


ring = ", ".join(f"-5.{k % 1000:03} 50.{k * 7 % 1000:03}" for k in range(60_000))


def _cell(column: int, length: int, letter: str = "a") -> Callable[[int], tuple[list[str], Rows]]:
    """Return rows whose cell in a column has so many letters."""

    def rows(size: int) -> tuple[list[str], Rows]:
        each = length * len(letter.encode()) // len(letter)
        made = []
        for k in range(max(size // each, 1)):
            row = [f"Hall {k}", "library", *_place(k)]
            row[column] = f"{k} " + (letter * (length // len(letter)))
            made.append(row)
        return list(PLAIN), iter(made)

    return rows


def _headed(heading: str, text: str) -> Callable[[int], tuple[list[str], Rows]]:
    """Return rows with a further column of one long text each."""

    def rows(size: int) -> tuple[list[str], Rows]:
        count = max(size // len(text), 1)
        return [*PLAIN, heading], ([f"Hall {k}", "library", *_place(k), text] for k in range(count))

    return rows


def _columns(width: int, text: str) -> Callable[[int], tuple[list[str], Rows]]:
    def rows(size: int) -> tuple[list[str], Rows]:
        count = max(size // (width * (len(text) + 6)), 2)
        headings = [*PLAIN, *(f"column of things {k}" for k in range(width - 7))]
        return headings, (
            [f"Hall {r}", "library", *_place(r), *(f"{text} {r} {k}" for k in range(width - 7))]
            for r in range(count)
        )

    return rows


def _headings(width: int) -> Callable[[int], tuple[list[str], Rows]]:
    def rows(size: int) -> tuple[list[str], Rows]:
        long = "name of the group " * max(size // width // 18, 1)
        return [*PLAIN, *(f"{k} {long}" for k in range(width - 7))], iter(
            [["Hall", "library", *_place(k)] for k in range(3)]
        )

    return rows


def _different(column: str) -> Callable[[int], tuple[list[str], Rows]]:
    """Return rows with something different in one column."""

    def rows(size: int) -> tuple[list[str], Rows]:
        count = max(size // 60, 10)
        return [*PLAIN, column], (
            [f"Hall {k % 50}", "library", *_place(k), f"kind {k} of thing {k * 7919 % 100_003}"]
            for k in range(count)
        )

    return rows


SHAPES: Final[dict[str, Callable[[int], tuple[list[str], Rows]]]] = {
    "names of 900,000 letters": _cell(0, 900_000),
    "names of 90,000 letters": _cell(0, 90_000, "ab cd "),
    "names of 20,000 letters": _cell(0, 20_000, "the Hall "),
    "names of 2,000 letters": _cell(0, 2_000, "the Hall "),
    "names of pictures": _cell(0, 100_000, "\U0001f600 "),
    "types of 900,000 letters": _cell(1, 900_000, "hall "),
    "postcodes of 90,000 letters": _cell(2, 90_000, "TR1 1EP "),
    "notes of 900,000 letters": _cell(3, 900_000, "a@b.cd 01872 900112 "),
    "notes of 20,000 letters": _cell(3, 20_000, "closed on 1 May, ring 01872 "),
    "hours of 90,000 letters": _headed("opening hours", "Mon 9:00-10:00; " * 5_600),
    "dates of 90,000 letters": _headed("checked date", "2024-05-31 " * 8_000),
    "statuses of 90,000 letters": _headed("open or closed", "closed on " * 9_000),
    "addresses of 90,000 letters": _headed("address", "1 High Street, Truro TR1 1EP, " * 3_000),
    "shapes in WKT of 1 MB": _headed("wkt", f"POLYGON (({ring[:950_000]}))"),
    "points in JSON of 90,000 letters": _headed("coordinates", '{"type":"Point","coordinates":[-5.05,50.26]}' + " " * 90_000),
    "links of 90,000 letters": _headed("website", "http://a.b/" + "c" * 90_000),
    "900 columns": _columns(900, "text"),
    "900 columns of 1,000 letters": _columns(900, "text " * 200),
    "990 long headings": _headings(990),
    "9 long headings": _headings(9),
    "different types": _different("kind of place"),
    "different statuses": _different("open or closed"),
    "different areas": _different("town"),
    "different hours": _different("opening hours"),
}  # fmt: skip


def _csv(headings: list[str], rows: Rows, path: Path) -> None:
    encoding = "utf-16" if path.name.endswith(".tsv") else "utf-8"
    with gzip.open(path, "wb", 1) if path.suffix == ".gz" else path.open("wb") as raw:
        file = io.TextIOWrapper(raw, encoding, newline="")
        writer = csv.writer(file, delimiter="\t" if path.name.endswith(".tsv") else ",")
        writer.writerow(headings)
        writer.writerows(rows)
        file.close()


def _zip(headings: list[str], rows: Rows, path: Path) -> None:
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("a.csv", "w") as member,
    ):
        text = io.TextIOWrapper(member, "utf-8", newline="")
        writer = csv.writer(text)
        writer.writerow(headings)
        writer.writerows(rows)
        text.close()


def _many(headings: list[str], rows: Rows, path: Path) -> None:
    """Write a zip with the rows in a hundred files."""
    all_rows = list(rows)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for k in range(100):
            text = io.StringIO()
            csv.writer(text).writerows([headings, *all_rows[k::100]])
            archive.writestr(f"f{k}.csv", text.getvalue())


def _xlsx(headings: list[str], rows: Rows, path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("S")
    for row in itertools.chain([headings], rows):
        sheet.append([cell[:32_767] for cell in row])
    book.save(path)


def _ods(headings: list[str], rows: Rows, path: Path) -> None:
    import pandas as pd

    fuzz._write_ods(
        pd.DataFrame(
            [[*row, *[""] * (len(headings) - len(row))] for row in rows], columns=headings, dtype="str"
        ),
        path,
    )


def _json(headings: list[str], rows: Rows, path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        records = (json.dumps(dict(zip(headings, row, strict=False)), ensure_ascii=False) for row in rows)
        if path.suffix == ".jsonl":
            file.writelines(f"{record}\n" for record in records)
        else:
            file.write("[" + ",\n".join(records) + "]")


def _geojson(headings: list[str], rows: Rows, path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write('{"type":"FeatureCollection","features":[')
        for k, row in enumerate(rows):
            shape = {"type": "Point", "coordinates": [-5.05, 50.26]}
            feature = {
                "type": "Feature",
                "geometry": shape,
                "properties": dict(zip(headings, row, strict=False)),
            }
            file.write(("," if k else "") + json.dumps(feature, ensure_ascii=False))
        file.write("]}")


def _map(headings: list[str], rows: Rows, path: Path) -> None:
    _geojson(headings, rows, path.with_suffix(".made"))
    drivers = {".gpkg": "GPKG", ".fgb": "FlatGeobuf", ".gml": "GML"}
    import geopandas as gpd

    gpd.read_file(f"GeoJSON:{path.with_suffix('.made')}").to_file(path, driver=drivers[path.suffix])
    path.with_suffix(".made").unlink()


def _kml(headings: list[str], rows: Rows, path: Path) -> None:
    from xml.sax.saxutils import escape, quoteattr

    with path.open("w", encoding="utf-8") as file:
        file.write('<kml xmlns="http://www.opengis.net/kml/2.2"><Document>')
        for row in rows:
            data = "".join(
                f"<Data name={quoteattr(heading)}><value>{escape(cell)}</value></Data>"
                for heading, cell in zip(headings[1:], row[1:], strict=False)
            )
            file.write(
                f"<Placemark><name>{escape(row[0])}</name><ExtendedData>{data}</ExtendedData>"
                "<Point><coordinates>-5.05,50.26</coordinates></Point></Placemark>"
            )
        file.write("</Document></kml>")


def _parquet(headings: list[str], rows: Rows, path: Path) -> None:
    import geopandas as gpd
    import pandas as pd

    table = pd.DataFrame(
        [[*row, *[""] * (len(headings) - len(row))] for row in rows], columns=headings, dtype="str"
    )
    gpd.GeoDataFrame(
        table, geometry=gpd.points_from_xy([-5.05] * len(table), [50.26] * len(table)), crs=4326
    ).to_parquet(path)


FORMATS: Final[dict[str, Callable[[list[str], Rows, Path], None]]] = {
    "csv": _csv, "csv.gz": _csv, "tsv": _csv, "xlsx": _xlsx, "ods": _ods, "json": _json, "jsonl": _json, "geojson": _geojson, "gpkg": _map,
    "fgb": _map, "gml": _map, "kml": _kml, "parquet": _parquet, "zip": _zip, "many.zip": _many,
}  # fmt: skip

COMMANDS: Final = ("check", "page", "inputs", "register", "build", "fix", "update", "app")

APP: Final = """
import sys, warnings; warnings.simplefilter("ignore")
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from test_app import Browser, State, Jobs, make_app, ADDRESS, summary
from starlette.testclient import TestClient
if __name__ == "__main__":
    home = Path(sys.argv[2]); file = Path(sys.argv[3])
    state = State(home, frozenset({"127.0.0.1:8471"}), home.parent / "scratch", Jobs())
    (home.parent / "scratch").mkdir(exist_ok=True)
    browser = Browser(make_app(state), base_url=ADDRESS).enter(state)
    with file.open("rb") as sent:
        page = browser.fill("/p/town/lists", files=[("files", (file.name, sent))])
    print(page.status_code, page.url, summary(page)[:300])
    browser.get("/p/town/lists")
    state.jobs.close(); state.stores.close()
    sys.exit(3 if page.status_code >= 500 else 2 if summary(page) else 0)
"""


def words_for(command: str, file: Path, folder: Path) -> list[str]:
    """Return how a command is run on a file; what it needs is written into a folder."""
    start = [sys.executable, "-m", "assetmap"]
    if command == "check":
        return [*start, "check", str(file)]
    if command == "page":
        return [*start, "check", str(file), "--output", str(folder / "checked")]
    if command == "inputs":
        return [*start, "inputs", str(file.parent)]
    if command == "register":
        return [*start, "register", str(file), "--output", str(folder / "register.gpkg")]
    if command == "fix":
        ending = (
            ".geojson"
            if file.suffix in (".gpkg", ".fgb", ".gml", ".kml", ".parquet")
            else "".join(file.suffixes[-2:])
        )
        return [*start, "fix", str(file), "--output", str(folder / f"fixed{ending}")]
    home = folder / "home"
    (home / "town").mkdir(parents=True)
    project = fuzz.make_project(home / "town")
    if command == "build":
        fuzz._into_project(file, project)
        return [*start, "build", str(project), "--output", str(folder / "out")]
    if command == "update":
        return [*start, "update", str(project), str(file), "--add"]
    return [sys.executable, "-c", APP, str(ROOT / "tests"), str(home), str(file)]


def _tree_mb(root: int) -> float:
    """Return the memory of a process and all below it, shared pages counted once for each."""
    below: dict[int, list[int]] = {}
    sizes: dict[int, float] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                parts = (
                    (entry / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
                )
                below.setdefault(int(parts[1]), []).append(int(entry.name))
                sizes[int(entry.name)] = int(parts[21]) * resource.getpagesize() / 1e6
    total, waiting = 0.0, [root]
    while waiting:
        one = waiting.pop()
        total += sizes.get(one, 0.0)
        waiting += below.get(one, [])
    return total


def measured(words: list[str], folder: Path) -> tuple[float, float, float, int, str]:
    """Run a command: seconds of CPU, on the clock, the most memory in MB, exit code, and the end of what it said."""
    out = folder / "said.txt"
    before, began, most = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic(), 0.0
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "ASSETMAP_CACHE": str(folder / "cache")}
    with out.open("wb") as said:
        running = subprocess.Popen(words, stdout=said, stderr=subprocess.STDOUT, env=environment, cwd=folder)
        while running.poll() is None:
            most = max(most, _tree_mb(running.pid))
            time.sleep(0.04)
            if time.monotonic() - began > HANGS_AFTER:
                running.kill()
                running.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    text = out.read_bytes()
    told = text[-20_000:].decode("utf-8", "replace")
    words_said = " ".join(told.split())
    end = (
        "Traceback " + words_said[-300:]
        if "Traceback" in told
        else words_said[-160:]
        if len(text) < 2_000
        else f"{len(text)} bytes"
    )
    return cpu, time.monotonic() - began, most, running.returncode, end


def main() -> int:
    """Run the grid from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mb", type=float, nargs="+", default=[5.0, 45.0])
    parser.add_argument("--shapes", default="", help="part of the names of the shapes")
    parser.add_argument("--formats", nargs="+", default=["csv"])
    parser.add_argument("--commands", nargs="+", default=list(COMMANDS))
    given = parser.parse_args()
    over = 0
    for mb, shape, kind in itertools.product(given.mb, SHAPES, given.formats):
        if given.shapes not in shape:
            continue
        with tempfile.TemporaryDirectory(prefix="assetmap-sizes-") as name:
            file = Path(name) / "in" / f"a.{kind.removeprefix('many.')}"
            file.parent.mkdir()
            try:
                FORMATS[kind](*SHAPES[shape](int(mb * 1e6)), file)
            except Exception as error:  # a format that cannot hold the shape at all
                print(f"{shape}, {kind}: not written ({type(error).__name__}: {str(error)[:80]})", flush=True)
                continue
            for command in given.commands:
                work = Path(name) / command
                work.mkdir()
                cpu, took, most, code, said = measured(words_for(command, file, work), work)
                bad = cpu > MOST_SECONDS or most > MOST_MB or code not in (0, 1, 2) or "Traceback" in said
                over += bad
                print(
                    f"{'OVER' if bad else 'ok  '} {mb:5g} MB {file.stat().st_size / 1e6:6.1f} {kind:8} {command:8} {cpu:6.1f} s ({took:5.1f}) {most:6.0f} MB code {code}  {shape}: {said}",
                    flush=True,
                )
                shutil.rmtree(work)
    print(f"{over} over")
    return int(over > 0)


if __name__ == "__main__":
    sys.exit(main())
