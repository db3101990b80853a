"""Time England in one run: a project of all its small areas cut out of official files, then its build.

Run with: ``python benchmarks/england.py INPUTS`` where INPUTS is a folder that ``assetmap inputs`` calls ready.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from assetmap.area_project import make_project
from assetmap.project import build, open_project


def main() -> None:
    """Print the seconds after each step, the peak memory and the size of the map."""
    if len(sys.argv) != 2:
        sys.exit("Name a folder of official files: python benchmarks/england.py INPUTS")
    start = time.perf_counter()

    def say(step: str) -> None:
        print(f"{time.perf_counter() - start:6.1f} s  {step}", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "england"
        made = make_project(place, area="England", inputs=sys.argv[1], progress=say)
        say(f"made a project of {made.areas:,} areas")
        start = time.perf_counter()
        results = build(open_project(place), place / "build", progress=say)
        say(f"built; {len(results.assets):,} assets")
        size = (place / "build" / "map.html").stat().st_size / 2**20
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"map {size:.1f} MB, peak memory {memory:.1f} GB")


if __name__ == "__main__":
    main()
