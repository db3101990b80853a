"""Say how much of each room the tests reach, and name the lines of the rooms that compute that none reaches.

``make coverage`` runs the tests without the browser under coverage.py and then this script, which prints the answer and, with a second
path, writes the page docs/coverage.md. A line that stays unreached has its reason in scripts/coverage_reasons.csv.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "assetmap"
REASONS = ROOT / "scripts" / "coverage_reasons.csv"
COMPUTE = ("access", "action", "gaps", "groups", "need", "register", "sharing", "sites")
WORDS = """# Coverage

**Which lines do the tests reach?** `make coverage` runs them and writes this page: no figure here is typed by hand. The whole run takes long, so rooms can also be
measured one by one (`coverage run -m pytest tests/test_access*.py`), and the table has the rooms that were.

Lines that run in the child process that opens files are counted too. A line that is reached is not yet checked: [tests that bite](mutants.md) asks
whether a test would notice if it were wrong.

"""


@dataclass(frozen=True)
class Missed:
    """A line that no test reaches: its file, number and text."""

    file: str
    number: int
    text: str


def inside(file: str) -> str:
    """Return the path of a file within the package."""
    return file.split("src/assetmap/", 1)[1]


def room_of(file: str) -> str:
    """Return the room of a file of the package; ``ground`` for the modules beside the rooms."""
    parts = Path(inside(file)).parts
    return parts[0] if len(parts) > 1 else Path(parts[0]).stem if Path(parts[0]).stem in COMPUTE else "ground"


def count_rooms(files: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """Return for each room its lines and those that were reached; the last row is ``all``."""
    lines: dict[str, int] = defaultdict(int)
    reached: dict[str, int] = defaultdict(int)
    for file, found in files.items():
        lines[room_of(file)] += found["summary"]["num_statements"]
        reached[room_of(file)] += found["summary"]["covered_lines"]
    rooms = {room: (lines[room], reached[room]) for room in sorted(lines)}
    return rooms | {"all": (sum(lines.values()), sum(reached.values()))}


def missed_lines(files: dict[str, Any], source: Path = SOURCE) -> list[Missed]:
    """Return the lines of the rooms that compute that no test reaches."""
    found = []
    for file, each in sorted(files.items()):
        if room_of(file) in COMPUTE and each["missing_lines"]:
            text = (source / inside(file)).read_text(encoding="utf-8").splitlines()
            found += [
                Missed(inside(file), number, text[number - 1].strip()) for number in each["missing_lines"]
            ]
    return found


def reasons(file: Path = REASONS) -> dict[tuple[str, str], str]:
    """Return why a line is not reached, by file and text."""
    with file.open(encoding="utf-8", newline="") as lines:
        return {(row["file"], row["line"]): row["reason"] for row in csv.DictReader(lines)}


def share(lines: int, reached: int) -> str:
    """Return a share of lines; only all of them are 100%."""
    return "100%" if lines == reached else f"{min(99.9, 100 * reached / lines):.1f}%"


def page(report: dict[str, Any], missed: list[Missed]) -> str:
    """Return docs/coverage.md."""
    known = reasons()
    rows = "".join(
        f"| {room} | {lines:,} | {reached:,} | {share(lines, reached)} |\n"
        for room, (lines, reached) in count_rooms(report["files"]).items()
    )
    text = (
        WORDS
        + f"Measured on {report['meta']['timestamp'][:10]}, with coverage.py {report['meta']['version']}.\n\n"
    )
    text += "| room | lines | reached | share |\n|---|---|---|---|\n" + rows
    if not missed:
        return text + "\nEvery line of the rooms that compute is reached.\n"
    text += "\n## Lines that no test reaches\n\nIn the rooms that compute:\n\n| file | line | why |\n|---|---|---|\n"
    return text + "".join(
        f"| `{one.file}` | `{one.text.replace('|', chr(92) + '|')}` | {known.get((one.file, one.text), 'not yet tested')} |\n"
        for one in missed
    )


def main(report: Path, write: Path | None = None) -> None:
    """Print a table of rooms, then the missed lines of the rooms that compute."""
    found = json.loads(report.read_text(encoding="utf-8"))
    print(f"{'room':<12}{'lines':>8}{'reached':>10}")
    for room, (lines, reached) in count_rooms(found["files"]).items():
        print(f"{room:<12}{lines:>8}{share(lines, reached):>10}")
    missed = missed_lines(found["files"])
    print(
        "\nLines that no test reaches, in the rooms that compute:"
        if missed
        else "\nEvery line of the rooms that compute is reached."
    )
    for one in missed:
        print(f"  {one.file}:{one.number}: {one.text}")
    if write:
        write.write_text(page(found, missed), encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
