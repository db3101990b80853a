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


def lists_of(folder: Path) -> dict[str, pd.DataFrame]:
    """Return the library lists by the name they have in the labels."""
    libraries = folder / "libraries"
    files = {
        "2016": libraries / "taskforce_2016_geocoded_libraries.csv",
        "2023": libraries / "libraries_england_2023.csv",
        "schema": HERE / "library_list_schema.csv",
        "cornwall_2025": libraries / "schema_cornwall_council_2025-04.csv",
    }
    return {name: read_assets(file, source=name) for name, file in files.items()}


def linked_rows(
    first: pd.DataFrame, second: pd.DataFrame, postcodes: pd.DataFrame, linker: str
) -> set[tuple[int, int]]:
    """Return which rows of two lists became one thing without a person."""
    _, judged = build_register([first, second], postcodes=postcodes, audience="internal", linker=linker)
    kept = judged[judged["asset_id"].notna()]
    sides = [kept[kept["source"] == str(table["source"].iloc[0])] for table in (first, second)]
    pairs = sides[0].merge(sides[1], on="asset_id")
    return set(zip(pairs["row_x"], pairs["row_y"], strict=True))


def share(right: int, of: int) -> str:
    """Return a share with its 95% interval (Wilson)."""
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(right, of, method="wilson")
    return f"{right}/{of} = {right / of:.3f} ({low:.3f} to {high:.3f})"


def print_quality(which: str, labels: pd.DataFrame, linked: set[tuple]) -> None:
    """Print precision and recall of links on labelled rows: columns ``key``, ``other`` (missing: none)."""
    true = set(labels.dropna()[["key", "other"]].itertuples(index=False, name=None))
    found = {pair for pair in linked if pair[0] in set(labels["key"])}
    right = len(true & found)
    print(
        f"  {which}: {len(labels)} rows, {len(true)} with a counterpart; "
        f"precision {share(right, len(found))}, recall {share(right, len(true))}"
    )


def tuning_quality(lists: dict[str, pd.DataFrame], postcodes: pd.DataFrame, linker: str) -> None:
    """Print how good links are on the rows that the rules were written with."""
    labels = pd.read_csv(HERE / "library_links.csv").rename(columns={"row_2023": "key", "row_2016": "other"})
    linked = linked_rows(lists["2023"], lists["2016"], postcodes, linker)
    print(f"links on the tuning labels, {linker}:")
    print_quality("all", labels, linked)
    print_quality("labelled by reading", labels[labels["labelled_by"] == "reading"], linked)
    true = set(labels.dropna()[["key", "other"]].astype(int).itertuples(index=False, name=None))
    found = {pair for pair in linked if pair[0] in set(labels["key"])}
    print("    wrong:", sorted(found - true), "\n    missed:", sorted(true - found))


def held_out_quality(lists: dict[str, pd.DataFrame], postcodes: pd.DataFrame, linker: str) -> None:
    """Print how good links are on the rows that no rule was written with."""
    labels = pd.read_csv(HERE / "library_links_held_out.csv", dtype={"list_a": "str", "list_b": "str"})
    keys = ["list_a", "list_b"]
    labels["key"] = list(labels[[*keys, "row_a"]].itertuples(index=False, name=None))
    labels["other"] = labels["row_b"]
    linked: set[tuple] = set()
    for a, b in labels[keys].drop_duplicates().itertuples(index=False, name=None):
        linked |= {((a, b, x), y) for x, y in linked_rows(lists[a], lists[b], postcodes, linker)}
    print(f"links on the held-out labels, {linker}:")
    print_quality("all", labels, linked)
    print_quality("labelled by reading", labels[labels["labelled_by"] == "reading"], linked)
    for (a, b), part in labels.groupby(keys):
        print_quality(f"{a} with {b}", part, linked)
    true = set(labels.dropna()[["key", "other"]].itertuples(index=False, name=None))
    found = {pair for pair in linked if pair[0] in set(labels["key"])}
    print("    wrong:", sorted(found - true), "\n    missed:", sorted(true - found))


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
