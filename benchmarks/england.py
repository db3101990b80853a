"""Time all of England in one run: make a project of all its small areas from official files, then build it.

Run with: ``python benchmarks/england.py INPUTS [PROJECT]``. INPUTS is a folder for which ``assetmap inputs`` reports
that every step is ready. PROJECT is a folder to keep; if it already has a project, only the build is timed.

There is no open register of 170,000 community groups with postcodes that could be included, so the groups are made
up: their names use words that are common in such names, and each is at a random live postcode (seeded).
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from assetmap.place.make import make_project
from assetmap.project.build import build
from assetmap.project.folder import open_project
from assetmap.schema import reference_table

GROUPS = 170_000
SAINTS = (
    "St Mary's",
    "St Peter's",
    "Holy Trinity",
    "Riverside",
    "Northfield",
    "Park",
    "Station Road",
    "Manor",
    "Mill",
)
KINDS = (
    "Community Association", "Village Hall", "Playing Fields", "Friends of the Library", "Scout Group", "Pre-School",
    "Food Bank", "Over 60s Club", "Choral Society", "Allotment Society", "Good Neighbours", "Carers Support", "Band",
    "Gardening Club", "Youth Club", "Refugee Welcome", "Sailing Club", "Local History Society", "Women's Institute",
)  # fmt: skip


def add_groups(project: Path) -> None:
    """Write the made-up list into the project and name it in its settings."""
    chance = np.random.default_rng(1)
    postcodes = pd.read_csv(project / "postcodes.csv.gz")
    inside = postcodes[postcodes["area_code"].notna() & (postcodes["live"] == "yes")]
    picked = inside.iloc[np.sort(chance.choice(len(inside), GROUPS))]
    types = reference_table("asset_types")
    kinds = types.index[types["group"] == "yes"].to_numpy()
    words = [
        f"{code.split(' ')[0]} {SAINTS[saint]} {KINDS[kind]}"
        for code, saint, kind in zip(
            picked["postcode"],
            chance.integers(len(SAINTS), size=GROUPS),
            chance.integers(len(KINDS), size=GROUPS),
            strict=True,
        )
    ]
    table = pd.DataFrame({"name": words, "asset_type": chance.choice(kinds, GROUPS)})
    table["postcode"] = picked["postcode"].to_numpy()
    table["register"] = "charity"
    table["registration_number"] = np.arange(GROUPS) + 1_000_000
    table["registered"] = "yes"
    table["status"] = "open"
    table.to_csv(project / "groups.csv", index=False)
    with (project / "assetmap.toml").open("a", encoding="utf-8") as file:
        file.write(
            '\n[[assets]]\nid = "groups"\nfile = "groups.csv"\ntitle = "Made-up groups, for timing only"\n'
            'publisher = "benchmarks/england.py"\ndate = "none"\nlicence = "none"\nattribution = "none"\n'
        )


def measure(place: Path, inputs: str) -> None:
    """Print the seconds after each step, the peak memory and the size of the map."""
    start = time.perf_counter()

    def say(step: str) -> None:
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(
            f"{time.perf_counter() - start:6.1f} s  {memory:4.1f} GB  load {os.getloadavg()[0]:.1f}  {step}",
            flush=True,
        )

    if not (place / "assetmap.toml").exists():
        made = make_project(place, area="England", inputs=inputs, progress=say)
        say(f"made a project of {made.areas:,} areas")
        add_groups(place)
    start = time.perf_counter()
    results = build(open_project(place), place / "build", progress=say)
    say(f"built; {len(results.assets):,} assets")
    for file in sorted((place / "build").iterdir()):
        print(f"{file.stat().st_size / 2**20:6.1f} MB  {file.name}")


def main() -> None:
    """Take the folder of the inputs, and perhaps one to keep."""
    if len(sys.argv) not in (2, 3):
        sys.exit("Name a folder of official files: python benchmarks/england.py INPUTS [PROJECT]")
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(sys.argv[2]) if len(sys.argv) == 3 else Path(folder) / "england", sys.argv[1])


if __name__ == "__main__":
    main()
