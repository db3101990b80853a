"""Time log-linear models: `python benchmarks/loglinear.py`. Prints seconds, asserts nothing."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd

from assetmap.groups.loglinear import complete_cells
from assetmap.groups.many_lists import estimate_from_cells


def random_cells(lists: int, groups: int = 1_000, chance: float = 0.2) -> pd.Series:
    """Return counts of list patterns for groups that every list shows with the same probability."""
    on = np.random.default_rng(0).random((groups, lists)) < chance
    patterns = pd.Series(["".join("01"[int(one)] for one in row) for row in on[on.any(axis=1)]])
    return patterns.value_counts()


def main() -> None:
    """Time the estimate for three to ten lists."""
    print(f"{'lists':>5} {'cells':>6} {'models tried':>12} {'fitted':>7} {'seconds':>8}")
    for lists in (3, 4, 5, 6, 8, 10):
        cells = random_cells(lists)
        start = time.perf_counter()
        answer = estimate_from_cells(cells)
        seconds = time.perf_counter() - start
        models = answer.details["models"]
        fitted = sum(model["code"] == 0 for model in models)
        print(f"{lists:>5} {len(complete_cells(cells)):>6} {len(models):>12} {fitted:>7} {seconds:>8.2f}")


if __name__ == "__main__":
    main()
