"""Damage files of every format and run the commands on them: `python tests/fuzz.py --files 1000 --seed 1`.

Each file starts as one that assetmap reads: 60 places in every format, and the samples of `tests/samples`. A few bytes are
changed, or a part is cut off, doubled or replaced by something hostile; in a zip or gzip also below the compression,
so that its checksums fit. Half of the time the damage knows the format instead (`tests/fuzz_kinds.py`): counts that lie, records cut off,
members exchanged, lines in another encoding. Then `check`, `inputs`, `register` or `build` runs on it, in this process.

A run fails where a command ends in anything but a result or one message, takes longer than `MOST_SECONDS` of CPU (or than `HANGS_AFTER` on the clock) or more memory
than `MOST_MB`, or where rows are missing without a word. `make fuzz` runs it; a short run with a fixed seed is a test.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import gzip
import io
import json
import os
import random
import re
import resource
import shutil
import sys
import tempfile
import time
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely.geometry import box

import assetmap as am
from assetmap.cli import app
from assetmap.errors import BUG, explain
from assetmap.read import worker
from fuzz_kinds import Parts, damaged_parts

PLACES = 60
MOST_SECONDS = 20.0
MOST_MB = 1_000.0
HANGS_AFTER = 600.0
"""Seconds on the clock after which a command hangs. How long one second of CPU takes on the clock depends on what else the machine does."""

SAMPLES = Path(__file__).parent / "samples"

EXACT = (".fgb", ".gpkg", ".zip", ".parquet", ".xlsx", ".ods", ".shp")
"""Formats that say how many rows they hold: after damage all of them come back, or an error."""

KEEPS_ROWS = (
    "repeated_record",
    "strange_json",
    "moved_lines",
    "mixed_encodings",
    "hostile_cell",
    "changed_gzip",
)
"""Damage by format that takes no row away: in a text too all of them come back, or an error or a remark."""

OURS = 3
"""Times that the places in a format are chosen, for each time that a sample of `tests/samples` is."""

NAMED = (
    "marked as deleted",
    "could not be read",
    "was not read",
    "were not read",
    "longer than a list needs",
    "look like rows",
    "outside UTF-8",
    "control characters",
    "in no row",
)
"""Words of a remark that says what is missing."""

HOSTILE = [
    b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b'"', b"'", b"\r", b"\n\n", b"\\ud800", b"=1+1", b"\x1b[2J", b"9" * 400, b"-1", b"1e400",
    b"NaN", b"0001-01-01", b"9999-99-99", b"{" * 2_000, b"[" * 2_000, b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"<OGRVRTDataSource/>",
    b"/vsicurl/http://127.0.0.1:9/x", b"../../../etc/passwd", b"PG:dbname=x", b"</", b"]]>", b"," * 300, "\u202e\u200b".encode(),
    "\uff1d1".encode(), b"null", b"true", b"\x1e\x1f", b"A" * 70_000,
]  # fmt: skip


def places() -> gpd.GeoDataFrame:
    """Sixty places near Truro with the columns that lists have."""
    frame = pd.DataFrame(
        {
            "name": [f"Hall number {k}" for k in range(PLACES)],
            "type": ["library", "village hall", "food bank"] * (PLACES // 3),
            "postcode": ["TR1 1EP"] * PLACES,
            "status": "open",
            "weekly hours": [k % 40 for k in range(PLACES)],
            "easting": [180_000 + 100 * k for k in range(PLACES)],
            "northing": [45_000 + 50 * k for k in range(PLACES)],
            "checked date": "2024-05-31",
            "note": ["Tea & talk, é", "", "first floor"] * (PLACES // 3),
        }
    )
    points = gpd.points_from_xy(frame["easting"], frame["northing"])
    return gpd.GeoDataFrame(frame, geometry=points, crs="EPSG:27700")


def write_samples(folder: Path) -> list[Path]:
    """Write the places in every format, and copy the samples; return the files."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a Shapefile has short names, GML other ones
        return _write_samples(folder)


