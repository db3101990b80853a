"""How well rows are linked, and how fast lists become a register.

Prints what it measured; needs the official files beside the project (see ``tests/conftest.py``).

``library_links.csv`` labels 697 rows of the national library list of 2023 with the row of the list of 2016 that
is the same library, or none: 583 by a rule (the only library of its postcode in both lists and a word of the name
in common, or no library within 1.5 km in 2016), 114 by reading names, addresses and distances. A library that
moved within its town is the same. Three rows that reading could not decide were left out.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from assetmap.read.assets import read_assets
from assetmap.register.build import build_register

HERE = Path(__file__).parent


def official() -> Path:
    """Return the folder of official files."""
    for folder in (
        os.environ.get("ASSETMAP_SHARED", ""),
        HERE.parents[1] / "shared",
        HERE.parents[2] / "shared",
    ):
        if folder and (Path(folder) / "data").is_dir():
            return Path(folder) / "data"
    sys.exit("The official files are not beside the project.")


def gb_postcodes(folder: Path) -> pd.DataFrame:
    """Return every postcode of Great Britain with its point."""
    table = pd.read_parquet(folder / "postcodes" / "codepoint_open_gb_2025-05.parquet").set_index("postcode")
    points = table[["easting", "northing"]].replace(0, np.nan)
    return points.assign(area_code=pd.Series(None, index=points.index, dtype="str"), live=True)


def link_quality(folder: Path, postcodes: pd.DataFrame) -> None:
    """Print precision and recall of automatic links on the labelled rows."""
    lists = [
        read_assets(folder / "libraries" / "taskforce_2016_geocoded_libraries.csv", source="2016"),
        read_assets(folder / "libraries" / "libraries_england_2023.csv", source="2023"),
    ]
    _, judged = build_register(lists, postcodes=postcodes, audience="internal")
    kept = judged[judged["asset_id"].notna()]
    pairs = kept[kept["source"] == "2023"].merge(kept[kept["source"] == "2016"], on="asset_id")
    linked = set(zip(pairs["row_x"], pairs["row_y"], strict=True))
    labels = pd.read_csv(HERE / "library_links.csv")
    for which, part in (("all", labels), ("read", labels[labels["labelled_by"] == "reading"])):
        true = set(part.dropna()[["row_2023", "row_2016"]].astype(int).itertuples(index=False, name=None))
        found = {pair for pair in linked if pair[0] in set(part["row_2023"])}
        right = len(true & found)
        print(
            f"links, {which} {len(part)} labelled rows: {len(true)} are the same, {len(found)} were linked; "
            f"precision {right / len(found):.3f}, recall {right / len(true):.3f}"
        )
        if which == "all":
            print("  wrong:", sorted(found - true), "\n  missed:", sorted(true - found))


def link_speed(folder: Path, postcodes: pd.DataFrame, *, rows: int = 53_000) -> None:
    """Print how long two lists with together so many rows take: real names, written twice with slips."""
    rng = np.random.default_rng(1)
    names = read_assets(folder / "libraries" / "libraries_england_2023.csv")["name"]
    half, codes = rows // 2, postcodes.index.to_numpy()
    base = pd.DataFrame({"name": rng.choice(names, half), "postcode": rng.choice(codes, half)})
    base["name"] = base["name"] + " " + rng.choice(names.str.split().str[0], half)
    base["asset_type"] = rng.choice(["library", "village_hall", "sports_club", "arts_culture"], half)
    slips = base.sample(frac=0.5, random_state=2)
    slips["name"] = slips["name"].str.replace("Library", "Libary").str.replace("and", "&")
    fresh = base.sample(frac=0.5, random_state=3).assign(
        postcode=rng.choice(codes, half - half // 2)[: half // 2]
    )
    second = pd.concat([slips, fresh], ignore_index=True)
    lists = [
        table.reset_index(drop=True).assign(source=source, row=np.arange(2, len(table) + 2))
        for source, table in (("first", base), ("second", second))
    ]
    begun, cpu = time.perf_counter(), time.process_time()
    _, judged = build_register(lists, postcodes=postcodes, audience="internal")
    print(
        f"link {len(judged):,} rows of two lists: {time.perf_counter() - begun:.1f} s "
        f"(processor {time.process_time() - cpu:.1f} s), {(judged['outcome'] == 'merged').sum():,} merged of {len(slips):,}"
    )


def reading_speed(folder: Path, scratch: Path, *, rows: int = 200_000) -> None:
    """Print how long one list of so many rows with postcodes takes to be read, placed and judged."""
    import assetmap as am
    from assetmap.schema import data_folder

    cornwall = data_folder() / "cornwall"
    postcodes = am.read_postcodes(cornwall / "postcodes.csv.gz")
    areas = am.read_areas(cornwall / "areas.gpkg")
    rng = np.random.default_rng(1)
    words = pd.Series(" ".join(read_assets(cornwall / "groups.csv")["name"]).split()).unique()
    names = [" ".join(chosen) for chosen in rng.choice(words, (rows, 3))]
    inside = postcodes.index[postcodes["area_code"].notna()]
    table = pd.DataFrame({"Group name": names, "Type": "sports club", "Post code": rng.choice(inside, rows)})
    file = scratch / "many.csv"
    table.assign(Website="example.org").to_csv(file, index=False)
    begun, cpu = time.perf_counter(), time.process_time()
    read = read_assets(file)
    _, judged = build_register(read, postcodes=postcodes, areas=areas, area_name="Cornwall")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"read, place and judge {len(judged):,} rows: {time.perf_counter() - begun:.1f} s "
        f"(processor {time.process_time() - cpu:.1f} s), peak {peak:.2f} GB"
    )


def national_check(folder: Path) -> None:
    """Print how long the national library list takes to check."""
    from assetmap.register.check import check_lists

    begun, cpu = time.perf_counter(), time.process_time()
    report = check_lists([read_assets(folder / "libraries" / "libraries_england_2023.csv")])
    counts = report.counts.drop(columns="shape").iloc[0].to_dict()
    print(
        f"check the national list: {time.perf_counter() - begun:.1f} s (processor {time.process_time() - cpu:.1f} s)"
    )
    print("  ", counts)


def main() -> None:
    """Run every measurement."""
    import tempfile

    folder = official()
    with tempfile.TemporaryDirectory() as scratch:
        reading_speed(folder, Path(scratch))
    national_check(folder)
    postcodes = gb_postcodes(folder)
    link_quality(folder, postcodes)
    link_speed(folder, postcodes)


if __name__ == "__main__":
    main()
