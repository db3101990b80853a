"""The store with a list of 20,000 rows: import, the first page, edits with their pairs, history, the past.

    python benchmarks/store.py [rows]

The rows are made up (seeded) at postcodes of Cornwall, in two lists. CPU seconds of this process, and the clock.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

import assetmap as am
from assetmap.project import store as st
from assetmap.project.known import project_lists

WORDS = [
    "choir",
    "band",
    "hall",
    "club",
    "society",
    "scouts",
    "guides",
    "football",
    "cricket",
    "garden",
    "lunch",
    "art",
    "craft",
    "history",
    "rowing",
    "theatre",
    "chess",
]


def made_up(rows: int, folder: Path) -> list[Path]:
    """Write two lists with so many rows."""
    example = am.example_project()
    postcodes = am.read_postcodes(example.folder / example.settings.postcodes.file)
    places = pd.read_csv(example.folder / "places.csv")["name"].to_numpy()
    rng = np.random.default_rng(1)
    live = postcodes.index[postcodes["live"] & postcodes["area_code"].notna()].to_numpy()
    first, second = rng.choice(WORDS, rows), rng.choice(WORDS, rows)
    table = pd.DataFrame(
        {
            "name": [
                f"{p} {a} {b} {k % 97}"
                for p, a, b, k in zip(rng.choice(places, rows), first, second, range(rows), strict=True)
            ],
            "asset_type": rng.choice(
                ["village_hall", "sports_club", "arts_group", "library", "food_bank"], rows
            ),
            "postcode": rng.choice(live, rows),
            "website": "",
        }
    )
    files = [folder / "first.csv", folder / "second.csv"]
    cut = rows * 3 // 4
    table.iloc[:cut].to_csv(files[0], index=False)
    table.iloc[cut:].to_csv(files[1], index=False)
    return files


class Timed:
    """Print what a block took."""

    def __init__(self, what: str) -> None:
        self.what = what

    def __enter__(self) -> None:
        self.cpu, self.clock = time.process_time(), time.perf_counter()

    def __exit__(self, *error: object) -> None:
        cpu, clock = time.process_time() - self.cpu, time.perf_counter() - self.clock
        print(f"{self.what:44} {cpu:8.3f} s CPU {clock:8.3f} s clock")


def main(rows: int) -> None:
    """Run everything once."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "project"
        am.new_project(folder)
        files = made_up(rows, Path(name))
        with st.open_store(folder, user="Ann") as store:
            for each in st.lists(store):
                st.remove_list(store, each.name, version=each.version)
            with Timed(f"import {rows:,} rows of two lists"):
                for file in files:
                    st.add_list(store, file)
            with Timed("first page: every row judged"):
                page = st.rows(store)
            print(dict(page.outcomes), "pairs to decide:", st.pairs(store).total)
            rng = np.random.default_rng(2)
            keys = [page.rows[0].key + int(k) for k in rng.integers(0, rows * 3 // 4, 12)]
            for column in ("name", "postcode", "website"):
                taken = []
                for key, other in zip(keys[:6], keys[6:], strict=True):
                    row, model = st.row(store, key), st.row(store, other)
                    begun, clock = time.process_time(), time.perf_counter()
                    value = model.cells[column] or "https://example.org"
                    st.edit_cell(store, key, column, value, version=row.version)
                    taken.append((time.process_time() - begun, time.perf_counter() - clock))
                cpu, clock = np.median(np.array(taken), axis=0)
                print(f"edit of {column:36} {cpu:8.3f} s CPU {clock:8.3f} s clock (median of 6)")
            with Timed("another page"):
                st.rows(store, offset=rows // 2)
            with Timed("search"):
                st.rows(store, search="choir 12")
            with Timed("history, first page"):
                st.history(store)
            with Timed("the register as it was before the edits"):
                st.as_of(store, dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1))
        with Timed("open again, and the lists with edits"):
            project_lists(am.open_project(folder))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
