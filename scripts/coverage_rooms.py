"""Say how much of each room the tests reach, and name the lines of the rooms that compute that none reaches.

``make coverage`` runs the tests without the browser under coverage.py and then this script.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path

COMPUTE = ("access", "action", "gaps", "groups", "need", "register", "sharing", "sites")


def room_of(file: str) -> str:
    """Return the room of a file of the package; ``ground`` for the modules beside the rooms."""
    inside = Path(file.split("src/assetmap/", 1)[1])
    return inside.parts[0] if len(inside.parts) > 1 else "ground"


def main(report: Path) -> None:
    """Print a table of rooms, then the missing lines of the rooms that compute."""
    reached: dict[str, int] = defaultdict(int)
    lines: dict[str, int] = defaultdict(int)
    missing: dict[str, list[int]] = {}
    for file, found in json.loads(report.read_text(encoding="utf-8"))["files"].items():
        room, summary = room_of(file), found["summary"]
        reached[room] += summary["covered_lines"]
        lines[room] += summary["num_statements"]
        if room in COMPUTE and found["missing_lines"]:
            missing[file.split("src/assetmap/", 1)[1]] = found["missing_lines"]
    print(f"{'room':<12}{'lines':>8}{'reached':>10}")
    for room in sorted(lines):
        print(f"{room:<12}{lines[room]:>8}{reached[room] / max(lines[room], 1):>10.1%}")
    print(f"{'all':<12}{sum(lines.values()):>8}{sum(reached.values()) / max(sum(lines.values()), 1):>10.1%}")
    print(
        "\nLines that no test reaches, in the rooms that compute:"
        if missing
        else "\nEvery line of the rooms that compute is reached."
    )
    for file, numbers in sorted(missing.items()):
        print(f"  {file}: {', '.join(map(str, numbers))}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