def _write_samples(folder: Path) -> list[Path]:
    table = places()
    plain = pd.DataFrame(table.drop(columns="geometry"))
    plain.to_csv(folder / "a.csv", index=False)
    (folder / "a.csv.gz").write_bytes(gzip.compress((folder / "a.csv").read_bytes(), mtime=0))
    plain.to_csv(folder / "b.tsv", sep="\t", index=False, encoding="utf-16")
    plain.to_excel(folder / "a.xlsx", index=False)
    (folder / "a.json").write_text(plain.to_json(orient="records"), encoding="utf-8")
    table.to_parquet(folder / "a.parquet")
    table.to_crs("EPSG:4326").to_file(folder / "a.geojson")
    for name in ("a.gpkg", "a.fgb", "a.shp"):
        table.rename(columns={"checked date": "checked"}).to_file(folder / name)
    for name, driver in (("a.gml", "GML"), ("a.mif", "MapInfo File"), ("a.kml", "KML")):
        (table.to_crs("EPSG:4326") if driver == "KML" else table).to_file(folder / name, driver=driver)
    with zipfile.ZipFile(folder / "z.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(folder.glob("a.*")):
            if part.suffix in (".shp", ".shx", ".dbf", ".prj", ".cpg"):
                archive.write(part, part.name)
    _write_ods(plain, folder / "a.ods")
    for sample in [*SAMPLES.glob("*_good.*"), *SAMPLES.glob("groups.*"), *SAMPLES.glob("official/*.csv")]:
        shutil.copy(sample, folder / f"s_{sample.name}")
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix not in (".shx", ".dbf", ".prj", ".cpg", ".mid", ".xsd")
    )


def _write_ods(table: pd.DataFrame, path: Path) -> None:
    def cell(text: object) -> str:
        escaped = str(text).replace("&", "&amp;")
        return f'<table:table-cell office:value-type="string"><text:p>{escaped}</text:p></table:table-cell>'

    rows = [list(table.columns), *table.astype(str).to_numpy().tolist()]
    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    name = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{name}:office:1.0" xmlns:table="{name}:table:1.0" '
        f'xmlns:text="{name}:text:1.0" office:version="1.2"><office:body><office:spreadsheet><table:table table:name="S">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml", '<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
        )


