"""E2SFCA on England and Wales beside PySAL access, in one run, on the same numbers.

    python benchmarks/access.py [folder with boundaries/ and postcodes/] [--pysal]

34,753 areas (LSOA 2011) against 20,000 assets at live postcodes, within 5 km. Reading is not timed; the
distance step is, on both sides. PySAL's own step, an overlay of buffers, is timed with --pysal (minutes).
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from assetmap.access.catchment import enhanced_two_step, thirds_of
from assetmap.access.costs import LIMIT_M, straight_costs


def read(folder: Path, assets_wanted: int = 20_000):
    """Read the areas, and assets at postcodes drawn at random (seeded)."""
    areas = gpd.read_parquet(folder / "boundaries" / "england_wales_lsoa11_bsc.parquet").to_crs(27700)
    areas = areas.set_index(areas.columns[0]).rename_axis("area_code")
    areas["geometry"] = areas.geometry.make_valid()
    inside = areas.geometry.representative_point()
    areas["area_name"] = areas.index
    areas["population"] = np.random.default_rng(0).integers(1_000, 3_000, len(areas))
    areas["centre_easting"], areas["centre_northing"] = inside.x, inside.y
    postcodes = pd.read_parquet(folder / "postcodes" / "codepoint_open_gb_2025-05.parquet")
    known = postcodes[(postcodes["easting"] > 0) & (postcodes["northing"] < 660_000)]
    chosen = known.sample(assets_wanted, random_state=1)
    assets = gpd.GeoDataFrame(
        {
            "name": chosen["postcode"].to_numpy(),
            "asset_type": "place",
            "status": "open",
            "location_precision": "point",
        },
        index=pd.Index([f"asset-{i}" for i in range(assets_wanted)], name="asset_id"),
        geometry=gpd.points_from_xy(chosen["easting"], chosen["northing"]),
        crs=27700,
    )
    return areas, assets


def ours(areas, assets, times: int = 5):
    """Return costs, scores and the median time of several runs."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        costs = straight_costs(areas, assets, limit_m=LIMIT_M)
        score = enhanced_two_step(areas, assets, costs)
        seconds.append(time.perf_counter() - start)
    return costs, score, float(np.median(seconds))


def pysal(areas, assets):
    """Return PySAL's scores, the time of its distance step and of everything."""
    # this file has the name of the package: look elsewhere for it
    sys.path = [folder for folder in sys.path if Path(folder).resolve() != Path(__file__).resolve().parent]
    from access import Access
    from access.weights import step_fn

    # on points PySAL merges every area with every asset (695 million rows); polygons and a threshold are its way out
    squares = areas.set_geometry(
        gpd.points_from_xy(areas["centre_easting"], areas["centre_northing"], crs=27700)
    )
    squares["geometry"] = squares.geometry.buffer(1e-6, cap_style="square")
    supply = assets.assign(capacity=1.0)
    start = time.perf_counter()
    model = Access(
        demand_df=squares.reset_index(), demand_index="area_code", demand_value="population",
        supply_df=supply.reset_index(), supply_index="asset_id", supply_value="capacity",
    )  # fmt: skip
    model.create_euclidean_distance(name="metres", threshold=LIMIT_M * 1.01)  # its circles have corners
    distance_s = time.perf_counter() - start
    steps = {LIMIT_M / 3: 1, LIMIT_M * 2 / 3: 0.68, LIMIT_M: 0.22}
    model.default_cost = "metres"
    score = model.enhanced_two_stage_fca(
        name="e2sfca", max_cost=LIMIT_M, weight_fn=step_fn(steps), normalize=False
    )
    return score.iloc[:, 0] * 1_000, distance_s, time.perf_counter() - start


def main() -> None:
    """Print the times of both and the greatest difference."""
    folder = Path(next((a for a in sys.argv[1:] if not a.startswith("-")), "../shared/data"))
    start = time.perf_counter()
    areas, assets = read(folder)
    print(f"read {len(areas):,} areas and {len(assets):,} assets in {time.perf_counter() - start:.1f} s")
    ours(areas.iloc[:100], assets.iloc[:100], times=1)
    costs, score, seconds = ours(areas, assets)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"assetmap: {len(costs.cost):,} pairs, distance and E2SFCA {seconds:.2f} s, peak memory {peak:,.0f} MB"
    )
    for count in (5_000, 10_000, 20_000):
        part, _, took = ours(areas, assets.iloc[:count], times=3)
        print(
            f"  {count:>6,} assets: {len(part.cost):>9,} pairs, {took:.3f} s, {took / len(part.cost) * 1e9:.0f} ns a pair"
        )
    if "--pysal" in sys.argv:
        theirs, distance_s, total_s = pysal(areas, assets)
        same = theirs.reindex(areas.index).fillna(0.0)
        print(
            f"PySAL access: {total_s:.1f} s, of which distance {distance_s:.1f} s: {total_s / seconds:.0f} times as long"
        )
        print(
            f"  greatest difference {float((same - score).abs().max()):.1e}, thirds {thirds_of(3.0)(np.array([1.0, 2.0, 3.0]))}"
        )


if __name__ == "__main__":
    main()
