"""How well rows are linked, and how fast lists become a register.

Prints what it measured; needs the official files beside the project (see ``tests/conftest.py``).

``library_links.csv``, with which the rules were written, labels 697 rows of the national library list of 2023
with the row of the list of 2016 that is the same library, or none: 582 by a rule (the only library of its
postcode in both lists and a word of the name in common, or no library within 1.5 km in 2016), 115 by reading
names, addresses and distances. A library that moved within its town is the same. Three rows that reading could
not decide were left out.

``library_links_held_out.csv`` labels 541 rows that no rule was written with: every row of 2023 of the nine
authorities that have none among the 697, and 240 drawn with a seed from the others that are not labelled there
(but Cornwall's), with the list of 2016; the lists of eight of these authorities in the LibrariesHacked schema
(``library_list_schema.csv``: names, streets, postcodes and years as the councils published them, collected by
LibrariesHacked; the same libraries stand in the national list under the Open Government Licence v3.0) and that of Cornwall of 2025 with 2016 and 2023. Labelled ``uprn``: one property number in
both; ``address``: the only row of its postcode in both lists, and the street agrees; ``reading``: by names, streets,
distances, years and notes, every pair that the two did not decide, and those they did whose names share no word.
The labels were fixed before links were measured on them; an old and a new building in one list stay two.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd

from assetmap.read.lists.assets import read_assets
from assetmap.register.build import build_register
from assetmap.schema import LINKERS

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
    return {name: read_assets(file, source=name).table for name, file in files.items()}


def linked_rows(
    first: pd.DataFrame, second: pd.DataFrame, postcodes: pd.DataFrame, linker: str
) -> set[tuple[int, int]]:
    """Return which rows of two lists became one thing without a person."""
    log = build_register([first, second], postcodes=postcodes, audience="internal", linker=linker).log
    kept = log[log["asset_id"].notna()]
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


def simulated_lists(names: pd.Series, codes: np.ndarray, rows: int) -> tuple[list[pd.DataFrame], set[tuple]]:
    """Return two lists with together so many rows, and which rows of them are the same thing.

    Real names with a word of another added. Of the second list half are rows of the first, written by another
    hand: "&" for "and", a letter lost in a third, a word lost in a fifth, the next postcode in a fifth; a quarter are other things at the postcode of a row of the first list.
    """
    rng = np.random.default_rng(1)
    half = rows // 2
    base = pd.DataFrame({"name": rng.choice(names, half), "postcode": rng.choice(codes, half)})
    base["name"] = base["name"] + " " + rng.choice(names.str.split().str[0], half)
    base["asset_type"] = rng.choice(["library", "village_hall", "sports_club", "arts_culture"], half)
    slips = base.iloc[rng.permutation(half)[: half // 2]]
    written = [_by_another_hand(name, rng) for name in slips["name"].tolist()]
    next_to = codes[np.minimum(np.searchsorted(codes, slips["postcode"]) + 1, len(codes) - 1)]
    place = np.where(rng.random(len(slips)) < 0.2, next_to, slips["postcode"])
    others = base.iloc[rng.permutation(half)[: half - half // 2]].reset_index(drop=True)
    others["name"] = others["name"].iloc[rng.permutation(len(others))].to_numpy()
    others.loc[::2, "postcode"] = rng.choice(codes, len(others.loc[::2]))
    second = pd.concat([slips.assign(name=written, postcode=place), others], ignore_index=True)
    same = {(int(first) + 2, k + 2) for k, first in enumerate(slips.index)}
    lists = [
        table.reset_index(drop=True).assign(source=source, row=np.arange(2, len(table) + 2))
        for source, table in (("first", base), ("second", second))
    ]
    return lists, same


def _by_another_hand(name: str, rng: np.random.Generator) -> str:
    words = name.replace(" and ", " & ").split()
    if len(words) > 2 and rng.random() < 0.2:
        words.pop(int(rng.integers(len(words))))
    text = " ".join(words)
    if rng.random() < 1 / 3:
        lost = int(rng.integers(1, len(text)))
        text = text[:lost] + text[lost + 1 :]
    return text


def link_speed(folder: Path, linker: str, rows: int = 53_000) -> str:
    """Return how long so many rows of two simulated lists take to be placed, judged and linked, and how well."""
    postcodes = gb_postcodes(folder)
    names = read_assets(folder / "libraries" / "libraries_england_2023.csv").table["name"]
    codes = np.sort(postcodes.index[postcodes["easting"].notna()].to_numpy(dtype=object))
    lists, true = simulated_lists(names, codes, rows)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    begun, cpu = time.perf_counter(), time.process_time()
    found = linked_rows(lists[0], lists[1], postcodes, linker)
    took, worked = time.perf_counter() - begun, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    right = len(true & found)
    return (
        f"link {rows:,} simulated rows, {linker}: {took:.1f} s (processor {worked:.1f} s), peak {peak:.2f} GB "
        f"(before {before:.2f}); precision {share(right, len(found))}, recall {share(right, len(true))}"
    )


def reading_speed(folder: Path, rows: int = 200_000) -> str:
    """Return how long one list of so many rows with postcodes takes to be read, placed and log."""
    import assetmap as am
    from assetmap.schema import data_folder

    cornwall = data_folder() / "cornwall"
    postcodes = am.read_postcodes(cornwall / "postcodes.csv.gz")
    areas = am.read_areas(cornwall / "areas.gpkg")
    rng = np.random.default_rng(1)
    words = pd.Series(" ".join(read_assets(cornwall / "groups.csv").table["name"]).split()).unique()
    names = [" ".join(chosen) for chosen in rng.choice(words, (rows, 3))]
    inside = postcodes.index[postcodes["area_code"].notna()]
    table = pd.DataFrame({"Group name": names, "Type": "sports club", "Post code": rng.choice(inside, rows)})
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "many.csv"
        table.assign(Website="example.org").to_csv(file, index=False)
        begun, cpu = time.perf_counter(), time.process_time()
        read = read_assets(file)
        log = build_register(read, postcodes=postcodes, areas=areas, area_name="Cornwall").log
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return (
        f"read, place and judge {len(log):,} rows: {time.perf_counter() - begun:.1f} s "
        f"(processor {time.process_time() - cpu:.1f} s), peak {peak:.2f} GB"
    )


def national_check(folder: Path) -> str:
    """Return how long the national library list takes to check."""
    from assetmap.register.check import check_lists

    begun, cpu = time.perf_counter(), time.process_time()
    report = check_lists([read_assets(folder / "libraries" / "libraries_england_2023.csv")])
    counts = report.counts.drop(columns="shape").iloc[0].to_dict()
    return (
        f"check the national list: {time.perf_counter() - begun:.1f} s "
        f"(processor {time.process_time() - cpu:.1f} s)\n   {counts}"
    )


def alone(measure: Callable[..., str], *inputs: object) -> None:
    """Print what a measurement found in a process of its own, so that its memory is its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        print(pool.submit(measure, *inputs).result())


def main() -> None:
    """Run every measurement."""
    print(f"load of the machine {os.getloadavg()[0]:.1f}")
    folder = official()
    alone(reading_speed, folder)
    alone(national_check, folder)
    linkers = [linker for linker in LINKERS if linker == "builtin" or find_spec(linker)]
    for linker in linkers:
        alone(link_speed, folder, linker)
    lists, postcodes = lists_of(folder), gb_postcodes(folder)
    for linker in linkers:
        tuning_quality(lists, postcodes, linker)
        held_out_quality(lists, postcodes, linker)
    print(f"load of the machine {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
