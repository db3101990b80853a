"""Every combination of one to four closures of the 29 libraries of Cornwall's programme: the time and a check.

Run it from the top of the tree: ``python benchmarks/combinations.py``. It times `rank_closures` from distances to
the ranked table of 27,840 combinations, and measures a hundred of them anew, one by one, to compare.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from assetmap.access.costs import costs_to_matrix
from assetmap.sites.area_people import need_weights, people_of
from assetmap.sites.closures import pareto_front, rank_closures
from assetmap.sites.sites import site_costs, sites_as_of
from cornwall_review import cornwall

LIMIT_S = 3.0
CHECKED = 100


def main() -> int:
    """Print the median of five runs and the largest difference; return 1 if it is too slow or differs."""
    tables = cornwall()
    sites = sites_as_of(tables.assets, year=2016, programme="programme_2016")
    times = []
    for _ in range(5):
        start = time.perf_counter()
        ranked = rank_closures(tables.areas, sites)
        pareto_front(ranked)
        times.append(time.perf_counter() - start)
    seconds = float(np.median(times))
    print(
        f"{len(ranked):,} combinations of {len(sites)} sites over {len(tables.areas)} areas: {seconds:.2f} s"
    )
    matrix = costs_to_matrix(site_costs(tables.areas, sites))
    weight = people_of(tables.areas) * need_weights(tables.areas) / 1000
    before = matrix.min(axis=1).to_numpy()
    worst = 0.0
    for row in ranked.sample(CHECKED, random_state=1).itertuples():
        after = matrix.drop(columns=row.asset_ids.split(" ")).min(axis=1).to_numpy()
        worst = max(worst, abs(float(weight @ (after - before)) - row.harm) / row.harm)
    print(f"{CHECKED} of them measured anew: largest relative difference {worst:.1e}")
    return int(seconds > LIMIT_S or worst > 1e-9)


if __name__ == "__main__":
    sys.exit(main())
