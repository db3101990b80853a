"""Naive twin of the matching of asks and offers: all with all, written from the definition alone."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

PLACED = ("point", "postcode", "place")


def naive_matches(assets: pd.DataFrame, *, within_m: float, most: int) -> list[tuple[Any, ...]]:
    """Return (resource, who asks, who offers or None, metres or None) for every line, in any order."""
    lines: list[tuple[Any, ...]] = []
    for asker_id, asker in assets.iterrows():
        if asker["status"] in ("closed", "proposed"):
            continue
        for resource in [code for code in (asker["asks"] or "").split("; ") if code]:
            offers = []
            for offer_id, offer in assets.iterrows():
                if offer_id == asker_id or offer["status"] in ("closed", "proposed"):
                    continue
                if resource not in (offer["offers"] or "").split("; "):
                    continue
                if not (is_placed(asker) and is_placed(offer)):
                    continue
                metres = math.dist(
                    (asker["geometry"].x, asker["geometry"].y), (offer["geometry"].x, offer["geometry"].y)
                )
                if metres <= within_m:
                    offers.append((round(metres, 3), offer["name"], offer_id))
            lines += [(resource, asker_id, offer_id, metres) for metres, _, offer_id in sorted(offers)[:most]]
            if not offers:
                lines.append((resource, asker_id, None, None))
    return lines


def is_placed(asset: pd.Series) -> bool:
    """Whether its place is good enough for a distance."""
    return asset["geometry"] is not None and asset["location_precision"] in PLACED