def damage(content: bytes, rng: random.Random) -> bytes:
    """Return bytes with one to four kinds of damage."""
    raw = bytearray(content)
    for _ in range(rng.randint(1, 4)):
        if not raw:
            break
        at, length = rng.randrange(len(raw)), rng.choice([1, 2, 4, 8, 64, 500])
        kind = rng.randrange(8)
        if kind == 0:
            raw[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            raw[at : at + length] = rng.choice([b"\x00", b"\xff", b"\x7f", b"\x80"]) * length
        elif kind == 2:
            raw[at : at + length] = rng.randbytes(length)
        elif kind == 3:
            del raw[at : at + length]
        elif kind == 4:
            raw[at:at] = raw[rng.randrange(len(raw)) :][: length * 8]
        elif kind == 5:
            raw[at:at] = rng.choice(HOSTILE)
        elif kind == 6 and rng.random() < 0.4:
            del raw[at:]
        elif kind == 7:
            found = re.findall(rb"\d{1,6}", bytes(raw[at : at + 200]))
            if found:
                old = rng.choice(found)
                place = raw.find(old, at)
                raw[place : place + len(old)] = rng.choice([b"0", b"-1", b"5", b"99999999", b"4294967295"])
    return bytes(raw)


def damaged(path: Path, rng: random.Random) -> bytes:
    """Return the damaged bytes of a file, below its compression half of the time."""
    content = path.read_bytes()
    if path.name.endswith(".gz") and rng.random() < 0.5:
        return gzip.compress(damage(gzip.decompress(content), rng), mtime=0)
    if zipfile.is_zipfile(path) and rng.random() < 0.7:
        with zipfile.ZipFile(path) as archive:
            members = {member.filename: archive.read(member) for member in archive.infolist()}
        name = rng.choice(sorted(members))
        members[name] = damage(members[name], rng)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, part in members.items():
                archive.writestr(member, part)
        return packed.getvalue()
    return damage(content, rng)


def damaged_sample(path: Path, rng: random.Random) -> tuple[str, Parts]:
    """Return how a sample was damaged, and its parts by their endings, the one that names it first."""
    stem, _, ending = path.name.partition(".")
    beside = (".shx", ".dbf", ".prj", ".cpg", ".mid") if path.suffix in (".shp", ".mif") else ()
    parts = {
        f".{ending}": path.read_bytes(),
        **{
            part.suffix: part.read_bytes()
            for part in sorted(path.parent.glob(f"{stem}.*"))
            if part.suffix in beside
        },
    }
    if rng.random() < 0.5:
        return damaged_parts(parts, rng)
    return "bytes", {**parts, f".{ending}": damaged(path, rng)}


@dataclass
class Tally:
    """What a run found. ``faults`` must be empty."""

    files: int = 0
    outcomes: collections.Counter[str] = field(default_factory=collections.Counter)
    kinds: collections.Counter[str] = field(default_factory=collections.Counter)
    wrong: collections.Counter[str] = field(default_factory=collections.Counter)
    slowest: float = 0.0
    slowest_cpu: float = 0.0
    largest_mb: float = 0.0
    faults: list[str] = field(default_factory=list)


def run(words: list[str]) -> tuple[int, str, str]:
    """Run a command in this process: exit code, what it printed, and what went wrong unexpectedly."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            app(words)
        except SystemExit as ended:
            return int(ended.code or 0), out.getvalue(), ""
        except BaseException as error:
            message, code = explain(error) if isinstance(error, Exception) else (repr(error), BUG)
            return code, out.getvalue(), message if code == BUG else ""
    return 0, out.getvalue(), ""


def command_for(file: Path, folder: Path, project: Path | None, rng: random.Random) -> tuple[str, list[str]]:
    """Choose a command for a damaged file; half of the time `check`, which is what a list meets first."""
    kind = rng.choices(["check", "inputs", "register", "build"], [100, 50, 40, 3 if project else 0])[0]
    if kind == "inputs":
        return kind, ["inputs", str(file.parent), "--json"]
    if kind == "register":
        return kind, ["register", str(file), "--output", str(folder / "register.csv"), "--json"]
    if kind == "build" and project:
        _into_project(file, project)
        return kind, ["build", str(project), "--output", str(folder / "out")]
    return "check", ["check", str(file), "--json"]


def make_project(folder: Path) -> Path:
    """Make a project of sixteen squares, a list and boundaries, that builds in a moment."""
    codes = [f"E0100000{k:X}" for k in range(16)]
    squares = [
        box(
            180_000 + k % 4 * 2_000, 45_000 + k // 4 * 2_000, 182_000 + k % 4 * 2_000, 47_000 + k // 4 * 2_000
        )
        for k in range(16)
    ]
    frame = pd.DataFrame(
        {"LSOA21CD": codes, "LSOA21NM": [f"Town {k}" for k in range(16)], "population": 1500}
    )
    gpd.GeoDataFrame(frame, geometry=squares, crs="EPSG:27700").to_file(folder / "areas.gpkg")
    text = """
[project]
title = "Town"
area_name = "Town"
[areas]
file = "areas.gpkg"
title = "Squares"
date = "2024"
licence = "ours"
[need]
file = "need.csv"
column = "score"
most_need = "high"
title = "Need"
date = "2024"
licence = "ours"
[[assets]]
id = "places"
file = "list.csv"
title = "Places"
date = "2024"
licence = "ours"
"""
    (folder / "assetmap.toml").write_text(text, encoding="utf-8")
    need = pd.DataFrame({"LSOA21CD": codes, "score": range(16), "population": 1500})
    need.to_csv(folder / "need.csv", index=False)
    pd.DataFrame(places().drop(columns="geometry")).to_csv(folder / "list.csv", index=False)
    return folder


def _into_project(file: Path, project: Path) -> None:
    """Make a damaged file the list of a project."""
    text = (project / "assetmap.toml").read_text(encoding="utf-8")
    shutil.copy(file, project / f"list{''.join(file.suffixes[-2:])}")
    text = re.sub(r'file = "list[^"]*"', f'file = "list{"".join(file.suffixes[-2:])}"', text)
    (project / "assetmap.toml").write_text(text, encoding="utf-8")


def cpu_seconds() -> float:
    """Return the seconds of CPU that this process and its children used."""
    own, ended = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    running = 0.0
    for child in worker._CURRENT:
        with contextlib.suppress(OSError, IndexError):
            words = (
                Path(f"/proc/{child.process.pid}/stat").read_text(encoding="ascii").rsplit(")")[-1].split()
            )
            running += (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
    return own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime + running


def memory_mb(*, before: float = 0.0) -> float:
    """Return the most memory in MB that the child used, or an ended one did if that is more than `before`."""
    running = max((_peak_kb(child.process.pid) / 1e3 for child in worker._CURRENT), default=0.0)
    ended = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3
    return max(running, ended if ended > before else 0.0)


def _peak_kb(pid: int) -> float:
    with contextlib.suppress(OSError):
        found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
        return float(found[1]) if found else 0.0
    return 0.0


def lost(kind: str, file: Path, code: int, said: str, way: str = "bytes") -> str:
    """Return what is missing without a word: rows that the file says it has, or outcomes that do not add up."""
    if code not in (0, 1) or kind not in ("check", "register"):
        return ""
    try:
        answer: dict[str, Any] = json.loads(said[said.index("{") :])
    except ValueError:
        return f"no result and no message: {said[:200]}"
    if kind == "register":
        rows = sum(answer["rows"].values())
    else:
        rows = sum(count["rows"] for count in answer["counts"])
        if rows != len(answer["rows"]):
            return f"{rows} rows counted, {len(answer['rows'])} in the log"
    exact = (file.suffix in EXACT or way in KEEPS_ROWS) and not file.name.startswith("s_")
    told = " ".join([*answer.get("notes", []), *answer.get("remarks", [])])
    if any(word in told for word in NAMED):
        return ""
    return f"{rows} of {PLACES} rows, exit code {code}" if exact and rows < PLACES else ""


def fuzz(files: int, *, seed: int, folder: Path, builds: bool = True, keep: Path | None = None) -> Tally:
    """Damage so many files and run a command on each."""
    samples = folder / "samples"
    samples.mkdir()
    sources, tally = write_samples(samples), Tally()
    project = make_project(_fresh(folder / "project")) if builds else None
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3
    for number in range(files):
        rng = random.Random(f"{seed} {number}")
        source = rng.choices(sources, [1 if path.name.startswith("s_") else OURS for path in sources])[0]
        file = _fresh(folder / "in") / source.name
        way, parts = damaged_sample(source, rng)
        for ending, content in parts.items():
            (file.parent / f"{source.name.partition('.')[0]}{ending}").write_bytes(content)
        kind, words = command_for(file, folder, project, rng)
        began, cpu_before = time.monotonic(), cpu_seconds()
        code, said, bug = run(words)
        took, cpu = time.monotonic() - began, cpu_seconds() - cpu_before
        tally.files += 1
        tally.outcomes[f"{kind} {code}"] += 1
        tally.slowest = max(tally.slowest, took)
        tally.slowest_cpu = max(tally.slowest_cpu, cpu)
        most = memory_mb(before=before)
        tally.kinds[way] += 1
        tally.largest_mb = max(tally.largest_mb, most)
        faults = {
            "tracebacks": bug or ("Traceback" if "Traceback (most" in said else ""),
            "over 20 s": f"{took:.0f} s, {cpu:.0f} s of CPU"
            if cpu > MOST_SECONDS or took > HANGS_AFTER
            else "",
            "over 1 GB": f"{most:.0f} MB" if most > MOST_MB else "",
            "silent losses": lost(kind, file, code, said, way),
        }
        for name, fault in faults.items():
            if not fault:
                continue
            tally.wrong[name] += 1
            tally.faults.append(f"{number} {file.name} {way} {kind}: {name}: {fault}")
            if keep is not None:
                for part in file.parent.iterdir():
                    shutil.copy(part, keep / f"{seed}_{number}_{part.name}")
    return tally


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="assetmap-fuzz-") as name:
        yield Path(name)


def main() -> int:
    """Run from the command line; exit code 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for the files that found a fault")
    given = parser.parse_args()
    os.environ.setdefault("ASSETMAP_CACHE", tempfile.mkdtemp(prefix="assetmap-fuzz-cache-"))
    if given.keep:
        given.keep.mkdir(parents=True, exist_ok=True)
    with _folder() as folder:
        tally = fuzz(given.files, seed=given.seed, folder=folder, keep=given.keep)
    for fault in tally.faults:
        print("FAULT", fault)
    print(table_of(tally, given.seed))
    return int(bool(tally.faults))


def table_of(tally: Tally, seed: int) -> str:
    """Return what a run found as a table."""
    rows = [
        ("files", f"{tally.files:,}"),
        *(
            (name, f"{tally.wrong[name]:,}")
            for name in ("tracebacks", "over 20 s", "over 1 GB", "silent losses")
        ),
        ("slowest", f"{tally.slowest_cpu:.1f} s of CPU ({tally.slowest:.1f} s on the clock)"),
        ("most memory", f"{tally.largest_mb:,.0f} MB (child)"),
        *((f"ended: {name}", f"{count:,}") for name, count in sorted(tally.outcomes.items())),
        *((f"damage: {name}", f"{count:,}") for name, count in sorted(tally.kinds.items())),
    ]
    lines = [f"assetmap {am.__version__}, seed {seed}", *(f"{name:28} {said}" for name, said in rows)]
    return "\n".join([*lines, f"{len(tally.faults)} faults"])


if __name__ == "__main__":
    sys.exit(main())
